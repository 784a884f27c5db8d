// SPDX-License-Identifier: MIT
#include "engine/sync/barrier.h"
#include "engine/sync/event.h"
#include "engine/sync/gather.h"
#include "engine/sync/queue.h"
#include "engine/sync/semaphore.h"
#include "engine/sync/wait_tasks.h"
#include "tests/unit/sync/sim_run.h"

#include <gtest/gtest.h>

// How many iterations of the loop lie between a cause and its effect, as on CPython 3.11.7.
namespace asyncrun::test {
namespace {

class Passes : public ::testing::Test {
  protected:
    SimRun run;

    /// Iterations from the call of `cause`, which other tasks wait for, until a waiter says so through
    /// `effect`.
    template <class Waiter, class Cause>
    uint64_t between(Waiter waiter, Cause cause) {
        uint64_t begin = 0;
        uint64_t end = 0;
        run.run([](SimRun& r, Waiter& w, Cause& c, uint64_t& from, uint64_t& to) -> Coro<> {
            auto task = spawn([](SimRun& r2, Waiter& w2, uint64_t& to2) -> Coro<> {
                co_await w2();
                to2 = r2.pass();
            }(r, w, to));
            for (int i = 0; i < 3; ++i) co_await yield_now();
            from = r.pass();
            c();
            co_await task;
        }(run, waiter, cause, begin, end));
        return end - begin;
    }
};

TEST_F(Passes, OneFromSetToTheWaiterOfAnEvent) {
    Event event;
    EXPECT_EQ(between([&] { return event.wait(); }, [&] { event.set(); }), 1u);
}
TEST_F(Passes, OneFromReleaseToTheNextOwnerOfALock) {
    Lock lock;
    auto twice = [&]() -> Coro<> {
        co_await lock.acquire();
        co_await lock.acquire();
    };
    EXPECT_EQ(between(twice, [&] { lock.release(); }), 1u);
}
TEST_F(Passes, OneFromReleaseToTheNextOwnerOfAPermit) {
    Semaphore semaphore(0);
    EXPECT_EQ(between([&] { return semaphore.acquire(); }, [&] { semaphore.release(); }), 1u);
}
TEST_F(Passes, OneFromPutToABlockedGet) {
    Queue<int> queue;
    EXPECT_EQ(between([&] { return queue.get(); }, [&] { queue.put_nowait(1); }), 1u);
}
TEST_F(Passes, OneFromGetToABlockedPut) {
    Queue<int> queue(1);
    queue.put_nowait(1);
    EXPECT_EQ(between([&] { return queue.put(2); }, [&] { queue.get_nowait(); }), 1u);
}
TEST_F(Passes, OneFromTheLastTaskDoneToJoin) {
    Queue<int> queue;
    queue.put_nowait(1);
    EXPECT_EQ(between([&] { return queue.join(); }, [&] { queue.task_done(); }), 1u);
}
TEST_F(Passes, OneFromTheResultOfAFutureToItsAwaiter) {
    auto future = make_ref<Future<int>>();
    EXPECT_EQ(between([&] { return Await<FutureWait>(*future); }, [&] { future->set_result(1); }), 1u);
}
TEST_F(Passes, TwoFromTheLastChildToTheAwaiterOfAGather) {
    auto future = make_ref<Future<int>>();
    auto waiter = [&] {
        auto g = GatherFuture::make(1, false);
        g->add(future);
        g->start();
        return Await<SharedWait>(g);
    };
    EXPECT_EQ(between(waiter, [&] { future->set_result(1); }), 2u);
}
TEST_F(Passes, TwoFromTheLastFutureToTheEndOfAWait) {
    auto future = make_ref<Future<int>>();
    const std::vector<Ref<FutureBase>> one{future};
    EXPECT_EQ(between([&] { return wait_tasks(one); }, [&] { future->set_result(1); }), 2u);
}
TEST_F(Passes, OneFromNotifyAndReleaseToTheWaiterOfACondition) {
    Condition condition;
    auto waiter = [&]() -> Coro<> {
        co_await condition.acquire();
        co_await condition.wait();
    };
    uint64_t passes = 0;
    run.run([](SimRun& r, decltype(waiter)& w, Condition& c, uint64_t& out) -> Coro<> {
        auto task = spawn(w());
        co_await yield_now();
        co_await c.acquire();
        c.notify();
        c.release();
        const uint64_t from = r.pass();
        co_await yield_now();
        EXPECT_TRUE(task->done());
        out = r.pass() - from;
    }(run, waiter, condition, passes));
    EXPECT_EQ(passes, 1u);
}
TEST_F(Passes, NoneForWhatNeedNotWait) {
    run.run([](SimRun& r) -> Coro<> {
        Lock lock;
        Semaphore semaphore(1);
        Queue<int> queue;
        Barrier barrier(1);
        const uint64_t before = r.pass();
        co_await lock.acquire();
        co_await semaphore.acquire();
        co_await queue.join();
        co_await queue.put(1);
        EXPECT_EQ(co_await queue.get(), 1);
        EXPECT_EQ(co_await barrier.wait(), 0);
        co_await barrier.abort();
        EXPECT_EQ(r.pass(), before);
    }(run));
}
TEST_F(Passes, OneFromACancelToTheErrorInTheTask) {
    run.run([](SimRun& r) -> Coro<> {
        Event event;
        uint64_t seen = 0;
        auto inner = spawn([](SimRun& r2, Event& e, uint64_t& pass) -> Coro<> {
            const auto how = co_await outcome_of([&] { return e.wait(); });
            EXPECT_EQ(how, "CancelledError");
            pass = r2.pass();
            throw Exception(errors::cancelled(), "");
        }(r, event, seen));
        co_await yield_now();
        const uint64_t before = r.pass();
        inner->cancel({});
        co_await outcome_of([&] { return inner; });
        EXPECT_EQ(seen - before, 1u);
        EXPECT_EQ(r.pass() - before, 2u);
    }(run));
}
TEST_F(Passes, OnePerTaskThatACancelTravelsThrough) {
    run.run([](SimRun& r) -> Coro<> {
        auto innermost = spawn([]() -> Coro<> { co_await sleep_for(1h); }());
        auto middle = spawn([](TaskHandle<> t) -> Coro<> { co_await t; }(innermost));
        auto outermost = spawn([](TaskHandle<> t) -> Coro<> { co_await t; }(middle));
        co_await yield_now();
        const uint64_t before = r.pass();
        outermost->cancel({});
        co_await outcome_of([&] { return outermost; });
        EXPECT_EQ(r.pass() - before, 4u);
    }(run));
}

}  // namespace
}  // namespace asyncrun::test
