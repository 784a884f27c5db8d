// SPDX-License-Identifier: MIT
#include "engine/sync/lock.h"

#include "tests/unit/sync/sim_run.h"

#include <gtest/gtest.h>

namespace asyncrun::test {
namespace {

Coro<> acquire_and_say(SimRun& run, Lock& lock, std::string token) {
    try {
        co_await lock.acquire();
        run.say(token);
    } catch (const Exception& e) {
        run.say(token + " " + SimRun::text(*e.error()));
    }
}

TEST(Lock, HandsOverInOrderOfArrivalOnePerRelease) {
    SimRun run;
    Lock lock;
    EXPECT_EQ(run.run([](SimRun& r, Lock& l) -> Coro<> {
        co_await l.acquire();
        spawn(acquire_and_say(r, l, "1"));
        spawn(acquire_and_say(r, l, "2"));
        co_await yield_now();
        r.say("-");
        spawn(acquire_and_say(r, l, "3"));
        for (int i = 0; i < 3; ++i) {
            l.release();
            co_await yield_now();
            co_await yield_now();
            r.say("-");
        }
        l.release();
    }(run, lock)),
              Engine::End::stopped);
    EXPECT_EQ(run.log, (Log{"-", "1", "-", "2", "-", "3", "-"}));
    EXPECT_FALSE(lock.locked());
}

// CPython's LockTests.test_cancel_race.
TEST(Lock, PassesOnWhenTheFirstWaiterIsCancelledAsItIsReleased) {
    SimRun run;
    Lock lock;
    run.run([](SimRun& r, Lock& l) -> Coro<> {
        auto user = [](SimRun& r2, Lock& l2, std::string name) -> Coro<> {
            try {
                co_await l2.acquire();
            } catch (const Exception& e) {
                r2.say(name + " cancelled");
                throw;
            }
            r2.say(name);
            l2.release();
        };
        co_await l.acquire();
        auto a = spawn(user(r, l, "A"));
        co_await yield_now();
        auto b = spawn(user(r, l, "B"));
        auto c = spawn(user(r, l, "C"));
        co_await yield_now();
        l.release();
        b->cancel({});
        for (int i = 0; i < 5; ++i) co_await yield_now();
        r.say("locked " + word(l.locked()));
    }(run, lock));
    EXPECT_EQ(run.log, (Log{"A", "B cancelled", "C", "locked False"}));
}

// CPython's LockTests.test_cancel_release_race.
TEST(Lock, IsTakenByExactlyOneWhenCancelAndReleaseFallTogether) {
    SimRun run;
    Lock lock;
    run.run([](SimRun& r, Lock& l) -> Coro<> {
        int acquired = 0;
        auto user = [](Lock& l2, int& count) -> Coro<> {
            co_await l2.acquire();
            ++count;
        };
        co_await l.acquire();
        auto t1 = spawn(user(l, acquired));
        auto t2 = spawn(user(l, acquired));
        auto t3 = spawn(user(l, acquired));
        co_await yield_now();
        t1->cancel({});
        l.release();
        for (int i = 0; i < 4; ++i) co_await yield_now();
        r.say("acquired " + std::to_string(acquired) + ", t1 cancelled " + word(t1->is_cancelled()) +
              ", t2 done " + word(t2->done()) + ", t3 done " + word(t3->done()));
        t3->cancel({});
    }(run, lock));
    EXPECT_EQ(run.log, (Log{"acquired 1, t1 cancelled True, t2 done True, t3 done False"}));
}

TEST(Lock, KeepsNewcomersOutWhileSomebodyQueuesAlsoBetweenReleaseAndHandOver) {
    SimRun run;
    Lock lock;
    run.run([](SimRun& r, Lock& l) -> Coro<> {
        co_await l.acquire();
        spawn(acquire_and_say(r, l, "waiter"));
        co_await yield_now();
        l.release();
        r.say("locked " + word(l.locked()));
        spawn([](SimRun& r2, Lock& l2) -> Coro<> {
            co_await yield_now();
            l2.release();
            r2.say("released");
        }(r, l));
        co_await l.acquire();
        r.say("main");
    }(run, lock));
    EXPECT_EQ(run.log, (Log{"locked False", "waiter", "released", "main"}));
}

TEST(Lock, LetsANewcomerInAtOnceWhenAllWaitersAreCancelled) {
    SimRun run;
    Lock lock;
    run.run([](SimRun& r, Lock& l) -> Coro<> {
        co_await l.acquire();
        auto waiter = spawn(acquire_and_say(r, l, "waiter"));
        co_await yield_now();
        EXPECT_EQ(l.waiting(), 1u);
        waiter->cancel({});
        EXPECT_EQ(l.waiting(), 0u);
        l.release();
        const uint64_t before = r.pass();
        co_await l.acquire();
        EXPECT_EQ(r.pass(), before);
        co_await waiter;
    }(run, lock));
    EXPECT_EQ(run.log, (Log{"waiter CancelledError"}));
    EXPECT_TRUE(lock.locked());
}

TEST(Lock, RefusesToReleaseWhatIsFree) {
    Lock lock;
    EXPECT_FALSE(lock.try_release());
    try {
        lock.release();
        FAIL();
    } catch (const Exception& e) {
        EXPECT_EQ(SimRun::text(*e.error()), "RuntimeError: Lock is not acquired.");
    }
}

}  // namespace
}  // namespace asyncrun::test
