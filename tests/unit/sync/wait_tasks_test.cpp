// SPDX-License-Identifier: MIT
#include "engine/sync/wait_tasks.h"

#include "engine/sync/as_completed.h"
#include "tests/unit/sync/sim_run.h"

#include <gtest/gtest.h>

namespace asyncrun::test {
namespace {

using Futures = std::vector<Ref<FutureBase>>;

Coro<int> after(Duration delay, int value) {
    co_await sleep_for(delay);
    co_return value;
}
Coro<int> fail_after(Duration delay, std::string text) {
    co_await sleep_for(delay);
    throw Exception(errors::value(), text);
}

TEST(WaitTasks, ReturnsWithTheFirstThatCompletesAndCancelsNothing) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto a = spawn(after(10s, 1));
        auto b = spawn(after(100ms, 2));
        const Futures both{a.ref(), b.ref()};
        const WaitResult result = co_await wait_tasks(both, ReturnWhen::first_completed);
        EXPECT_EQ(result.done, Futures{b.ref()});
        EXPECT_EQ(result.pending, Futures{a.ref()});
        EXPECT_EQ(r.now(), 100ms);
        EXPECT_FALSE(a->done());
    }(run));
    EXPECT_EQ(run.log, Log{});
}

// CPython's BaseTaskTests.test_wait_really_done.
TEST(WaitTasks, CountsWhateverIsDoneByTheTimeTheWaiterRuns) {
    SimRun run;
    run.run([](SimRun&) -> Coro<> {
        auto a = spawn(after(100ms, 1));
        auto b = spawn(after(100ms, 2));
        const Futures both{b.ref(), a.ref(), b.ref()};
        const WaitResult result = co_await wait_tasks(both, ReturnWhen::first_completed);
        EXPECT_EQ(result.done, (Futures{b.ref(), a.ref()}));
        EXPECT_TRUE(result.pending.empty());
    }(run));
}

TEST(WaitTasks, EndsAtTheFirstExceptionThatIsNoCancellation) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto cancelled = spawn(after(1s, 0));
        auto fails = spawn(fail_after(200ms, "x"));
        auto slow = spawn(after(1s, 1));
        co_await yield_now();
        cancelled->cancel({});
        const Futures all{cancelled.ref(), fails.ref(), slow.ref()};
        const WaitResult result = co_await wait_tasks(all, ReturnWhen::first_exception);
        EXPECT_EQ(r.now(), 200ms);
        EXPECT_EQ(result.done.size(), 2u);
        EXPECT_TRUE(fails->retrieved());
    }(run));
    EXPECT_EQ(run.log, Log{});
}

TEST(WaitTasks, EndsAtItsTimeoutWithoutAnErrorAndWithoutCancelling) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto a = spawn(after(100ms, 1));
        auto b = spawn(after(150ms, 2));
        const Futures both{a.ref(), b.ref()};
        const WaitResult result = co_await wait_tasks(both, ReturnWhen::all_completed, 110ms);
        EXPECT_EQ(result.done, Futures{a.ref()});
        EXPECT_EQ(result.pending, Futures{b.ref()});
        EXPECT_EQ(r.now(), 110ms);
        co_await b;
        EXPECT_EQ(r.now(), 150ms);
    }(run));
    EXPECT_EQ(run.log, Log{});
}

TEST(WaitTasks, TakesTwoTripsAlsoWhenEverythingIsFinished) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto a = spawn(after(1ms, 1));
        co_await a;
        const uint64_t before = r.pass();
        const Futures one{a.ref()};
        co_await wait_tasks(one);
        EXPECT_EQ(r.pass() - before, 2u);
    }(run));
}

TEST(WaitTasks, RefusesAnEmptySet) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        const Futures none;
        r.say(co_await outcome_of([&] { return wait_tasks(none); }));
    }(run));
    EXPECT_EQ(run.log, Log{"ValueError: Set of Tasks/Futures is empty."});
}

TEST(WaitTasks, SurvivesCallbacksThatComeAfterTheWaiterHasLeft) {
    SimRun run;
    run.run([](SimRun&) -> Coro<> {
        auto waiter = spawn([]() -> Coro<> {
            auto x = spawn(after(10ms, 1));
            auto y = spawn(after(10ms, 2));
            const Futures both{x.ref(), y.ref()};
            co_await wait_tasks(both);
        }());
        co_await sleep_for(10ms);  // both tasks are woken now, their callbacks are to come
        waiter->cancel({});
        for (int i = 0; i < 5; ++i) co_await yield_now();
        EXPECT_TRUE(waiter->is_cancelled());
    }(run));
}

TEST(AsCompleted, HandsOutFuturesInTheOrderOfTheirCompletion) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto a = spawn(after(30ms, 1));
        auto b = spawn(fail_after(20ms, "b"));
        auto c = spawn(after(10ms, 3));
        const Futures all{a.ref(), b.ref(), c.ref(), a.ref()};
        auto turns = AsCompleted::make(all);
        EXPECT_EQ(turns->turns(), 3u);
        for (size_t i = 0; i < turns->turns(); ++i) {
            try {
                auto future = co_await turns->next();
                r.say(std::to_string(*static_cast<int*>(future->result_address())));
            } catch (const Exception& e) {
                r.say(SimRun::text(*e.error()));
            }
        }
    }(run));
    EXPECT_EQ(run.log, (Log{"3", "ValueError: b", "1"}));
}

// CPython's BaseTaskTests.test_as_completed_with_timeout.
TEST(AsCompleted, RaisesTimeoutErrorForTheRestAndLeavesThemRunning) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto a = spawn(after(100ms, 1));
        auto b = spawn(after(150ms, 2));
        const Futures both{a.ref(), b.ref()};
        auto turns = AsCompleted::make(both, 120ms);
        for (int i = 0; i < 2; ++i) r.say(co_await outcome_of([&] { return turns->next(); }));
        EXPECT_EQ(r.now(), 120ms);
        r.say("b cancelled " + word(b->is_cancelled()));
        co_await b;
    }(run));
    EXPECT_EQ(run.log, (Log{"", "TimeoutError", "b cancelled False"}));
}

TEST(AsCompleted, StopsItsTimerWhenAllHaveCompleted) {
    SimRun run;
    run.run([](SimRun&) -> Coro<> {
        auto a = spawn(after(1ms, 1));
        const Futures one{a.ref()};
        auto turns = AsCompleted::make(one, 1h);
        co_await turns->next();
    }(run));
    // Nothing is left that could move the clock.
    EXPECT_EQ(run.engine.run(), Engine::End::idle);
    EXPECT_EQ(run.now(), 1ms);
}

TEST(AsCompleted, TakesTwoTripsForWhatIsFinishedAndNoneForWhatWaitsInLine) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto a = spawn(after(1ms, 1));
        auto b = spawn(after(1ms, 2));
        co_await a;
        co_await b;
        const Futures both{a.ref(), b.ref()};
        auto turns = AsCompleted::make(both);
        const uint64_t before = r.pass();
        co_await turns->next();
        EXPECT_EQ(r.pass() - before, 2u);
        co_await turns->next();
        EXPECT_EQ(r.pass() - before, 2u);
    }(run));
}

}  // namespace
}  // namespace asyncrun::test
