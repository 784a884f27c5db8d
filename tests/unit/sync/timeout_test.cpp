// SPDX-License-Identifier: MIT
#include "engine/sync/timeout.h"

#include "tests/unit/sync/sim_run.h"

#include <gtest/gtest.h>

namespace asyncrun::test {
namespace {

/// Runs the body between enter and exit.
template <class Body>
Coro<> within(Timeout& timeout, Body body) {
    timeout.enter(*this_thread.task);
    ErrorRef error;
    try {
        co_await body();
    } catch (...) {
        error = current_error();
    }
    error = timeout.exit(*this_thread.task, std::move(error));
    if (error) raise(std::move(error));
}
template <class Step>
std::string error_of(Step step) {
    try {
        step();
    } catch (const Exception& e) {
        return SimRun::text(*e.error());
    }
    return "";
}

TEST(Timeout, TurnsItsCancellationIntoATimeoutError) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        Timeout timeout(10ms);
        r.say(
            co_await outcome_of([&] { return within(timeout, []() -> Coro<> { co_await sleep_for(1h); }); }));
        EXPECT_TRUE(timeout.expired());
        EXPECT_EQ(r.now(), 10ms);
        EXPECT_EQ(this_thread.task->cancelling(), 0u);
    }(run));
    EXPECT_EQ(run.log, Log{"TimeoutError"});
}

TEST(Timeout, LeavesABodyThatEndsInTimeAlone) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        Timeout timeout(10ms);
        co_await within(timeout, []() -> Coro<> { co_await sleep_for(5ms); });
        EXPECT_FALSE(timeout.expired());
        r.say(error_of([&] { timeout.reschedule(never); }));
        co_await sleep_for(20ms);
    }(run));
    EXPECT_EQ(run.log, Log{"RuntimeError: Cannot change state of finished Timeout"});
}

// CPython's TimeoutTests.test_nested_timeouts.
TEST(Timeout, OnlyTheOutermostOfThoseThatExpireTogetherRaises) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        Timeout outer(r.engine.now() + 10ms);
        Timeout inner(r.engine.now() + 10ms);
        r.say("outer " + co_await outcome_of([&] {
                  return within(outer, [&]() -> Coro<> {
                      const auto how = co_await outcome_of(
                          [&] { return within(inner, []() -> Coro<> { co_await sleep_for(1h); }); });
                      r.say("inner " + how);
                      throw Exception(errors::cancelled(), "");
                  });
              }));
        r.say("expired " + word(outer.expired()) + " " + word(inner.expired()));
        EXPECT_EQ(this_thread.task->cancelling(), 0u);
    }(run));
    EXPECT_EQ(run.log, (Log{"inner CancelledError", "outer TimeoutError", "expired True True"}));
}

// CPython's TimeoutTests.test_nested_timeouts_loop_busy.
TEST(Timeout, OfABusyLoopRaisesWhereItExpired) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        for (const Duration busy : {Duration(100ms), Duration(50ms)}) {
            Timeout outer(100ms);
            Timeout inner(10ms);
            r.say("outer " + co_await outcome_of([&] {
                      return within(outer, [&]() -> Coro<> {
                          const auto how = co_await outcome_of([&] {
                              return within(inner, [&]() -> Coro<> {
                                  r.engine.pass_virtual_time(busy);
                                  co_await sleep_for(1s);
                              });
                          });
                          r.say("inner " + how);
                          if (how == "CancelledError") throw Exception(errors::cancelled(), "");
                          co_await sleep_for(10s);
                      });
                  }));
        }
    }(run));
    EXPECT_EQ(run.log, (Log{"inner CancelledError", "outer TimeoutError", "inner TimeoutError",
                            "outer TimeoutError"}));
}

// CPython's TimeoutTests.test_foreign_exception_on_timeout.
TEST(Timeout, IsReplacedByAnExceptionRaisedWhileUnwinding) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        Timeout timeout(10ms);
        r.say(co_await outcome_of([&] {
            return within(timeout, []() -> Coro<> {
                const auto how = co_await outcome_of([] { return sleep_for(1s); });
                throw Exception(errors::value(), "instead of " + how);
            });
        }));
    }(run));
    EXPECT_EQ(run.log, Log{"ValueError: instead of CancelledError"});
}

// CPython's TimeoutTests.test_foreign_cancel_doesnt_timeout_if_not_expired.
TEST(Timeout, LeavesACancelFromElsewhereACancel) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto task = spawn([]() -> Coro<> {
            Timeout timeout(10s);
            co_await within(timeout, []() -> Coro<> { co_await sleep_for(10s); });
        }());
        co_await yield_now();
        task->cancel({});
        r.say(co_await outcome_of([&] { return task; }));
        EXPECT_TRUE(task->is_cancelled());
    }(run));
    EXPECT_EQ(run.log, Log{"CancelledError"});
}

TEST(Timeout, DoesNotSwallowACancelThatComesOnTopOfItsOwn) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto task = spawn([]() -> Coro<> {
            Timeout timeout(10ms);
            co_await within(timeout, []() -> Coro<> { co_await sleep_for(10s); });
        }());
        co_await sleep_for(10ms);
        task->cancel({});
        r.say(co_await outcome_of([&] { return task; }));
    }(run));
    EXPECT_EQ(run.log, Log{"CancelledError"});
}

TEST(Timeout, DueAtEntryLetsTheBodyRunToItsFirstSuspension) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        for (const Duration delay : {Duration(0), Duration(-5ms)}) {
            Timeout zero(delay);
            r.say(co_await outcome_of([&] {
                return within(zero, [&]() -> Coro<> {
                    r.say("body");
                    co_await yield_now();
                    r.say("never");
                });
            }));
            Timeout unsuspended(delay);
            co_await within(unsuspended, [&]() -> Coro<> {
                r.say("completes");
                co_return;
            });
            EXPECT_FALSE(unsuspended.expired());
            co_await yield_now();
        }
    }(run));
    EXPECT_EQ(run.log, (Log{"body", "TimeoutError", "completes", "body", "TimeoutError", "completes"}));
}

TEST(Timeout, CanBeRescheduledWhileItIsActive) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        Timeout timeout(10ms);
        r.say(error_of([&] { timeout.reschedule(never); }));
        r.say(co_await outcome_of([&] {
            return within(timeout, [&]() -> Coro<> {
                co_await sleep_for(5ms);
                timeout.reschedule(never);
                EXPECT_EQ(timeout.when(), never);
                co_await sleep_for(50ms);
                timeout.reschedule(r.engine.now() + 10ms);
                co_await sleep_for(1h);
            });
        }));
        EXPECT_EQ(r.now(), 65ms);
        r.say(error_of([&] { timeout.reschedule(never); }));
        r.say(error_of([&] { timeout.enter(*this_thread.task); }));
        Timeout late(never);
        r.say(co_await outcome_of([&] {
            return within(late, [&]() -> Coro<> {
                late.reschedule(r.engine.now());
                co_await sleep_for(1h);
            });
        }));
        EXPECT_EQ(r.now(), 65ms);
    }(run));
    EXPECT_EQ(run.log, (Log{"RuntimeError: Timeout has not been entered", "TimeoutError",
                            "RuntimeError: Cannot change state of expired Timeout",
                            "RuntimeError: Timeout has already been entered", "TimeoutError"}));
}

TEST(Timeout, AroundACoroutineGivesItsResultOrTimeoutError) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto body = [](Duration d) -> Coro<int> {
            co_await sleep_for(d);
            co_return 7;
        };
        EXPECT_EQ(co_await with_timeout(10ms, body(5ms)), 7);
        r.say(co_await outcome_of([&] { return with_timeout(10ms, body(50ms)); }));
    }(run));
    EXPECT_EQ(run.log, Log{"TimeoutError"});
}

TEST(Timeout, CancelsInTheIterationThatFindsItDueAndTheBodyResumesInTheNext) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        uint64_t due = 0;
        auto watcher = spawn([](SimRun& r2, uint64_t& pass) -> Coro<> {
            co_await sleep_for(10ms);
            pass = r2.pass() - 1;  // a sleeper resumes one iteration after the one that finds it due
        }(r, due));
        Timeout timeout(10ms);
        timeout.enter(*this_thread.task);
        const auto how = co_await outcome_of([] { return sleep_for(1h); });
        EXPECT_EQ(how, "CancelledError");
        const uint64_t resumed = r.pass();
        EXPECT_FALSE(timeout.exit(*this_thread.task, nullptr));
        co_await watcher;
        EXPECT_EQ(resumed, due + 1);
    }(run));
}

}  // namespace
}  // namespace asyncrun::test
