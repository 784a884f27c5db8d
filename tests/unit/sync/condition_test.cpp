// SPDX-License-Identifier: MIT
#include "engine/sync/condition.h"

#include "tests/unit/sync/sim_run.h"

#include <gtest/gtest.h>

namespace asyncrun::test {
namespace {

Coro<> wait_and_say(SimRun& run, Condition& condition, std::string token) {
    co_await condition.acquire();
    co_await condition.wait();
    run.say(token);
}

// CPython's ConditionTests.test_wait.
TEST(Condition, LetsTheNotifiedGoOnOneByOneAsTheLockIsReleased) {
    SimRun run;
    Condition condition;
    run.run([](SimRun& r, Condition& c) -> Coro<> {
        spawn(wait_and_say(r, c, "1"));
        spawn(wait_and_say(r, c, "2"));
        spawn(wait_and_say(r, c, "3"));
        co_await yield_now();
        co_await yield_now();
        co_await yield_now();
        EXPECT_FALSE(c.locked());
        EXPECT_EQ(c.waiting(), 3u);
        co_await c.acquire();
        c.notify();
        co_await yield_now();
        r.say("held");
        c.release();
        co_await yield_now();
        r.say("locked " + word(c.locked()));
        c.notify(2);
        co_await yield_now();
        r.say("held");
        c.release();
        co_await yield_now();
        c.release();
        co_await yield_now();
        r.say("-");
    }(run, condition));
    EXPECT_EQ(run.log, (Log{"held", "1", "locked True", "held", "2", "3", "-"}));
}

// CPython's ConditionTests.test_wait_cancel_after_notify.
TEST(Condition, TakesTheLockAgainBeforeACancellationLeavesTheWait) {
    SimRun run;
    Condition condition;
    run.run([](SimRun& r, Condition& c) -> Coro<> {
        auto waiter = spawn([](SimRun& r2, Condition& c2) -> Coro<> {
            co_await c2.acquire();
            auto outcome = co_await outcome_of([&] { return c2.wait(); });
            r2.say(outcome);
            c2.release();
        }(r, c));
        co_await yield_now();
        co_await c.acquire();
        c.notify();
        waiter->cancel({});
        co_await yield_now();
        co_await yield_now();
        r.say("still re-acquiring: done " + word(waiter->done()));
        c.release();
        co_await waiter;
        r.say("locked " + word(c.locked()));
    }(run, condition));
    EXPECT_EQ(run.log, (Log{"still re-acquiring: done False", "CancelledError", "locked False"}));
}

TEST(Condition, LosesTheNotificationOfAWaiterThatIsCancelledAfterIt) {
    SimRun run;
    Condition condition;
    run.run([](SimRun& r, Condition& c) -> Coro<> {
        auto first = spawn(wait_and_say(r, c, "1"));
        auto second = spawn(wait_and_say(r, c, "2"));
        co_await yield_now();
        co_await yield_now();
        co_await c.acquire();
        c.notify();
        first->cancel({});
        c.release();
        for (int i = 0; i < 4; ++i) co_await yield_now();
        EXPECT_TRUE(first->is_cancelled());
        EXPECT_FALSE(second->done());
        EXPECT_EQ(c.waiting(), 1u);
        second->cancel({});
    }(run, condition));
    EXPECT_EQ(run.log, Log{});
}

TEST(Condition, KeepsTryingForTheLockThroughRepeatedCancellations) {
    SimRun run;
    Condition condition;
    run.run([](SimRun& r, Condition& c) -> Coro<> {
        auto waiter = spawn([](SimRun& r2, Condition& c2) -> Coro<> {
            co_await c2.acquire();
            r2.say(co_await outcome_of([&] { return c2.wait(); }));
            r2.say("locked " + word(c2.locked()));
            c2.release();
        }(r, c));
        co_await yield_now();
        co_await c.acquire();
        for (int i = 0; i < 3; ++i) {
            waiter->cancel(std::string("try ") + std::to_string(i));
            co_await yield_now();
            co_await yield_now();
            EXPECT_FALSE(waiter->done());
        }
        c.release();
        co_await waiter;
    }(run, condition));
    // The cancellations while it queues for the lock end as a new, bare CancelledError.
    EXPECT_EQ(run.log, (Log{"CancelledError", "locked True"}));
}

TEST(Condition, RefusesWithoutTheLock) {
    SimRun run;
    Condition condition;
    run.run([](SimRun& r, Condition& c) -> Coro<> {
        r.say(co_await outcome_of([&] { return c.wait(); }));
        try {
            c.notify_all();
        } catch (const Exception& e) {
            r.say(SimRun::text(*e.error()));
        }
    }(run, condition));
    EXPECT_EQ(run.log, (Log{"RuntimeError: cannot wait on un-acquired lock",
                            "RuntimeError: cannot notify on un-acquired lock"}));
}

TEST(Condition, MayShareALock) {
    SimRun run;
    Lock lock;
    Condition full(lock);
    Condition empty(lock);
    run.run([](SimRun& r, Condition& f, Condition& e) -> Coro<> {
        co_await f.acquire();
        EXPECT_TRUE(e.locked());
        e.notify_all();
        f.release();
        r.say("ok");
    }(run, full, empty));
    EXPECT_EQ(run.log, Log{"ok"});
}

}  // namespace
}  // namespace asyncrun::test
