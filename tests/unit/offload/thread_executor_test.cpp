// SPDX-License-Identifier: MIT
#include "engine/backends/epoll/epoll_engine.h"
#include "engine/offload/executor.h"
#include "tests/unit/offload/run_main.h"

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace asyncrun {
namespace {

/// Holds jobs until it is opened.
class Gate {
  public:
    void pass() {
        std::unique_lock lock(mutex_);
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }
    void open() {
        const std::lock_guard guard(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    void wait_for(int waiting) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_ >= waiting; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int waiting_ = 0;
    bool open_ = false;
};

TEST(ThreadExecutor, GivesAFunctionsResultToTheAwaitingTask) {
    EpollEngine engine;
    const auto pool = make_executor(engine, "pool", 2);
    uint64_t loop_thread = thread_id(engine);
    run_main(engine, [&]() -> Coro<> {
        EXPECT_EQ(co_await offload(*pool, [] { return 42; }), 42);
        const uint64_t worker = co_await offload(*pool, [&] { return thread_id(engine); });
        EXPECT_NE(worker, loop_thread);
        EXPECT_EQ(co_await offload(*pool, [&] { return &this_worker->executor() == pool.get(); }), true);
        co_await offload(*pool, [] {});
    });
    EXPECT_EQ(this_worker, nullptr);
}

TEST(ThreadExecutor, PassesErrorsOfEveryKindToTheAwaitingTask) {
    EpollEngine engine;
    const auto pool = make_executor(engine, "pool", 1);
    run_main(engine, [&]() -> Coro<> {
        try {
            co_await offload(*pool, [] { throw Exception(errors::value(), "no"); });
            ADD_FAILURE() << "nothing was raised";
        } catch (const Exception& e) {
            EXPECT_EQ(e.error()->type().name(), "ValueError");
            EXPECT_EQ(e.error()->message(), "no");
        }
        EXPECT_THROW(co_await offload(*pool, []() -> int { throw std::out_of_range("far"); }),
                     std::out_of_range);
    });
}

TEST(ThreadExecutor, StartsThreadsOnlyWhenNoneIsIdle) {
    EpollEngine engine;
    const auto pool = make_executor(engine, "pool", 3);
    EXPECT_EQ(pool->workers_alive(), 0u);
    run_main(engine, [&]() -> Coro<> {
        for (int i = 0; i < 100; ++i) co_await offload(*pool, [] {});
        EXPECT_EQ(pool->workers_alive(), 1u);
        Gate gate;
        std::vector<Ref<Job>> jobs;
        for (unsigned i = 1; i <= 5; ++i) {
            jobs.push_back(make_job([&] { gate.pass(); }));
            pool->submit(jobs.back());
            EXPECT_EQ(pool->workers_alive(), std::min(i, 3u));
        }
        gate.open();
        for (auto& job : jobs) co_await Await<FutureWait>(*job);
    });
    EXPECT_EQ(pool->workers_alive(), 3u);
}

TEST(ThreadExecutor, HasByDefaultTheNumberOfWorkersThatPythonHas) {
    EpollEngine engine;
    EXPECT_EQ(make_executor(engine, "pool")->workers(),
              std::min(32u, std::thread::hardware_concurrency() + 4));
}

TEST(ThreadExecutor, RunsJobsInOrderOfSubmission) {
    EpollEngine engine;
    const auto pool = make_executor(engine, "pool", 1);
    std::vector<int> started, finished;
    run_main(engine, [&]() -> Coro<> {
        std::vector<TaskHandle<>> tasks;
        for (int i = 0; i < 1000; ++i) {
            tasks.push_back(spawn([](Executor& p, std::vector<int>& s, std::vector<int>& f, int n) -> Coro<> {
                co_await offload(p, [&s, n] { s.push_back(n); });
                f.push_back(n);
            }(*pool, started, finished, i)));
        }
        for (auto& task : tasks) co_await task;
    });
    ASSERT_EQ(started.size(), 1000u);
    EXPECT_TRUE(std::is_sorted(started.begin(), started.end()));
    EXPECT_EQ(finished, started);
}

TEST(ThreadExecutor, LetsAnIdleWorkerTakeWhatABusyOneHasNotBegun) {
    EpollEngine engine;
    const auto pool = make_executor(engine, "pool", 2);
    run_main(engine, [&]() -> Coro<> {
        // Short jobs first, so that workers take many at a time; then one that waits for a job behind it.
        for (int round = 0; round < 20; ++round) {
            std::vector<Ref<Job>> jobs;
            for (int i = 0; i < 500; ++i) {
                jobs.push_back(make_job([] {}));
                pool->submit(jobs.back());
            }
            Gate gate;
            jobs.push_back(make_job([&] { gate.pass(); }));
            pool->submit(jobs.back());
            jobs.push_back(make_job([&] { gate.open(); }));
            pool->submit(jobs.back());
            for (auto& job : jobs) co_await Await<FutureWait>(*job);
        }
    });
}

TEST(ThreadExecutor, NeverRunsAJobThatWasCancelledWhileQueued) {
    EpollEngine engine;
    const auto pool = make_executor(engine, "pool", 1);
    run_main(engine, [&]() -> Coro<> {
        Gate gate;
        bool ran = false;
        const Ref<Job> holds = make_job([&] { gate.pass(); });
        const Ref<Job> queued = make_job([&] { ran = true; });
        pool->submit(holds);
        pool->submit(queued);
        EXPECT_TRUE(queued->cancel(std::nullopt));
        EXPECT_TRUE(queued->is_cancelled());
        EXPECT_FALSE(queued->cancel(std::nullopt));
        gate.open();
        co_await Await<FutureWait>(*holds);
        co_await offload(*pool, [] {});
        EXPECT_FALSE(ran);
    });
}

TEST(ThreadExecutor, CancelsAtOnceForTheTaskThatAwaitsARunningJob) {
    EpollEngine engine;
    const auto pool = make_executor(engine, "pool", 1);
    Gate gate;
    bool ended = false;
    run_main(engine, [&]() -> Coro<> {
        auto task = spawn([](Executor& p, Gate& g, bool& e) -> Coro<> {
            co_await offload(p, [&] {
                g.pass();
                e = true;
                return 1;
            });
            ADD_FAILURE() << "the cancel was lost";
        }(*pool, gate, ended));
        co_await yield_now();
        gate.wait_for(1);
        task->cancel("stop");
        try {
            co_await task;
        } catch (const Exception& e) {
            EXPECT_TRUE(e.error()->is_cancellation());
            EXPECT_EQ(e.error()->message(), "stop");
        }
        EXPECT_FALSE(ended);
        gate.open();
        co_await offload(*pool, [] {});
        EXPECT_TRUE(ended);
    });
}

TEST(ThreadExecutor, TakesNoJobsAfterCloseButRunsWhatItHolds) {
    EpollEngine engine;
    const auto pool = make_executor(engine, "pool", 2);
    run_main(engine, [&]() -> Coro<> {
        Gate gate;
        std::vector<Ref<Job>> jobs;
        std::atomic<int> ran{0};
        for (int i = 0; i < 10; ++i) {
            jobs.push_back(make_job([&] {
                gate.pass();
                ++ran;
            }));
            pool->submit(jobs.back());
        }
        pool->close();
        try {
            pool->submit(make_job([] {}));
            ADD_FAILURE() << "a closed executor took a job";
        } catch (const Exception& e) {
            EXPECT_EQ(e.error()->type().name(), "RuntimeError");
            EXPECT_EQ(e.error()->message(), "cannot schedule new futures after shutdown");
        }
        gate.open();
        for (auto& job : jobs) co_await Await<FutureWait>(*job);
        EXPECT_EQ(ran, 10);
    });
    pool->finish();
    EXPECT_EQ(pool->workers_alive(), 0u);
}

TEST(ThreadExecutor, FinishesWhatItHoldsAfterTheRun) {
    EpollEngine engine;
    std::atomic<int> ran{0};
    {
        const auto pool = make_executor(engine, "pool", 2);
        run_main(engine, [&]() -> Coro<> {
            for (int i = 0; i < 100; ++i) pool->submit(make_job([&] { ++ran; }));
            co_return;
        });
    }
    EXPECT_EQ(ran, 100);
}

TEST(ThreadExecutor, DropsWhatIsQueuedAfterAnInterruption) {
    EpollEngine engine;
    int ran = 0;
    bool begun = false;
    {
        const auto pool = make_executor(engine, "pool", 1);
        const auto end = run_main(engine, [&]() -> Coro<> {
            pool->submit(make_job([&] {
                begun = true;
                engine.interrupt();
                while (!engine.interrupted()) std::this_thread::yield();
            }));
            for (int i = 0; i < 10; ++i) pool->submit(make_job([&] { ++ran; }));
            co_await offload(*pool, [&] { ++ran; });
        });
        EXPECT_EQ(end, Engine::End::interrupted);
    }
    EXPECT_TRUE(begun);
    EXPECT_EQ(ran, 0);
}

TEST(ThreadExecutor, IsNoDeadlockWhileAJobRunsAndIsOneAfterwards) {
    EpollEngine engine;
    const auto pool = make_executor(engine, "pool", 1);
    int after = 0;
    const auto end = run_main(engine, [&]() -> Coro<> {
        co_await offload(*pool, [] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); });
        ++after;
        auto never_done = make_ref<Future<int>>();
        co_await *never_done;
    });
    EXPECT_EQ(end, Engine::End::idle);
    EXPECT_EQ(after, 1);
}

TEST(ThreadExecutor, ServesEightExecutorsAtOnce) {
    EpollEngine engine;
    std::vector<std::unique_ptr<Executor>> pools;
    for (int i = 0; i < 8; ++i) pools.push_back(make_executor(engine, "pool" + std::to_string(i), 2));
    std::atomic<int> ran{0};
    int resumed = 0;
    run_main(engine, [&]() -> Coro<> {
        std::vector<TaskHandle<>> tasks;
        for (int i = 0; i < 4000; ++i) {
            tasks.push_back(spawn([](Executor& p, std::atomic<int>& r, int& done) -> Coro<> {
                co_await offload(p, [&] { r.fetch_add(1); });
                ++done;
            }(*pools[static_cast<size_t>(i) % 8], ran, resumed)));
        }
        for (auto& task : tasks) co_await task;
    });
    EXPECT_EQ(ran, 4000);
    EXPECT_EQ(resumed, 4000);
}

TEST(ThreadExecutor, LosesNoneOfAHundredThousandJobsInFlight) {
    EpollEngine engine;
    const auto pool = make_executor(engine, "pool", 4);
    constexpr size_t jobs = 100'000;
    size_t sum = 0;
    run_main(engine, [&]() -> Coro<> {
        std::vector<TaskHandle<>> tasks;
        tasks.reserve(jobs);
        for (size_t i = 0; i < jobs; ++i) {
            tasks.push_back(spawn([](Executor& p, size_t& total, size_t n) -> Coro<> {
                total += co_await offload(p, [n] { return n; });
            }(*pool, sum, i)));
        }
        for (auto& task : tasks) co_await task;
    });
    EXPECT_EQ(sum, jobs * (jobs - 1) / 2);
}

TEST(ThreadExecutor, CanBeMadeAndEndedInsideARun) {
    EpollEngine engine;
    run_main(engine, [&]() -> Coro<> {
        for (int i = 0; i < 10; ++i) {
            const auto pool = make_executor(engine, "short", 2);
            EXPECT_EQ(co_await offload(*pool, [i] { return i; }), i);
        }
    });
}

}  // namespace
}  // namespace asyncrun
