// SPDX-License-Identifier: MIT
#include "tests/support/scenario_run.h"

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using namespace testing_support;

TEST(ControlFlow, RunsFinallyWhenReturnBreakAndContinueCrossIt) {
    const auto run = run_scenario(R"toml(
[coroutine.leave]
args = ["how"]
steps = [
  { for = "i", in = "range(3)", do = [
    { try = [
      { if = "how == 'return' and i == 1", do = [ { return = "'returned ' + str(i)" } ] },
      { if = "how == 'break' and i == 1", do = [ "break" ] },
      { if = "how == 'continue' and i == 1", do = [ "continue" ] },
      { log = "{how} body {i}" },
    ], finally = [ { log = "{how} finally {i}" } ] },
    { log = "{how} after {i}" },
  ], else = [ { log = "{how} else" } ] },
  { return = "'end'" },
]
[coroutine.main]
steps = [
  { let = { results = "[]" } },
  { for = "how", in = ["'return'", "'break'", "'continue'"], do = [
    { await = "leave(how)", as = "r" },
    { append = "results", item = "r" },
  ] },
  { return = "results" },
]
)toml");
    EXPECT_EQ(run.log,
              (Lines{"return body 0", "return finally 0", "return after 0", "return finally 1",
                     "break body 0", "break finally 0", "break after 0", "break finally 1", "continue body 0",
                     "continue finally 0", "continue after 0", "continue finally 1", "continue body 2",
                     "continue finally 2", "continue after 2", "continue else"}));
    EXPECT_EQ(run.result, "[\"returned 1\", \"end\", \"end\"]");
    EXPECT_EQ(run.error, "");
}

TEST(ControlFlow, LeavesNestedFinallyBlocksFromTheInside) {
    const auto run = run_scenario(R"toml(
[coroutine.f]
steps = [
  { while = "true", do = [
    { try = [
      { try = [
        { try = [ { return = "'value'" } ], finally = [ { log = "inner" } ] },
      ], finally = [ { log = "middle" } ] },
    ], finally = [ { log = "outer" } ] },
  ] },
]
[coroutine.main]
steps = [ { await = "f()", as = "r" }, { return = "r" } ]
)toml");
    EXPECT_EQ(run.log, (Lines{"inner", "middle", "outer"}));
    EXPECT_EQ(run.result, "\"value\"");
    EXPECT_EQ(run.error, "");
}

TEST(ControlFlow, LetsAReturnInFinallyWin) {
    const auto run = run_scenario(R"toml(
[coroutine.over_return]
steps = [ { try = [ { return = "1" } ], finally = [ { return = "2" } ] } ]
[coroutine.over_error]
steps = [ { try = [ { raise = "ValueError" } ], finally = [ { return = "'swallowed'" } ] } ]
[coroutine.over_error_by_break]
steps = [
  { for = "i", in = "range(2)", do = [ { try = [ { raise = "ValueError" } ], finally = [ "break" ] } ] },
  { return = "'broken off ' + str(i)" },
]
[coroutine.over_return_by_continue]
steps = [
  { for = "i", in = "range(3)", do = [ { try = [ { return = "i" } ], finally = [ { if = "i < 2", do = [ "continue" ] } ] } ] },
]
[coroutine.main]
steps = [
  { gather = ["over_return()", "over_error()", "over_error_by_break()", "over_return_by_continue()"], as = "r" },
  { return = "r" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{}));
    EXPECT_EQ(run.result, "[2, \"swallowed\", \"broken off 0\", 2]");
    EXPECT_EQ(run.error, "");
}

TEST(ControlFlow, KeepsTheReturnThatAReturnInsideFinallyGaveUpOn) {
    // The return inside `finally` is given up by its own `break`: the first one still counts.
    const auto run = run_scenario(R"toml(
[coroutine.f]
steps = [
  { try = [ { return = "1" } ], finally = [
    { for = "i", in = "[1]", do = [ { try = [ { return = "2" } ], finally = [ "break" ] } ] },
    { log = "after the loop" },
  ] },
]
[coroutine.main]
steps = [ { await = "f()", as = "r" }, { return = "r" } ]
)toml");
    EXPECT_EQ(run.log, (Lines{"after the loop"}));
    EXPECT_EQ(run.result, "1");
    EXPECT_EQ(run.error, "");
}

TEST(ControlFlow, LeavesLoopsInsideFinallyWithoutLosingTheError) {
    const auto run = run_scenario(R"toml(
[coroutine.f]
steps = [
  { try = [ { raise = "ValueError", message = "first" } ], finally = [
    { for = "i", in = "range(5)", do = [ { if = "i == 2", do = [ "break" ] }, { log = "{i}" } ] },
    { for = "i", in = "range(3)", do = [ { if = "i == 1", do = [ "continue" ] }, { log = "c{i}" } ] },
  ] },
]
[coroutine.main]
steps = [
  { try = [ { await = "f()" } ], except = "ValueError", as = "e", do = [ { log = "caught {e}" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"0", "1", "c0", "c2", "caught first"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(ControlFlow, RunsElseOfLoopsOnlyWithoutBreak) {
    const auto run = run_scenario(R"toml(
[coroutine.main]
steps = [
  { for = "i", in = "range(2)", do = [ "pass" ], else = [ { log = "for to the end" } ] },
  { for = "i", in = "range(2)", do = [ "break" ], else = [ { log = "never" } ] },
  { for = "i", in = "[]", do = [ "break" ], else = [ { log = "for of nothing" } ] },
  { let = { n = 0 } },
  { while = "n < 2", do = [ { let = { n = "n + 1" } }, "continue" ], else = [ { log = "while to the end {n}" } ] },
  { while = "true", do = [ "break" ], else = [ { log = "never" } ] },
  { for = "i", in = "range(2)", do = [
    { for = "j", in = "range(2)", do = [ "pass" ], else = [ { log = "inner else {i}" }, "break" ] },
  ], else = [ { log = "never: break in the inner else leaves the outer loop" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"for to the end", "for of nothing", "while to the end 2", "inner else 0"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(ControlFlow, SeesItemsAppendedAndRemovedWhileItWalksAList) {
    const auto run = run_scenario(R"toml(
[coroutine.main]
steps = [
  { let = { xs = "[1, 2, 3]", seen = "[]" } },
  { for = "x", in = "xs", do = [
    { append = "seen", item = "x" },
    { if = "x < 3", do = [ { append = "xs", item = "x + 10" } ] },
    { if = "x == 1", do = [ { let = { "xs[1]" = "7" } } ] },
  ] },
  { log = "{seen} {xs} {x}" },
  { for = "x", in = "xs", do = [ { let = { xs = "[9]" } } ] },
  { log = "{xs} {x}" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"[1, 7, 3, 11] [1, 7, 3, 11] 11", "[9] 11"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(ControlFlow, UnpacksTheItemsOfAFor) {
    const auto run = run_scenario(R"toml(
[coroutine.main]
steps = [
  { for = ["i", "x"], in = "zip(range(3), ['a', 'b', 'c'])", do = [ { log = "{i}{x}" } ] },
  { for = ["a", "b"], in = ["'xy'", "[1, 2]"], do = [ { log = "{a} {b}" } ] },
  { for = ["a"], in = "[[1], [2]]", do = [ { log = "{a}" } ] },
  { try = [ { for = ["a", "b"], in = "[[1, 2, 3]]", do = [ "pass" ] } ], except = "ValueError", as = "e", do = [ { log = "{error_name(e)}" } ] },
  { try = [ { for = ["a", "b"], in = "[[1]]", do = [ "pass" ] } ], except = "ValueError", as = "e", do = [ { log = "{error_name(e)}" } ] },
  { try = [ { for = ["a", "b"], in = "[1]", do = [ "pass" ] } ], except = "TypeError", as = "e", do = [ { log = "{error_name(e)}" } ] },
  { for = "c", in = "'né'", do = [ { log = "{c}" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"0a", "1b", "2c", "x y", "1 2", "1", "2", "ValueError", "ValueError",
                              "TypeError", "n", "é"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(ControlFlow, RepeatsAsOftenAsItsNumberSays) {
    const auto run = run_scenario(R"toml(
[coroutine.main]
steps = [
  { let = { n = 3 } },
  { repeat = "n", do = [ { let = { n = "n + 1" } }, { if = "n == 5", do = [ "continue" ] }, { log = "{n}" } ] },
  { repeat = -2, do = [ { log = "never" } ] },
  { repeat = 5, do = [ { log = "once" }, "break" ] },
  { try = [ { repeat = "1.5", do = [ "pass" ] } ], except = "TypeError", do = [ { log = "no half turns" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"4", "6", "once", "no half turns"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(ControlFlow, AssignsAllRightHandSidesFirst) {
    const auto run = run_scenario(R"toml(
[coroutine.main]
steps = [
  { let = { a = 1, b = 2, xs = "[1, 2, 3]" } },
  { let = { a = "b", b = "a" } },
  { let = { "xs[-1]" = "xs[0]", "xs[0]" = "xs[-1]" } },
  { log = "{a} {b} {xs}" },
  { let = { i = 0 } },
  { let = { i = 1, "xs[i]" = "'at the new i'" } },
  { log = "{xs}" },
  { try = [ { let = { "xs[3]" = "0" } } ], except = "IndexError", as = "e", do = [ { log = "{e!r}" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"2 1 [3, 2, 1]", "[3, 'at the new i', 1]",
                              "IndexError('list assignment index out of range')"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(ControlFlow, PassesListsAsReferences) {
    const auto run = run_scenario(R"toml(
[shared]
all = [1, [2]]
[coroutine.add]
args = ["xs", "x"]
steps = [ { append = "xs", item = "x" }, { let = { xs = "[]" } }, { append = "xs", item = "'lost'" } ]
[coroutine.main]
steps = [
  { let = { a = "[]" } },
  { let = { b = "a" } },
  { await = "add(a, 1)" },
  { spawn = "add(b, 2)", as = "t" },
  { await = "t" },
  { log = "{a} {b} {a == b}" },
  { let = { mine = "all" } },
  { append = "mine", item = 3 },
  { append = "all[1]", item = 4 },
  { log = "{all}" },
  { let = { all = "[0]" } },
  { log = "{all} {mine}" },
  { let = { copy = "mine[0:9]" } },
  { append = "copy", item = 5 },
  { log = "{mine}" },
]
)toml");
    EXPECT_EQ(run.log,
              (Lines{"[1, 2] [1, 2] True", "[1, [2, 4], 3]", "[0] [1, [2, 4], 3]", "[1, [2, 4], 3]"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(ControlFlow, WritesSharedVariablesFromEveryBinding) {
    const auto run = run_scenario(R"toml(
[shared]
x = 0
e = "none"
[function.set]
args = ["v"]
steps = [ { let = { x = "v" } } ]
[coroutine.show]
steps = [ { log = "{x}" } ]
[coroutine.four]
steps = [ { return = 4 } ]
[coroutine.main]
steps = [
  { for = "x", in = "[1]", do = [ { await = "show()" } ] },
  { call = "set(2)" },
  { await = "show()" },
  { await = "four()", as = "x" },
  { await = "show()" },
  { try = [ { raise = "ValueError", message = "kept" } ], except = "ValueError", as = "e", do = [ "pass" ] },
  { log = "{e}" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"1", "2", "4", "kept"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(ControlFlow, CallsFunctionsInExpressionsAndSteps) {
    const auto run = run_scenario(R"toml(
[function.fact]
args = ["n"]
steps = [ { if = "n < 2", do = [ { return = "1" } ] }, { return = "n * fact(n - 1)" } ]
[function.nothing]
steps = [ "pass" ]
[function.first_even]
args = ["xs"]
steps = [
  { for = "x", in = "xs", do = [ { try = [ { if = "x % 2 == 0", do = [ { return = "x" } ] } ], finally = [ { log = "looked at {x}" } ] } ] },
]
[coroutine.main]
steps = [
  { sleep = "fact(3) * 1ms" },
  { log = "{fact(10)} {nothing()} {[fact(i) for i in range(5)]}" },
  { call = "first_even([1, 4, 6])", as = "r" },
  { log = "{r} {first_even([])}" },
  { call = "nothing()", as = "r" },
  { return = "r" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"3628800 None [1, 1, 2, 6, 24]", "looked at 1", "looked at 4", "4 None"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(ControlFlow, EndsWithoutAValueWhereNothingReturns) {
    const auto run = run_scenario(R"toml(
[coroutine.bare]
steps = [ { if = "true", do = [ "return" ] }, { log = "never" } ]
[coroutine.main]
steps = [ { await = "bare()", as = "r" }, { log = "{r}" } ]
)toml");
    EXPECT_EQ(run.log, (Lines{"None"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(ControlFlow, StartsEachRunWithSharedListsOfItsOwn) {
    const SourceFile source("s.toml", R"toml(
[shared]
nested = [[1], [2, [3]]]
[coroutine.main]
steps = [ { append = "nested[1][1]", item = 4 }, { return = "nested" } ]
)toml");
    Diagnostics diagnostics(source);
    const auto program = load_program(source, {}, diagnostics);
    ASSERT_TRUE(program) << diagnostics.render();
    RunOptions options;
    options.engine = "sim";
    for (int i = 0; i < 2; ++i) EXPECT_EQ(run_program(*program, options).result_json, "[[1], [2, [3, 4]]]");
}

}  // namespace
}  // namespace asyncrun
