// SPDX-License-Identifier: MIT
#include "engine/sync/callback_handle.h"

#include "tests/unit/sync/sim_run.h"

#include <thread>

#include <gtest/gtest.h>

namespace asyncrun::test {
namespace {

Callback say(SimRun& run, std::string token) {
    return [&run, token](CallbackHandle&) { run.say(token); };
}

TEST(CallbackHandle, RunsInOrderInTheNextIteration) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        call_soon([&r](CallbackHandle&) {
            r.say("a");
            call_soon(say(r, "a.child"));
        });
        call_soon(say(r, "b"));
        call_soon(say(r, "c"));
        r.say("main");
        co_await yield_now();
        r.say("main after one");
        co_await yield_now();
        r.say("main after two");
    }(run));
    EXPECT_EQ(run.log, (Log{"main", "a", "b", "c", "main after one", "a.child", "main after two"}));
}

TEST(CallbackHandle, OfATimerRunsInTheIterationThatFindsItDueInOrderOfDeadlines) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        call_later(-1ms, say(r, "-1"));
        call_later(-2ms, say(r, "-2"));
        call_later(0ms, say(r, "0"));
        call_at(r.engine.now() - 1ms, say(r, "-1 again"));
        call_soon(say(r, "soon"));
        co_await yield_now();
        r.say("main");
        call_later(5ms, say(r, "later"));
        co_await sleep_for(5ms);
        r.say("slept");
    }(run));
    EXPECT_EQ(run.log, (Log{"soon", "main", "-2", "-1", "-1 again", "0", "later", "slept"}));
}

TEST(CallbackHandle, SaysWhetherACancelCameInTime) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto soon = call_soon(say(r, "soon"));
        auto later = call_later(1h, say(r, "later"));
        auto runs = call_soon(say(r, "runs"));
        EXPECT_TRUE(soon->cancel());
        EXPECT_FALSE(soon->cancel());
        EXPECT_TRUE(later->cancel());
        EXPECT_TRUE(later->cancelled());
        co_await yield_now();
        EXPECT_FALSE(runs->cancel());
        EXPECT_FALSE(runs->cancelled());
    }(run));
    EXPECT_EQ(run.log, Log{"runs"});
    EXPECT_EQ(run.engine.run(), Engine::End::idle);
    EXPECT_EQ(run.now(), 0ns);
}

TEST(CallbackHandle, MayBeCancelledByACallbackOfTheSameIteration) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        Ref<CallbackHandle> timer;
        call_at(r.engine.now() + 1ms, [&timer](CallbackHandle&) { EXPECT_TRUE(timer->cancel()); });
        timer = call_at(r.engine.now() + 1ms, say(r, "never"));
        co_await sleep_for(2ms);
    }(run));
    EXPECT_EQ(run.log, Log{});
}

TEST(CallbackHandle, ReportsWhatItThrowsAndTheRunGoesOn) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        call_soon([](CallbackHandle&) { throw Exception(errors::value(), "boom"); });
        call_soon(say(r, "next"));
        co_await yield_now();
    }(run));
    EXPECT_EQ(run.log, Log{"next"});
    ASSERT_EQ(run.reports.size(), 1u);
    EXPECT_EQ(run.reports[0].kind, "callback_failed");
    EXPECT_EQ(SimRun::text(*run.reports[0].error), "ValueError: boom");
}

TEST(CallbackHandle, RunsInACopyOfTheContextInWhichItWasMade) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto read = [](const Ref<Context>& c) {
            return c && c->get(0) ? *static_cast<const std::string*>(c->get(0).get()) : std::string("unset");
        };
        Ref<Context>& mine = this_thread.task->context();
        Context::set(mine, 0, std::make_shared<const std::string>("before"));
        call_soon([&r, read](CallbackHandle& h) {
            r.say(read(h.context()));
            Context::set(h.context(), 0, std::make_shared<const std::string>("written"));
            call_soon([&r, read](CallbackHandle& inner) { r.say("inner " + read(inner.context())); });
        });
        Context::set(mine, 0, std::make_shared<const std::string>("after"));
        co_await yield_now();
        co_await yield_now();
        r.say("task " + read(this_thread.task->context()));
    }(run));
    EXPECT_EQ(run.log, (Log{"before", "inner written", "task after"}));
}

TEST(CallbackHandle, FromAnotherThreadWakesTheLoop) {
    SimRun run;
    run.engine.begin_external_work();
    std::thread other([&run] {
        call_soon_threadsafe(run.runtime, [&run](CallbackHandle&) {
            run.say("posted");
            run.engine.end_external_work();
        });
    });
    run.run([](SimRun& r) -> Coro<> {
        while (r.log.empty()) co_await yield_now();
    }(run));
    other.join();
    EXPECT_EQ(run.log, Log{"posted"});
}

TEST(CallbackHandle, OnAFutureIsCalledOneIterationAfterItIsDone) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto future = make_ref<Future<int>>();
        auto waiter = spawn([](SimRun& r2, Future<int>& f) -> Coro<> {
            co_await f;
            r2.say("task");
        }(r, *future));
        co_await yield_now();
        on_done(future, say(r, "first"));
        auto removed = on_done(future, say(r, "removed"));
        auto late = on_done(future, say(r, "second"));
        EXPECT_TRUE(removed->cancel());
        future->set_result(1);
        EXPECT_FALSE(late->cancel());
        on_done(future, say(r, "third"));
        r.say("set");
        co_await waiter;
        co_await yield_now();
    }(run));
    EXPECT_EQ(run.log, (Log{"set", "task", "first", "second", "third"}));
}

TEST(CallbackHandle, ThatNeverHadItsTurnIsFreedWithTheRun) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        call_later(1h, say(r, "never"));
        on_done(make_ref<Future<int>>(), say(r, "never"));
        co_return;
    }(run));
    EXPECT_EQ(run.log, Log{});
}

}  // namespace
}  // namespace asyncrun::test
