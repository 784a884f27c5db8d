// SPDX-License-Identifier: MIT
#include "engine/sync/barrier.h"

#include "tests/unit/sync/sim_run.h"

#include <gtest/gtest.h>

namespace asyncrun::test {
namespace {

Coro<> arrive_and_say(SimRun& run, Barrier& barrier, std::string name) {
    try {
        const int64_t index = co_await barrier.wait();
        run.say(name + " " + std::to_string(index));
    } catch (const Exception& e) {
        run.say(name + " " + SimRun::text(*e.error()));
    }
}

TEST(Barrier, LetsTheLastArrivalPassAtOnceAndTheOthersInOrder) {
    SimRun run;
    Barrier barrier(3);
    run.run([](SimRun& r, Barrier& b) -> Coro<> {
        auto one = spawn(arrive_and_say(r, b, "a"));
        auto two = spawn(arrive_and_say(r, b, "b"));
        co_await yield_now();
        EXPECT_EQ(b.waiting(), 2);
        const uint64_t before = r.pass();
        const int64_t index = co_await b.wait();
        EXPECT_EQ(r.pass(), before);
        EXPECT_EQ(b.waiting(), 0);
        r.say("last " + std::to_string(index));
        co_await one;
        co_await two;
    }(run, barrier));
    EXPECT_EQ(run.log, (Log{"last 2", "a 0", "b 1"}));
}

TEST(Barrier, CanBeUsedAgainAndHoldsNewcomersBackWhileItDrains) {
    SimRun run;
    Barrier barrier(2);
    run.run([](SimRun& r, Barrier& b) -> Coro<> {
        auto twice = [](SimRun& r2, Barrier& b2, std::string name) -> Coro<> {
            co_await arrive_and_say(r2, b2, name + "1");
            co_await arrive_and_say(r2, b2, name + "2");
        };
        auto one = spawn(twice(r, b, "a"));
        auto two = spawn(twice(r, b, "b"));
        co_await one;
        co_await two;
    }(run, barrier));
    EXPECT_EQ(run.log, (Log{"b1 1", "a1 0", "b2 1", "a2 0"}));
}

TEST(Barrier, GivesTheSameIndexTwiceWhenAWaiterWasCancelled) {
    SimRun run;
    Barrier barrier(3);
    run.run([](SimRun& r, Barrier& b) -> Coro<> {
        auto a = spawn(arrive_and_say(r, b, "a"));
        auto b1 = spawn(arrive_and_say(r, b, "b"));
        co_await yield_now();
        a->cancel({});
        co_await yield_now();
        EXPECT_EQ(b.waiting(), 1);
        auto c = spawn(arrive_and_say(r, b, "c"));
        co_await yield_now();
        co_await arrive_and_say(r, b, "main");
        co_await b1;
        co_await c;
    }(run, barrier));
    EXPECT_EQ(run.log, (Log{"a CancelledError", "main 2", "b 1", "c 1"}));
}

TEST(Barrier, BreaksForGoodWhenAborted) {
    SimRun run;
    Barrier barrier(2);
    run.run([](SimRun& r, Barrier& b) -> Coro<> {
        auto a = spawn(arrive_and_say(r, b, "a"));
        co_await yield_now();
        co_await b.abort();
        EXPECT_TRUE(b.broken());
        co_await a;
        co_await arrive_and_say(r, b, "late");
    }(run, barrier));
    EXPECT_EQ(run.log, (Log{"a BrokenBarrierError: Abort or reset of barrier",
                            "late BrokenBarrierError: Barrier aborted"}));
}

TEST(Barrier, SendsWaitersAwayWhenResetAndWorksAgain) {
    SimRun run;
    Barrier barrier(2);
    run.run([](SimRun& r, Barrier& b) -> Coro<> {
        auto a = spawn(arrive_and_say(r, b, "a"));
        co_await yield_now();
        co_await b.reset();
        co_await a;
        EXPECT_FALSE(b.broken());
        auto c = spawn(arrive_and_say(r, b, "c"));
        co_await yield_now();
        co_await arrive_and_say(r, b, "main");
        co_await c;
    }(run, barrier));
    EXPECT_EQ(run.log, (Log{"a BrokenBarrierError: Abort or reset of barrier", "main 1", "c 0"}));
}

TEST(Barrier, NeedsAtLeastOneParty) {
    try {
        Barrier barrier(0);
        FAIL();
    } catch (const Exception& e) {
        EXPECT_EQ(SimRun::text(*e.error()), "ValueError: parties must be > 0");
    }
}

}  // namespace
}  // namespace asyncrun::test
