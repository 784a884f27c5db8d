// SPDX-License-Identifier: MIT
#include "engine/sync/shield.h"

#include "tests/unit/sync/sim_run.h"

#include <gtest/gtest.h>

namespace asyncrun::test {
namespace {

// CPython's BaseTaskTests.test_shield_effect.
TEST(Shield, LetsTheInnerTaskGoOnWhenTheOuterIsCancelled) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto inner = spawn([](SimRun& r2) -> Coro<> {
            co_await sleep_for(10ms);
            r2.say("inner finished");
        }(r));
        auto outer = spawn([](TaskHandle<> t) -> Coro<> { co_await shield(t); }(inner));
        co_await yield_now();
        outer->cancel({});
        r.say(co_await outcome_of([&] { return outer; }));
        co_await inner;
    }(run));
    EXPECT_EQ(run.log, (Log{"CancelledError", "inner finished"}));
}

TEST(Shield, GivesTheResultTwoTripsAfterTheInnerTaskHasEnded) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto inner = spawn([](SimRun& r2) -> Coro<int> {
            co_await yield_now();
            r2.say(std::to_string(r2.pass()));
            co_return 5;
        }(r));
        const int value = co_await shield(inner);
        EXPECT_EQ(value, 5);
        EXPECT_EQ(r.pass(), std::stoull(r.log.at(0)) + 2);
    }(run));
}

TEST(Shield, OfAFinishedTaskDoesNotSuspend) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto inner = spawn([]() -> Coro<int> { co_return 5; }());
        co_await inner;
        const uint64_t before = r.pass();
        EXPECT_EQ(co_await shield(inner), 5);
        EXPECT_EQ(r.pass(), before);
    }(run));
}

TEST(Shield, IsCancelledWhenTheInnerTaskIs) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto inner = spawn([]() -> Coro<> { co_await sleep_for(1h); }());
        auto outer = shield(Ref<FutureBase>(inner.ref()));
        co_await yield_now();
        inner->cancel("inner's message");
        r.say(co_await outcome_of([&] { return Await<SharedWait>(outer); }));
        EXPECT_TRUE(outer->is_cancelled());
    }(run));
    EXPECT_EQ(run.log, Log{"CancelledError"});
}

TEST(Shield, LeavesAFailureAfterItsCancellationUnretrieved) {
    SimRun run;
    run.run([](SimRun&) -> Coro<> {
        auto inner = make_ref<Future<int>>();
        auto outer = shield(inner);
        outer->cancel({});
        co_await yield_now();
        co_await yield_now();
        inner->set_exception(make_error(errors::value(), "late"));
        co_await yield_now();
        co_await yield_now();
        EXPECT_FALSE(inner->retrieved());

        auto inner2 = make_ref<Future<int>>();
        auto outer2 = shield(inner2);
        outer2->cancel({});
        inner2->set_exception(make_error(errors::value(), "in the same step"));
        co_await yield_now();
        co_await yield_now();
        EXPECT_TRUE(inner2->retrieved());
    }(run));
}

}  // namespace
}  // namespace asyncrun::test
