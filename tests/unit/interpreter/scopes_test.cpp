// SPDX-License-Identifier: MIT
#include "tests/support/scenario_run.h"

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using namespace testing_support;

TEST(Scopes, RaisesTimeoutErrorWhenTheTimeIsOver) {
    const auto run = run_scenario(R"toml(
[coroutine.main]
steps = [
  { try = [ { timeout = "10ms", as = "tm", do = [
    { try = [ { sleep = 1 } ], except = "CancelledError", as = "e", do = [ { log = "{e!r}" }, "raise" ], finally = [ { sleep = "1ms" }, { log = "cleaned" } ] },
  ] } ], except = "TimeoutError", as = "e", do = [ { log = "{e!r} {expired(tm)} {cancelling(current_task())}" } ] },
  { timeout = "10ms", as = "tm", do = [ { sleep = "1ms" } ] },
  { log = "{expired(tm)} {kind(tm)}" },
  { timeout = "none", as = "tm", do = [ { sleep = "1ms" } ] },
  { log = "{expired(tm)} {when(tm)}" },
]
)toml");
    EXPECT_EQ(run.log,
              (Lines{"CancelledError()", "cleaned", "TimeoutError() True 0", "False timeout", "False None"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Scopes, TurnsOnlyTheOutermostOfTimeoutsDueTogetherIntoAnError) {
    const auto run = run_scenario(R"toml(
[coroutine.main]
steps = [
  { try = [
    { timeout = "5ms", as = "outer", do = [
      { try = [ { timeout = "5ms", as = "inner", do = [ { sleep = 1 } ] } ], except = "TimeoutError", do = [ { log = "never" } ], finally = [ { log = "inner left" } ] },
    ] },
  ], except = "TimeoutError", do = [ { log = "outer {expired(inner)} {expired(outer)}" } ] },
  { try = [
    { timeout = "10ms", do = [
      { try = [ { timeout = "5ms", do = [ { sleep = 1 } ] } ], except = "TimeoutError", do = [ { log = "inner alone" } ] },
      { sleep = 1 },
    ] },
  ], except = "TimeoutError", do = [ { log = "then outer" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"inner left", "outer True True", "inner alone", "then outer"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Scopes, KeepsOtherErrorsAndSwallowedTimeouts) {
    const auto run = run_scenario(R"toml(
[coroutine.main]
steps = [
  { try = [ { timeout = "1ms", do = [ { try = [ { sleep = 1 } ], finally = [ { raise = "ValueError", message = "while unwinding" } ] } ] } ], except = "Exception", as = "e", do = [ { log = "{e!r}" } ] },
  { timeout = "1ms", as = "tm", do = [ { try = [ { sleep = 1 } ], except = "CancelledError", do = [ { log = "swallowed" } ] } ] },
  { log = "no error, expired {expired(tm)} {cancelling(current_task())}" },
  { try = [ { timeout = 1, do = [ { raise = "KeyError" } ] } ], except = "KeyError", do = [ { log = "passes" } ] },
]
)toml");
    EXPECT_EQ(run.log,
              (Lines{"ValueError('while unwinding')", "swallowed", "no error, expired True 0", "passes"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Scopes, TimesOutAtTheFirstSuspensionWhenTheTimeIsOverFromTheStart) {
    const auto run = run_scenario(R"toml(
[coroutine.f]
steps = [ { log = "starts" }, "yield_now", { log = "never" } ]
[coroutine.main]
steps = [
  { timeout = 0, do = [ { log = "a body that never suspends ends well" } ] },
  { try = [ { timeout = 0, do = [ { await = "f()" } ] } ], except = "TimeoutError", do = [ { log = "TimeoutError" } ] },
  { try = [ { timeout = -1, do = [ { sleep = "1ms" } ] } ], except = "TimeoutError", do = [ { log = "TimeoutError" } ] },
]
)toml");
    EXPECT_EQ(run.log,
              (Lines{"a body that never suspends ends well", "starts", "TimeoutError", "TimeoutError"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Scopes, TellsACancellationFromATimeout) {
    const auto run = run_scenario(R"toml(
[coroutine.f]
steps = [ { timeout = 1, do = [ { sleep = 10 } ] } ]
[coroutine.both]
steps = [ { timeout = "1ms", do = [ { try = [ { sleep = 10 } ], finally = [ { log = "unwinding" }, { sleep = "5ms" } ] } ] } ]
[coroutine.main]
steps = [
  { spawn = "f()", as = "t" },
  "yield_now",
  { cancel = "t" },
  { try = [ { await = "t" } ], except = "BaseException", as = "e", do = [ { log = "{e!r} {cancelled(t)}" } ] },
  { spawn = "both()", as = "t" },
  { sleep = "3ms" },
  { cancel = "t" },
  { try = [ { await = "t" } ], except = "BaseException", as = "e", do = [ { log = "{e!r} {cancelled(t)}" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"CancelledError() True", "unwinding", "CancelledError() True"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Scopes, LeavesTimeoutsAndSpansByReturnBreakAndContinue) {
    const auto run = run_scenario(R"toml(
[coroutine.f]
args = ["how"]
steps = [
  { for = "i", in = "range(2)", do = [
    { timeout = "5ms", do = [ { span = "turn", do = [
      { sleep = "1ms" },
      { if = "how == 'return'", do = [ { return = "'r' + str(i)" } ] },
      { if = "how == 'break'", do = [ "break" ] },
      { if = "how == 'continue'", do = [ "continue" ] },
      { raise = "ValueError" },
    ] } ] },
  ] },
  { sleep = "10ms" },
  { return = "'no deadline is left behind'" },
]
[coroutine.main]
steps = [
  { for = "how", in = ["'return'", "'break'", "'continue'"], do = [ { await = "f(how)", as = "r" }, { log = "{r}" } ] },
  { try = [ { await = "f('raise')" } ], except = "ValueError", do = [ { log = "raised" } ] },
  { sleep = "10ms" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"r0", "no deadline is left behind", "no deadline is left behind", "raised"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
    ASSERT_TRUE(run.outcome.spans.contains("turn"));
    EXPECT_EQ(run.outcome.spans.at("turn").durations.count(), 5U);
    EXPECT_EQ(run.outcome.spans.at("turn").failed, 1U);
}

TEST(Scopes, CountsAndRecordsSpans) {
    const auto run = run_scenario(R"toml(
[function.work]
args = ["n"]
steps = [ { span = "work", do = [ { busy = "n * 1ms" }, { count = "done" } ] }, { count = "sum", by = "n" }, { count = "half", by = 0.5 } ]
[coroutine.main]
steps = [
  { span = "all", do = [ { for = "n", in = "range(4)", do = [ { call = "work(n)" } ] } ] },
  { try = [ { span = "cancelled", do = [ { timeout = "1ms", do = [ { span = "inner", do = [ { sleep = 1 } ] } ] } ] } ], except = "TimeoutError", do = [ "pass" ] },
  { try = [ { count = "sum", by = "'x'" } ], except = "TypeError", do = [ { log = "numbers only" } ] },
  { mark = "here {now()}" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"numbers only"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.counters,
              (std::map<std::string, std::string>{{"done", "4"}, {"half", "2.0"}, {"sum", "6"}}));
    EXPECT_EQ(run.outcome.spans.at("work").durations.count(), 4U);
    EXPECT_EQ(run.outcome.spans.at("all").durations.max(), 6'000'000);
    EXPECT_EQ(run.outcome.spans.at("cancelled").failed, 1U);
    EXPECT_EQ(run.outcome.spans.at("inner").failed, 1U);
}

TEST(Scopes, ChargesEachPassOfTheLoop) {
    const auto run = run_scenario(R"toml(
[run]
pass_cost = "1us"
[coroutine.f]
steps = [ { log = "f {now() * 1000000.0:.0f}" } ]
[coroutine.main]
steps = [
  { log = "{now() * 1000000.0:.0f}" },
  { sleep = "10us" },
  { log = "{now() * 1000000.0:.0f}" },
  "yield_now",
  { log = "{now() * 1000000.0:.0f}" },
  { spawn = "f()", as = "t" },
  { await = "t" },
  { log = "{now() * 1000000.0:.0f}" },
  { busy = "5us" },
  { log = "{now() * 1000000.0:.0f}" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"1", "13", "14", "f 15", "16", "21"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.outcome.makespan, std::chrono::microseconds(20));
}

TEST(Scopes, KeepsVirtualTimeInWholeNanoseconds) {
    const auto run = run_scenario(R"toml(
[coroutine.f]
args = ["n", "pauses"]
steps = [ { for = "p", in = "pauses", do = [ { sleep = "p" } ] }, { log = "{n} {now():.9f}" } ]
[coroutine.main]
steps = [
  { gather = ["f(0, [0.1, 0.2])", "f(1, [0.3])", "f(2, [0.0000000004])", "f(3, [0])"] },
  { sleep_until = 1 },
  { log = "{now()}" },
  { sleep_until = "0.5" },
  { sleep = -1 },
  { block = "20ms" },
  { log = "{now()}" },
]
)toml");
    EXPECT_EQ(run.log,
              (Lines{"3 0.000000000", "2 0.000000000", "1 0.300000000", "0 0.300000000", "1.0", "1.02"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

}  // namespace
}  // namespace asyncrun
