// SPDX-License-Identifier: MIT
#include "tests/support/scenario_run.h"

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using namespace testing_support;

TEST(Errors, TriesHandlersInOrder) {
    const auto run = run_scenario(R"toml(
[coroutine.f]
args = ["n"]
steps = [
  { try = [
    { if = "n == 0", do = [ { raise = "KeyError", message = "k" } ] },
    { if = "n == 1", do = [ { raise = "IndexError", message = "i" } ] },
    { if = "n == 2", do = [ { raise = "ZeroDivisionError" } ] },
    { if = "n == 3", do = [ { raise = "Custom", message = "c" } ] },
    { log = "body ends" },
  ], handlers = [
    { except = "LookupError", as = "e", do = [ { log = "lookup {e!r}" } ] },
    { except = "IndexError", do = [ { log = "never: LookupError came first" } ] },
    { except = ["ArithmeticError", "OSError"], as = "e", do = [ { log = "arithmetic {e!r}" } ] },
    { except = "Exception", as = "e", do = [ { log = "any {e!r} {e}" } ] },
  ], else = [ { log = "else" } ], finally = [ { log = "finally {n}" } ] },
]
[coroutine.main]
steps = [ { for = "n", in = "range(5)", do = [ { await = "f(n)" } ] } ]
)toml");
    EXPECT_EQ(run.log, (Lines{"lookup KeyError('k')", "finally 0", "lookup IndexError('i')", "finally 1",
                              "arithmetic ZeroDivisionError()", "finally 2", "any Custom('c') c", "finally 3",
                              "body ends", "else", "finally 4"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Errors, TriesExceptBeforeTheHandlersBesideIt) {
    const auto run = run_scenario(R"toml(
[coroutine.main]
steps = [
  { try = [ { raise = "KeyError" } ], except = "KeyError", do = [ { log = "except" } ], handlers = [ { except = "LookupError", do = [ { log = "handlers" } ] } ] },
  { try = [ { raise = "IndexError" } ], except = "KeyError", do = [ { log = "except" } ], handlers = [ { except = "LookupError", do = [ { log = "handlers" } ] } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"except", "handlers"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Errors, DoesNotHandleErrorsOfElseAndOfHandlers) {
    const auto run = run_scenario(R"toml(
[coroutine.in_else]
steps = [ { try = [ "pass" ], except = "ValueError", do = [ { log = "never" } ], else = [ { raise = "ValueError", message = "else" } ], finally = [ { log = "finally 1" } ] } ]
[coroutine.in_handler]
steps = [ { try = [ { raise = "KeyError" } ], handlers = [ { except = "KeyError", do = [ { raise = "ValueError", message = "handler" } ] }, { except = "ValueError", do = [ { log = "never" } ] } ], finally = [ { log = "finally 2" } ] } ]
[coroutine.in_finally]
steps = [ { try = [ { raise = "KeyError" } ], finally = [ { raise = "ValueError", message = "finally" } ] } ]
[coroutine.main]
steps = [
  { try = [ { await = "in_else()" } ], except = "ValueError", as = "e", do = [ { log = "{e}" } ] },
  { try = [ { await = "in_handler()" } ], except = "ValueError", as = "e", do = [ { log = "{e}" } ] },
  { try = [ { await = "in_finally()" } ], except = "ValueError", as = "e", do = [ { log = "{e}" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"finally 1", "else", "finally 2", "handler", "finally"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Errors, RaisesAgainWhatAHandlerHandles) {
    const auto run = run_scenario(R"toml(
[coroutine.f]
steps = [
  { try = [ { raise = "KeyError", message = "outer" } ], except = "KeyError", do = [
    { try = [ { raise = "ValueError", message = "inner" } ], except = "ValueError", as = "e", do = [ { log = "handled {e}" } ] },
    { for = "i", in = "range(2)", do = [ { if = "i == 1", do = [ "raise" ] } ] },
  ] },
]
[coroutine.main]
steps = [
  { try = [ { await = "f()" } ], except = "KeyError", as = "e", do = [ { log = "again {e!r}" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"handled inner", "again KeyError('outer')"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Errors, LeavesLoopsFromHandlers) {
    const auto run = run_scenario(R"toml(
[coroutine.main]
steps = [
  { for = "i", in = "range(4)", do = [
    { try = [ { raise = "ValueError", message = "{i}" } ], except = "ValueError", as = "e", do = [
      { if = "i == 0", do = [ "continue" ] },
      { if = "i == 2", do = [ "break" ] },
      { log = "handled {e}" },
    ], finally = [ { log = "finally {i}" } ] },
  ] },
  { log = "after {i} {e}" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"finally 0", "handled 1", "finally 1", "finally 2", "after 2 2"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Errors, ClassifiesErrorsAsPythonDoes) {
    const auto run = run_scenario(R"toml(
[coroutine.check]
args = ["what", "broad"]
steps = [ { log = "{what} {broad}" } ]
[coroutine.main]
steps = [
  { try = [ { raise = "CancelledError", message = "c" } ], handlers = [ { except = "Exception", do = [ { log = "no" } ] }, { except = "BaseException", as = "e", do = [ { log = "base {e!r}" } ] } ] },
  { try = [ { raise = "TimeoutError" } ], except = "OSError", as = "e", do = [ { log = "os {e!r} '{e}'" } ] },
  { try = [ { raise = "QueueEmpty" } ], handlers = [ { except = "LookupError", do = [ { log = "no" } ] }, { except = "Exception", as = "e", do = [ { log = "queue {e!r}" } ] } ] },
  { try = [ { raise = "ConnectionResetError", message = "r" } ], except = "ConnectionError", as = "e", do = [ { log = "connection {e!r}" } ] },
  { try = [ { raise = "NotImplementedError" } ], except = "RuntimeError", as = "e", do = [ { log = "runtime {e!r}" } ] },
  { try = [ { raise = "ModuleNotFoundError" } ], except = "ImportError", as = "e", do = [ { log = "import {e!r}" } ] },
  { try = [ { raise = "KeyError", message = "lost" } ], except = "KeyError", as = "e", do = [ { log = "{e} {[e]} {error_name(e)} {error_name(3)}" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"base CancelledError('c')", "os TimeoutError() ''", "queue QueueEmpty()",
                              "connection ConnectionResetError('r')", "runtime NotImplementedError()",
                              "import ModuleNotFoundError()", "'lost' [KeyError('lost')] KeyError None"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Errors, RaisesPythonsErrorsInExpressions) {
    const auto run = run_scenario(R"toml(
[coroutine.main]
steps = [
  { let = { xs = "[1]", s = "'a'" } },
  { try = [ { let = { r = "1 / 0" } } ], except = "Exception", as = "e", do = [ { log = "{error_name(e)}" } ] },
  { try = [ { let = { r = "1 % 0" } } ], except = "Exception", as = "e", do = [ { log = "{error_name(e)}" } ] },
  { try = [ { let = { r = "xs[1]" } } ], except = "Exception", as = "e", do = [ { log = "{error_name(e)}" } ] },
  { try = [ { let = { r = "xs + s" } } ], except = "Exception", as = "e", do = [ { log = "{error_name(e)}" } ] },
  { try = [ { let = { r = "int('x')" } } ], except = "Exception", as = "e", do = [ { log = "{error_name(e)}" } ] },
  { try = [ { let = { r = "max([])" } } ], except = "Exception", as = "e", do = [ { log = "{error_name(e)}" } ] },
  { try = [ { assert = "len(xs) == 2", message = "got {len(xs)}" } ], except = "AssertionError", as = "e", do = [ { log = "{e!r}" } ] },
  { try = [ { assert = "len(xs) == 2" } ], except = "AssertionError", as = "e", do = [ { log = "{e!r}" } ] },
  { try = [ { if = "xs < 1", do = [ "pass" ] } ], except = "TypeError", as = "e", do = [ { log = "{error_name(e)}" } ] },
  { try = [ { for = "x", in = "5", do = [ "pass" ] } ], except = "TypeError", as = "e", do = [ { log = "{error_name(e)}" } ] },
  { try = [ { sleep = "'long'" } ], except = "TypeError", as = "e", do = [ { log = "{error_name(e)}" } ] },
  { assert = "true", message = "{1 / 0}" },
  { return = "9223372036854775807 + 1" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"ZeroDivisionError", "ZeroDivisionError", "IndexError", "TypeError",
                              "ValueError", "ValueError", "AssertionError('got 1')", "AssertionError()",
                              "TypeError", "TypeError", "TypeError"}));
    EXPECT_EQ(run.error, "OverflowError: integer result of + does not fit into 64 bits");
}

TEST(Errors, RaisesUnboundLocalErrorForWhatNoStepHasAssigned) {
    const auto run = run_scenario(R"toml(
[coroutine.main]
steps = [
  { try = [ { log = "{x}" } ], except = "NameError", as = "e", do = [ { log = "{error_name(e)}" } ] },
  { if = "false", do = [ { let = { x = 1 } } ] },
  { for = "y", in = "[]", do = [ "pass" ] },
  { let = { z = "y" } },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"UnboundLocalError"}));
    EXPECT_EQ(run.error,
              "UnboundLocalError: cannot access local variable 'y' where it is not associated with a value");
}

TEST(Errors, EndsEndlessRecursionInRecursionError) {
    const auto run = run_scenario(R"toml(
[coroutine.deep]
args = ["n"]
steps = [ { await = "deep(n + 1)" } ]
[function.down]
args = ["n"]
steps = [ { return = "down(n + 1)" } ]
[function.job]
steps = [ { try = [ { call = "down(0)" } ], except = "RecursionError", do = [ { return = "'on a worker too'" } ] } ]
[coroutine.main]
steps = [
  { try = [ { await = "deep(0)" } ], except = "RecursionError", as = "e", do = [ { log = "{e}" } ] },
  { try = [ { call = "down(0)" } ], except = "RecursionError", as = "e", do = [ { log = "{error_name(e)}" } ] },
  { offload = "job()", as = "r" },
  { log = "{r}" },
  { await = "deep(0)" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"maximum recursion depth exceeded", "RecursionError", "on a worker too"}));
    EXPECT_EQ(run.error, "RecursionError: maximum recursion depth exceeded");
}

TEST(Errors, EndsTheRunWithMainsError) {
    const auto run = run_scenario(R"toml(
[coroutine.inner]
steps = [ { try = [ { raise = "ValueError", message = "no {1 + 1}" } ], finally = [ { log = "cleaned" } ] } ]
[coroutine.main]
steps = [
  { await = "inner()" },
  { log = "never" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"cleaned"}));
    EXPECT_EQ(run.error, "ValueError: no 2");
    ASSERT_EQ(run.outcome.error->traceback.size(), 2U);
    EXPECT_EQ(run.outcome.error->traceback[0].line, 6);
    EXPECT_EQ(run.outcome.error->traceback[1].line, 3);
}

TEST(Errors, CountsErrorsThatNobodyRetrieves) {
    const auto run = run_scenario(R"toml(
[coroutine.bad]
args = ["why"]
steps = [ { raise = "ValueError", message = "{why}" } ]
[coroutine.main]
steps = [
  { spawn = "bad('lost')", name = "loser" },
  { spawn = "bad('looked at')", as = "a" },
  { spawn = "bad('awaited')", as = "b" },
  { spawn = "bad('only asked whether done')", as = "c" },
  "yield_now",
  { log = "{exception(a)} {done(c)}" },
  { try = [ { await = "b" } ], except = "ValueError", as = "e", do = [ { log = "{e}" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"looked at True", "awaited"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.reports, (std::map<std::string, uint64_t>{{"never_retrieved", 2}}));
    EXPECT_EQ(
        run.report_texts,
        (Lines{"Task exception was never retrieved: loser (bad): ValueError: lost",
               "Task exception was never retrieved: Task-5 (bad): ValueError: only asked whether done"}));
}

TEST(Errors, ReportsCoroutinesThatNobodyAwaits) {
    const auto run = run_scenario(R"toml(
[coroutine.never]
steps = [ { log = "no" } ]
[coroutine.main]
steps = [ { let = { c = "never()" } }, { let = { d = "never()" } }, { await = "d" }, { log = "{c} {name(c)} {kind(c)}" } ]
)toml");
    EXPECT_EQ(run.log, (Lines{"no", "never never coroutine"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.report_texts, (Lines{"coroutine 'never' was never awaited"}));
}

}  // namespace
}  // namespace asyncrun
