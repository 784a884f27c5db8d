// SPDX-License-Identifier: MIT
#include "engine/sync/wait_tasks.h"
#include "tests/unit/sync/sim_run.h"

#include <gtest/gtest.h>

// CPython's rules of cancellation, as its own tests state them (test_tasks.BaseTaskTests).
namespace asyncrun::test {
namespace {

TEST(Cancellation, BeforeTheFirstStepKeepsTheBodyFromRunning) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto task = spawn([](SimRun& r2) -> Coro<> {
            r2.say("body");
            co_return;
        }(r));
        task->cancel({});
        r.say(co_await outcome_of([&] { return task; }));
        EXPECT_TRUE(task->is_cancelled());
    }(run));
    EXPECT_EQ(run.log, Log{"CancelledError"});
}

TEST(Cancellation, OfItselfTakesEffectAtTheNextAwaitThatSuspends) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto task = spawn([](SimRun& r2) -> Coro<> {
            this_thread.task->cancel({});
            r2.say("goes on until the next await");
            co_await sleep_for(100s);
            r2.say("never");
        }(r));
        r.say(co_await outcome_of([&] { return task; }));
        EXPECT_EQ(r.now(), 0s);
    }(run));
    EXPECT_EQ(run.log, (Log{"goes on until the next await", "CancelledError"}));
}

TEST(Cancellation, OfItselfTurnsAReturnIntoACancellation) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto task = spawn([]() -> Coro<int> {
            this_thread.task->cancel({});
            co_return 12;
        }());
        r.say(co_await outcome_of([&] { return task; }));
    }(run));
    EXPECT_EQ(run.log, Log{"CancelledError"});
}

TEST(Cancellation, OfItselfThenAwaitingATaskCancelsThatTask) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto future = make_ref<Future<int>>();
        auto nested = spawn([](Future<int>& f) -> Coro<> { co_await f; }(*future));
        auto task = spawn([](TaskHandle<> inner) -> Coro<> {
            this_thread.task->cancel({});
            co_await inner;
        }(nested));
        r.say(co_await outcome_of([&] { return task; }));
        r.say("nested cancelled " + word(nested->is_cancelled()) + ", its future cancelled " +
              word(future->is_cancelled()));
    }(run));
    EXPECT_EQ(run.log, (Log{"CancelledError", "nested cancelled True, its future cancelled True"}));
}

TEST(Cancellation, ReachesTheInnermostAwaitFirst) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto future = make_ref<Future<int>>();
        auto task = spawn([](SimRun& r2, Future<int>& f) -> Coro<> {
            auto inner = [](SimRun& r3, Future<int>& f3) -> Coro<> {
                try {
                    co_await f3;
                } catch (const Exception&) {
                    r3.say("inner");
                    throw;
                }
            };
            try {
                co_await inner(r2, f);
            } catch (const Exception&) {
                r2.say("outer swallows");
            }
        }(r, *future));
        co_await yield_now();
        task->cancel({});
        r.say(co_await outcome_of([&] { return task; }));
        r.say("future cancelled " + word(future->is_cancelled()));
    }(run));
    EXPECT_EQ(run.log, (Log{"inner", "outer swallows", "", "future cancelled True"}));
}

TEST(Cancellation, OfAWaitLeavesTheTasksRunning) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto inner = spawn([](SimRun& r2) -> Coro<> {
            co_await sleep_for(100ms);
            r2.say("inner finished");
        }(r));
        auto outer = spawn([](TaskHandle<> t) -> Coro<> {
            const std::vector<Ref<FutureBase>> tasks{t.ref()};
            co_await wait_tasks(tasks);
        }(inner));
        co_await yield_now();
        outer->cancel({});
        r.say(co_await outcome_of([&] { return outer; }));
        co_await inner;
    }(run));
    EXPECT_EQ(run.log, (Log{"CancelledError", "inner finished"}));
}

TEST(Cancellation, OfATaskHandsItsMessageToTheFirstWhoAsks) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto task = spawn([]() -> Coro<> { co_await sleep_for(1h); }());
        co_await yield_now();
        task->cancel("why");
        r.say(co_await outcome_of([&] { return task; }));
        r.say(co_await outcome_of([&] { return task; }));
        // A future keeps it, and so does a task that was cancelled as it returned.
        auto future = make_ref<Future<int>>();
        future->cancel("why");
        for (int i = 0; i < 2; ++i) r.say(co_await outcome_of([&] { return Await<FutureWait>(*future); }));
    }(run));
    EXPECT_EQ(run.log,
              (Log{"CancelledError: why", "CancelledError", "CancelledError: why", "CancelledError: why"}));
}

TEST(Cancellation, TwiceIsOneErrorWithTheFirstMessageButTwoRequests) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto task = spawn([](SimRun& r2) -> Coro<> {
            r2.say(co_await outcome_of([] { return sleep_for(1s); }));
            r2.say("cancelling " + std::to_string(this_thread.task->cancelling()));
            r2.say(co_await outcome_of([] { return sleep_for(1s); }));
        }(r));
        co_await yield_now();
        task->cancel("first");
        task->cancel("second");
        co_await task;
    }(run));
    EXPECT_EQ(run.log, (Log{"CancelledError: first", "cancelling 2", ""}));
}

}  // namespace
}  // namespace asyncrun::test
