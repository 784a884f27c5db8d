// SPDX-License-Identifier: MIT
#include "engine/sync/semaphore.h"

#include "tests/unit/sync/sim_run.h"

#include <gtest/gtest.h>

namespace asyncrun::test {
namespace {

Coro<> acquire_and_say(SimRun& run, Semaphore& semaphore, std::string token) {
    co_await semaphore.acquire();
    run.say(token);
}

// CPython's SemaphoreTests.test_acquire_fifo_order.
TEST(Semaphore, RotatesStrictly) {
    SimRun run;
    Semaphore semaphore(1);
    run.run([](SimRun& r, Semaphore& s) -> Coro<> {
        auto user = [](SimRun& r2, Semaphore& s2, std::string tag) -> Coro<> {
            co_await s2.acquire();
            r2.say(tag + "_1");
            co_await sleep_for(10ms);
            s2.release();
            co_await s2.acquire();
            r2.say(tag + "_2");
            co_await sleep_for(10ms);
            s2.release();
        };
        auto a = spawn(user(r, s, "c1"));
        auto b = spawn(user(r, s, "c2"));
        auto c = spawn(user(r, s, "c3"));
        co_await a;
        co_await b;
        co_await c;
    }(run, semaphore));
    EXPECT_EQ(run.log, (Log{"c1_1", "c2_1", "c3_1", "c1_2", "c2_2", "c3_2"}));
}

// CPython's SemaphoreTests.test_acquire_cancel_before_awoken.
TEST(Semaphore, WakesExactlyOneBehindCancelledWaiters) {
    SimRun run;
    Semaphore semaphore(0);
    run.run([](SimRun& r, Semaphore& s) -> Coro<> {
        auto t1 = spawn(acquire_and_say(r, s, "1"));
        auto t2 = spawn(acquire_and_say(r, s, "2"));
        auto t3 = spawn(acquire_and_say(r, s, "3"));
        auto t4 = spawn(acquire_and_say(r, s, "4"));
        co_await yield_now();
        t1->cancel({});
        t2->cancel({});
        s.release();
        co_await yield_now();
        r.say("t3 done " + word(t3->done()) + ", t4 done " + word(t4->done()));
        t4->cancel({});
    }(run, semaphore));
    EXPECT_EQ(run.log, (Log{"3", "t3 done True, t4 done False"}));
}

TEST(Semaphore, ReservesTheReleasedPermitForTheFirstWaiter) {
    SimRun run;
    Semaphore semaphore(1);
    run.run([](SimRun& r, Semaphore& s) -> Coro<> {
        co_await s.acquire();
        auto waiter = spawn(acquire_and_say(r, s, "waiter"));
        co_await yield_now();
        EXPECT_EQ(s.waiting(), 1u);
        s.release();
        EXPECT_EQ(s.value(), 0);
        EXPECT_TRUE(s.locked());
        EXPECT_EQ(s.waiting(), 0u);
        co_await waiter;
    }(run, semaphore));
    EXPECT_EQ(run.log, (Log{"waiter"}));
}

TEST(Semaphore, GetsThePermitBackFromAWaiterThatIsCancelledAfterItWasWoken) {
    SimRun run;
    Semaphore semaphore(0);
    run.run([](SimRun& r, Semaphore& s) -> Coro<> {
        auto t1 = spawn(acquire_and_say(r, s, "1"));
        auto t2 = spawn(acquire_and_say(r, s, "2"));
        co_await yield_now();
        s.release();
        t1->cancel({});
        co_await yield_now();
        EXPECT_TRUE(t1->is_cancelled());
        co_await t2;
        EXPECT_EQ(s.value(), 0);
        EXPECT_TRUE(s.locked());
        s.release();
        EXPECT_FALSE(s.locked());
    }(run, semaphore));
    EXPECT_EQ(run.log, (Log{"2"}));
}

TEST(Semaphore, KeepsNewcomersBehindAWokenWaiter) {
    SimRun run;
    Semaphore semaphore(0);
    run.run([](SimRun& r, Semaphore& s) -> Coro<> {
        spawn(acquire_and_say(r, s, "waiter"));
        co_await yield_now();
        s.release();
        s.release();
        EXPECT_EQ(s.value(), 1);
        EXPECT_TRUE(s.locked());
        co_await s.acquire();
        r.say("main");
    }(run, semaphore));
    EXPECT_EQ(run.log, (Log{"waiter", "main"}));
}

TEST(Semaphore, RefusesWhatCPythonRefuses) {
    try {
        Semaphore semaphore(-1);
        FAIL();
    } catch (const Exception& e) {
        EXPECT_EQ(SimRun::text(*e.error()), "ValueError: Semaphore initial value must be >= 0");
    }
    Semaphore bounded(2, Semaphore::Bounded::yes);
    try {
        bounded.release();
        FAIL();
    } catch (const Exception& e) {
        EXPECT_EQ(SimRun::text(*e.error()), "ValueError: BoundedSemaphore released too many times");
    }
    Semaphore unbounded(0);
    unbounded.release();
    EXPECT_EQ(unbounded.value(), 1);
}

}  // namespace
}  // namespace asyncrun::test
