// SPDX-License-Identifier: MIT
#include "engine/sync/event.h"

#include "tests/unit/sync/sim_run.h"

#include <gtest/gtest.h>

namespace asyncrun::test {
namespace {

Coro<> wait_and_say(SimRun& run, Event& event, std::string token) {
    co_await event.wait();
    run.say(token);
}

// CPython's EventTests.test_wait.
TEST(Event, LetsATaskThatComesAfterTheSetPassTheSleepers) {
    SimRun run;
    Event event;
    run.run([](SimRun& r, Event& e) -> Coro<> {
        spawn(wait_and_say(r, e, "1"));
        spawn(wait_and_say(r, e, "2"));
        co_await yield_now();
        EXPECT_EQ(e.waiting(), 2u);
        spawn(wait_and_say(r, e, "3"));
        e.set();
        EXPECT_EQ(e.waiting(), 0u);
        co_await yield_now();
        co_await yield_now();
    }(run, event));
    EXPECT_EQ(run.log, (Log{"3", "1", "2"}));
}

TEST(Event, ReleasesEverybodyAlsoWhenItIsClearedInTheSameStep) {
    SimRun run;
    Event event;
    run.run([](SimRun& r, Event& e) -> Coro<> {
        spawn(wait_and_say(r, e, "1"));
        spawn(wait_and_say(r, e, "2"));
        co_await yield_now();
        e.set();
        e.clear();
        EXPECT_FALSE(e.is_set());
        co_await yield_now();
        r.say("main");
    }(run, event));
    EXPECT_EQ(run.log, (Log{"1", "2", "main"}));
}

TEST(Event, DoesNotSuspendWhoWaitsForASetOne) {
    SimRun run;
    Event event;
    event.set();
    run.run([](SimRun& r, Event& e) -> Coro<> {
        const uint64_t before = r.pass();
        co_await e.wait();
        EXPECT_EQ(r.pass(), before);
    }(run, event));
}

TEST(Event, ForgetsACancelledWaiter) {
    SimRun run;
    Event event;
    run.run([](SimRun& r, Event& e) -> Coro<> {
        auto one = spawn(wait_and_say(r, e, "1"));
        auto two = spawn(wait_and_say(r, e, "2"));
        auto three = spawn(wait_and_say(r, e, "3"));
        co_await yield_now();
        two->cancel({});
        EXPECT_EQ(e.waiting(), 2u);
        e.set();          // two is still in the list
        one->cancel({});  // woken before: the cancel wins all the same
        co_await yield_now();
        e.clear();
        EXPECT_TRUE(one->is_cancelled());
        EXPECT_TRUE(two->is_cancelled());
        EXPECT_TRUE(three->done());
    }(run, event));
    EXPECT_EQ(run.log, (Log{"3"}));
}

TEST(Event, WithNobodyLeftToSetItLeavesTheRunDeadlocked) {
    SimRun run;
    Event event;
    EXPECT_EQ(
        run.run([](SimRun& r, Event& e) -> Coro<> { co_await wait_and_say(r, e, "never"); }(run, event)),
        Engine::End::idle);
    EXPECT_EQ(run.log, Log{});
}

}  // namespace
}  // namespace asyncrun::test
