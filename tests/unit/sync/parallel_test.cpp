// SPDX-License-Identifier: MIT
#include "engine/backends/threads/threads_engine.h"
#include "engine/sync/as_completed.h"
#include "engine/sync/barrier.h"
#include "engine/sync/callback_handle.h"
#include "engine/sync/event.h"
#include "engine/sync/gather.h"
#include "engine/sync/semaphore.h"
#include "engine/sync/shield.h"
#include "engine/sync/task_group.h"
#include "engine/sync/timeout.h"
#include "engine/sync/wait_tasks.h"
#include "tests/unit/sync/sim_run.h"

#include <atomic>

#include <gtest/gtest.h>

// The primitives used from several threads at once, with cancellations in between: nothing is lost, nothing
// is doubled, and the run ends. Meant for ThreadSanitizer as well.
namespace asyncrun::test {
namespace {

constexpr int tasks = 24;
constexpr int rounds = 40;

/// Runs a main coroutine on four workers.
template <class Main>
Engine::End run_parallel(Main main) {
    ThreadsEngine engine(4);
    Runtime runtime(engine);
    EnterRuntime enter(runtime);
    auto task = spawn(main());
    const Engine::End end = runtime.run_main(*task);
    EXPECT_EQ(task->state(), FutureBase::State::finished);
    return end;
}

/// Swallows the cancellation of what it awaits; true if there was none.
template <class Make>
Coro<bool> survives(Make make) {
    bool well = true;
    try {
        co_await make();
    } catch (const Exception&) {
        well = false;
    }
    co_return well;
}
Coro<> finish(std::vector<TaskHandle<>>& all) {
    for (auto& task : all) co_await survives([&] { return task; });
}
/// Cancels tasks again and again, all over the place.
Coro<> harass(std::vector<TaskHandle<>>& victims, int times) {
    for (int i = 0; i < times; ++i) {
        victims[static_cast<size_t>(i * 7) % victims.size()]->cancel({});
        co_await yield_now();
    }
}

TEST(Parallel, ALockIsHeldByOneAtATimeThroughCancellations) {
    EXPECT_EQ(run_parallel([]() -> Coro<> {
                  Lock lock;
                  std::atomic<int> inside{0};
                  long guarded = 0;
                  std::atomic<long> entered{0};
                  auto user = [](Lock& l, std::atomic<int>& in, long& count,
                                 std::atomic<long>& all) -> Coro<> {
                      for (int i = 0; i < rounds; ++i) {
                          if (!co_await survives([&] { return l.acquire(); })) continue;
                          EXPECT_EQ(in.fetch_add(1), 0);
                          ++count;
                          ++all;
                          co_await survives([] { return yield_now(); });
                          in.fetch_sub(1);
                          l.release();
                      }
                  };
                  std::vector<TaskHandle<>> all;
                  for (int i = 0; i < tasks; ++i) all.push_back(spawn(user(lock, inside, guarded, entered)));
                  co_await harass(all, 200);
                  co_await finish(all);
                  EXPECT_EQ(guarded, entered.load());
                  EXPECT_FALSE(lock.locked());
              }),
              Engine::End::stopped);
}

TEST(Parallel, ASemaphoreKeepsItsPermitsThroughCancellations) {
    EXPECT_EQ(run_parallel([]() -> Coro<> {
                  Semaphore semaphore(3);
                  std::atomic<int> inside{0};
                  auto user = [](Semaphore& s, std::atomic<int>& in) -> Coro<> {
                      for (int i = 0; i < rounds; ++i) {
                          if (!co_await survives([&] { return s.acquire(); })) continue;
                          EXPECT_LE(in.fetch_add(1), 2);
                          co_await survives([] { return yield_now(); });
                          in.fetch_sub(1);
                          s.release();
                      }
                  };
                  std::vector<TaskHandle<>> all;
                  for (int i = 0; i < tasks; ++i) all.push_back(spawn(user(semaphore, inside)));
                  co_await harass(all, 200);
                  co_await finish(all);
                  EXPECT_EQ(semaphore.value(), 3);
              }),
              Engine::End::stopped);
}

TEST(Parallel, AQueueLosesAndDoublesNoItem) {
    EXPECT_EQ(run_parallel([]() -> Coro<> {
                  Queue<int> queue(5);
                  std::atomic<long> put{0};
                  std::atomic<long> got{0};
                  auto producer = [](Queue<int>& q, std::atomic<long>& sum) -> Coro<> {
                      for (int i = 1; i <= 5 * rounds; ++i) {
                          if (co_await survives([&] { return q.put(i); })) sum += i;
                      }
                  };
                  auto consumer = [](Queue<int>& q, std::atomic<long>& sum) -> Coro<> {
                      for (;;) {
                          int item = 0;
                          try {
                              item = co_await q.get();
                          } catch (const Exception&) {
                              continue;
                          }
                          if (item == 0) break;
                          sum += item;
                          q.task_done();
                      }
                  };
                  std::vector<TaskHandle<>> producers;
                  std::vector<TaskHandle<>> consumers;
                  for (int i = 0; i < 6; ++i) producers.push_back(spawn(producer(queue, put)));
                  for (int i = 0; i < 6; ++i) consumers.push_back(spawn(consumer(queue, got)));
                  co_await harass(producers, 100);
                  co_await harass(consumers, 100);
                  co_await finish(producers);
                  co_await queue.join();
                  EXPECT_EQ(put.load(), got.load());
                  for (int i = 0; i < 6; ++i) co_await queue.put(0);
                  co_await finish(consumers);
              }),
              Engine::End::stopped);
}

TEST(Parallel, EventsConditionsAndBarriersReleaseEverybody) {
    EXPECT_EQ(run_parallel([]() -> Coro<> {
                  Event event;
                  Condition condition;
                  Barrier barrier(tasks);
                  int turn = 0;
                  auto user = [](Event& e, Condition& c, Barrier& b, int& t) -> Coro<> {
                      co_await e.wait();
                      for (int i = 0; i < rounds; ++i) co_await b.wait();
                      co_await c.acquire();
                      ++t;
                      c.notify_all();
                      while (t < tasks) co_await c.wait();
                      c.release();
                  };
                  std::vector<TaskHandle<>> all;
                  for (int i = 0; i < tasks; ++i) all.push_back(spawn(user(event, condition, barrier, turn)));
                  co_await yield_now();
                  event.set();
                  event.clear();
                  event.set();
                  for (auto& task : all) co_await task;
                  EXPECT_EQ(turn, tasks);
                  EXPECT_EQ(barrier.waiting(), 0);
              }),
              Engine::End::stopped);
}

Coro<int> nap(int i) {
    if (i % 3 == 0) {
        co_await sleep_for(std::chrono::microseconds(20 * i));
    } else {
        for (int k = 0; k < i; ++k) co_await yield_now();
    }
    if (i % 7 == 6) throw Exception(errors::value(), "unlucky");
    co_return i;
}

TEST(Parallel, CompositionsOfTasksEndThroughFailuresTimeoutsAndCancellations) {
    EXPECT_EQ(run_parallel([]() -> Coro<> {
                  auto user = [](int seed) -> Coro<> {
                      for (int i = 0; i < rounds / 4; ++i) {
                          std::vector<TaskHandle<int>> children;
                          std::vector<Ref<FutureBase>> futures;
                          for (int k = 0; k < 5; ++k) {
                              children.push_back(spawn(nap((seed + i + k) % 9)));
                              futures.emplace_back(children.back().ref());
                          }
                          co_await survives([&] { return gather(children); });
                          co_await survives([&] {
                              return wait_tasks(futures, ReturnWhen::first_completed,
                                                std::chrono::microseconds(50));
                          });
                          auto turns = AsCompleted::make(futures, std::chrono::microseconds(100));
                          for (int k = 0; k < 5; ++k) co_await survives([&] { return turns->next(); });
                          auto shielded = shield(futures[0]);
                          co_await survives([&] { return Await<SharedWait>(shielded); });
                          co_await survives([&] {
                              return with_timeout(std::chrono::microseconds(30),
                                                  [](int n) -> Coro<> { co_await nap(n); }(seed % 9));
                          });
                          co_await survives([&] {
                              return with_task_group([&](TaskGroup& group) -> Coro<> {
                                  for (int k = 0; k < 4; ++k) group.create_task(nap((seed + k) % 9));
                                  co_await yield_now();
                              });
                          });
                      }
                  };
                  std::vector<TaskHandle<>> all;
                  for (int i = 0; i < 8; ++i) all.push_back(spawn(user(i)));
                  co_await harass(all, 300);
                  co_await finish(all);
              }),
              Engine::End::stopped);
}

TEST(Parallel, ACallbackEitherRunsOrIsCancelled) {
    EXPECT_EQ(run_parallel([]() -> Coro<> {
                  std::atomic<int> ran{0};
                  int cancelled = 0;
                  for (int i = 0; i < 20 * rounds; ++i) {
                      auto count = [&ran](CallbackHandle&) { ++ran; };
                      auto handle =
                          i % 2 ? call_soon(count) : call_later(std::chrono::microseconds(i % 5), count);
                      if (i % 3 == 0) co_await yield_now();
                      cancelled += handle->cancel();
                  }
                  while (ran.load() + cancelled < 20 * rounds)
                      co_await sleep_for(std::chrono::microseconds(100));
                  co_await sleep_for(std::chrono::milliseconds(1));
                  EXPECT_EQ(ran.load() + cancelled, 20 * rounds);
              }),
              Engine::End::stopped);
}

}  // namespace
}  // namespace asyncrun::test
