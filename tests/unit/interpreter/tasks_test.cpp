// SPDX-License-Identifier: MIT
#include "tests/support/scenario_run.h"

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using namespace testing_support;

TEST(Tasks, StartsTasksInOrderOfCreationOneTurnLater) {
    const auto run = run_scenario(R"toml(
[coroutine.t]
args = ["n"]
steps = [ { log = "start {n}" }, "yield_now", { log = "again {n}" } ]
[coroutine.main]
steps = [
  { spawn = "t(n)", for = "n", in = "range(3)", as = "ts" },
  { log = "created {len(ts)}" },
  "yield_now",
  { log = "main" },
  { await = "ts[2]" },
]
)toml");
    EXPECT_EQ(run.log,
              (Lines{"created 3", "start 0", "start 1", "start 2", "main", "again 0", "again 1", "again 2"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Tasks, NamesTasksByTheirNumber) {
    const auto run = run_scenario(R"toml(
[coroutine.who]
steps = [ { log = "{task_name()}" }, { return = "task_name()" } ]
[coroutine.main]
steps = [
  { log = "{task_name()}" },
  { spawn = "who()" },
  { spawn = "who()", name = "named {1 + 1}", as = "t" },
  { gather = ["who()", "who()"], as = "r" },
  { spawn = "who()", for = "i", in = "range(2)", name = "w{i}", as = "ts" },
  { log = "{t} {name(t)} {ts} {r}" },
  { await = "who()", as = "mine" },
  { await = "ts[1]" },
  { log = "{mine}" },
]
)toml");
    EXPECT_EQ(run.log,
              (Lines{"Task-1", "Task-2", "named 2", "Task-4", "Task-5",
                     "named 2 named 2 [w0, w1] ['Task-4', 'Task-5']", "Task-1", "w0", "w1", "Task-1"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Tasks, AwaitsFinishedFailedAndCancelledTasksWithoutYielding) {
    const auto run = run_scenario(R"toml(
[coroutine.end]
args = ["how"]
steps = [
  { if = "how == 'fail'", do = [ { raise = "ValueError", message = "failed" } ] },
  { if = "how == 'hang'", do = [ { sleep = 10 } ] },
  { return = "how" },
]
[function.note]
steps = [ { log = "soon" } ]
[coroutine.main]
steps = [
  { spawn = "end(how)", for = "how", in = ["'well'", "'fail'", "'hang'"], as = "ts" },
  "yield_now",
  { cancel = "ts[2]" },
  "yield_now",
  { call_soon = "note()" },
  { for = "i", in = "range(3)", do = [
    { repeat = 2, do = [
      { try = [ { await = "ts[i]", as = "r" }, { log = "{r}" } ], handlers = [
        { except = "ValueError", as = "e", do = [ { log = "{e!r}" } ] },
        { except = "CancelledError", as = "e", do = [ { log = "{e!r} {cancelled(ts[i])} {cancelling(current_task())}" } ] },
      ] },
    ] },
  ] },
  "yield_now",
]
)toml");
    EXPECT_EQ(run.log, (Lines{"well", "well", "ValueError('failed')", "ValueError('failed')",
                              "CancelledError() True 0", "CancelledError() True 0", "soon"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Tasks, NeverRunsTheBodyOfATaskCancelledBeforeItsStart) {
    const auto run = run_scenario(R"toml(
[coroutine.t]
args = ["xs"]
steps = [ { try = [ { log = "never" } ], finally = [ { log = "never" } ] } ]
[coroutine.main]
steps = [
  { spawn = "t([1, 2])", as = "t" },
  { cancel = "t", as = "first" },
  { cancel = "t", as = "second" },
  { log = "{first} {second} {done(t)} {cancelled(t)} {cancelling(t)}" },
  { try = [ { await = "t" } ], except = "CancelledError", do = [ { log = "cancelled {done(t)} {cancelled(t)}" } ] },
  { cancel = "t", as = "third" },
  { log = "{third}" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"True True False False 2", "cancelled True True", "False"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Tasks, CancelsItselfAtTheNextSuspension) {
    const auto run = run_scenario(R"toml(
[queue.q]
[event.set]
[coroutine.own]
steps = [
  { cancel = "current_task()" },
  { put = "q", item = 1 },
  { get = "q" },
  { set = "set" },
  { wait = "set" },
  { log = "goes on where nothing suspends" },
  { try = [ "yield_now" ], except = "CancelledError", do = [ { log = "here" }, "raise" ] },
]
[coroutine.at_end]
steps = [ { cancel = "current_task()" }, { return = "'lost'" } ]
[coroutine.main]
steps = [
  { gather = ["own()", "at_end()"], return_exceptions = true, as = "r" },
  { log = "{r}" },
]
)toml");
    EXPECT_EQ(run.log,
              (Lines{"goes on where nothing suspends", "here", "[CancelledError(''), CancelledError('')]"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Tasks, PassesACancellationInwardsAndBack) {
    const auto run = run_scenario(R"toml(
[coroutine.sleeper]
steps = [ { try = [ { sleep = 10 } ], except = "CancelledError", as = "e", do = [ { log = "inner '{e}'" }, "raise" ], finally = [ { log = "inner finally" } ] } ]
[coroutine.middle]
steps = [ { spawn = "sleeper()", as = "t" }, { try = [ { await = "t" } ], finally = [ { log = "middle {cancelled(t)}" } ] } ]
[coroutine.outer]
steps = [ { try = [ { await = "middle()" } ], except = "CancelledError", as = "e", do = [ { log = "outer '{e}'" } ] }, { return = "'swallowed'" } ]
[coroutine.main]
steps = [
  { spawn = "outer()", as = "t" },
  { sleep = "1ms" },
  { cancel = "t", message = "stop {1}" },
  { await = "t", as = "r" },
  { log = "{r} {cancelled(t)} {cancelling(t)}" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"inner 'stop 1'", "inner finally", "middle True", "outer 'stop 1'",
                              "swallowed False 1"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Tasks, MayBeCancelledAgainInsideFinally) {
    const auto run = run_scenario(R"toml(
[coroutine.stubborn]
steps = [
  { try = [ { sleep = 10 } ], finally = [
    { log = "cleaning" },
    { try = [ { sleep = 10 } ], except = "CancelledError", do = [ { log = "second" } ] },
    { sleep = "1ms" },
    { log = "cleaned" },
  ] },
]
[coroutine.gives_up]
steps = [ { try = [ { sleep = 10 } ], finally = [ { sleep = 10 }, { log = "never" } ] } ]
[coroutine.main]
steps = [
  { spawn = "stubborn()", as = "a" },
  { spawn = "gives_up()", as = "b" },
  "yield_now",
  { cancel = ["a", "b"], as = "answers" },
  "yield_now",
  { cancel = ["a", "b"] },
  { gather = ["a", "b"], return_exceptions = true, as = "r" },
  { log = "{answers} {r} {cancelled(a)} {cancelling(a)}" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"cleaning", "second", "cleaned",
                              "[True, True] [CancelledError(''), CancelledError('')] True 2"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Tasks, CancelsInsteadOfAResultThatIsOnItsWay) {
    const auto run = run_scenario(R"toml(
[queue.q]
[coroutine.getter]
steps = [ { try = [ { get = "q", as = "x" }, { log = "never" } ], except = "CancelledError", do = [ { log = "cancelled, {qsize(q)} left" } ] } ]
[coroutine.quick]
steps = [ { return = 1 } ]
[coroutine.waiter]
args = ["t"]
steps = [ { try = [ { await = "t" }, { log = "never" } ], except = "CancelledError", do = [ { log = "cancelled, {done(t)}" } ] } ]
[coroutine.main]
steps = [
  { spawn = "getter()", as = "g" },
  "yield_now",
  { put_nowait = "q", item = 1 },
  { cancel = "g" },
  { await = "g" },
  { spawn = "quick()", as = "t" },
  { spawn = "waiter(t)", as = "w" },
  "yield_now",
  { cancel = "w" },
  { await = "w" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"cancelled, 1 left", "never"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Tasks, GathersInOrderAndSplicesLists) {
    const auto run = run_scenario(R"toml(
[coroutine.f]
args = ["x"]
steps = [ { sleep = "(3 - x) * 1ms" }, { log = "{x}" }, { return = "x" } ]
[coroutine.main]
steps = [
  { spawn = "f(x)", for = "x", in = "range(2)", as = "ts" },
  { gather = ["f(2)", "ts", "f(1)", "[ts[0], f(0)]"], as = "r" },
  { log = "{r}" },
  { gather = "f(x + y)", for = ["x", "y"], in = "[[0, 1], [1, 1]]", as = "r" },
  { log = "{r}" },
  { gather = "[]", as = "r" },
  { gather = [], as = "s" },
  { log = "{r} {s}" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"2", "1", "1", "0", "0", "[2, 0, 1, 1, 0, 0]", "2", "1", "[1, 2]", "[] []"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Tasks, RunsACoroutineObjectThatIsGatheredTwiceOnce) {
    const auto run = run_scenario(R"toml(
[coroutine.f]
steps = [ { log = "runs" }, { return = 7 } ]
[coroutine.main]
steps = [ { let = { c = "f()" } }, { gather = ["c", "c"], as = "r" }, { log = "{r}" } ]
)toml");
    EXPECT_EQ(run.log, (Lines{"runs", "[7, 7]"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Tasks, RaisesTheFirstFailureInTimeAndLetsTheOthersGoOn) {
    const auto run = run_scenario(R"toml(
[coroutine.f]
args = ["after", "how"]
steps = [
  { sleep = "after" },
  { if = "how == 'fail'", do = [ { raise = "ValueError", message = "after {after}" } ] },
  { log = "{how}" },
]
[coroutine.main]
steps = [
  { try = [ { gather = ["f(3ms, 'fail')", "f(1ms, 'well')", "f(2ms, 'fail')", "f(4ms, 'goes on')"] } ], except = "ValueError", as = "e", do = [ { log = "{e}" } ] },
  { sleep = "5ms" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"well", "after 0.002", "goes on"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
    EXPECT_TRUE(run.reports.empty()) << "gather has looked at the later failure";
}

TEST(Tasks, GivesErrorsAsResultsWhenAsked) {
    const auto run = run_scenario(R"toml(
[coroutine.f]
args = ["x"]
steps = [
  { if = "x == 1", do = [ { raise = "KeyError", message = "k" } ] },
  { if = "x == 2", do = [ { sleep = 10 } ] },
  { return = "x" },
]
[coroutine.main]
steps = [
  { spawn = "f(2)", as = "t" },
  { spawn = "f(2)", as = "u" },
  "yield_now",
  { cancel = "t", message = "text" },
  { cancel = "u" },
  { let = { all = true } },
  { gather = ["f(0)", "f(1)", "t", "u"], return_exceptions = "all", as = "r" },
  { log = "{r}" },
  { try = [ { await = "t" } ], except = "CancelledError", as = "e", do = [ { log = "{e!r}" } ] },
  { try = [ { await = "t" } ], except = "CancelledError", as = "e", do = [ { log = "{e!r}" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"[0, KeyError('k'), CancelledError(''), CancelledError('')]",
                              "CancelledError('text')", "CancelledError()"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Tasks, RefusesToGatherWhatCannotBeAwaited) {
    const auto run = run_scenario(R"toml(
[coroutine.f]
steps = [ { log = "its task runs all the same" } ]
[coroutine.main]
steps = [
  { let = { x = 5 } },
  { try = [ { gather = ["f()", "x"] } ], except = "TypeError", as = "e", do = [ { log = "{e}" } ] },
  { try = [ { await = "x" } ], except = "TypeError", as = "e", do = [ { log = "await: {error_name(e)}" } ] },
  { try = [ { await = "[f()]" } ], except = "TypeError", as = "e", do = [ { log = "await: {error_name(e)}" } ] },
  { try = [ { spawn = "x" } ], except = "TypeError", as = "e", do = [ { log = "spawn: {error_name(e)}" } ] },
  { try = [ { cancel = "x" } ], except = "TypeError", do = [ { log = "cancel" } ] },
  "yield_now",
]
)toml");
    EXPECT_EQ(run.log,
              (Lines{"An asyncio.Future, a coroutine or an awaitable is required", "await: TypeError",
                     "await: TypeError", "spawn: TypeError", "cancel", "its task runs all the same"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Tasks, CancelsAllChildrenOfAGather) {
    const auto run = run_scenario(R"toml(
[coroutine.f]
args = ["x"]
steps = [ { try = [ { sleep = 10 } ], except = "CancelledError", do = [ { log = "{x}" }, { if = "x == 1", do = [ { return = "'swallowed'" } ] }, "raise" ] } ]
[coroutine.g]
args = ["ts"]
steps = [ { gather = "ts", return_exceptions = true }, { log = "never" } ]
[coroutine.main]
steps = [
  { spawn = "f(x)", for = "x", in = "range(3)", as = "ts" },
  { spawn = "g(ts)", as = "g" },
  { sleep = "1ms" },
  { cancel = "g" },
  { try = [ { await = "g" } ], except = "CancelledError", do = [ { log = "cancelled {[cancelled(t) for t in ts]}" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"0", "1", "2", "cancelled [True, False, True]"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Tasks, UsesACoroutineObjectOnce) {
    const auto run = run_scenario(R"toml(
[coroutine.f]
steps = [ { return = 1 } ]
[coroutine.main]
steps = [
  { let = { c = "f()" } },
  { await = "c", as = "r" },
  { log = "{r}" },
  { try = [ { await = "c" } ], except = "RuntimeError", as = "e", do = [ { log = "{e}" } ] },
  { spawn = "c", as = "t" },
  { gather = ["c", "f()"], return_exceptions = true, as = "rs" },
  { log = "{t} {exception(t)!r} {rs}" },
  { spawn = "c", name = "lost" },
  "yield_now",
]
)toml");
    EXPECT_EQ(run.log, (Lines{"1", "cannot reuse already awaited coroutine",
                              "Task-2 RuntimeError('cannot reuse already awaited coroutine') "
                              "[RuntimeError('cannot reuse already awaited coroutine'), 1]"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.report_texts, (Lines{"Task exception was never retrieved: lost (f): RuntimeError: cannot "
                                       "reuse already awaited coroutine"}));
}

TEST(Tasks, AnswersQuestionsAboutTasks) {
    const auto run = run_scenario(R"toml(
[coroutine.f]
steps = [ { sleep = "1ms" }, { return = "task_count()" } ]
[coroutine.bad]
steps = [ { raise = "ValueError", message = "b" } ]
[coroutine.main]
steps = [
  { spawn = "f()", as = "t" },
  { spawn = "bad()", as = "b" },
  { log = "{done(t)} {cancelled(t)} {code(t)} {kind(t)} {task_count()} {len(all_tasks())} {t == all_tasks()[1]} {current_task()}" },
  { try = [ { log = "{result(t)}" } ], except = "InvalidStateError", as = "e", do = [ { log = "{e}" } ] },
  { try = [ { log = "{exception(t)}" } ], except = "InvalidStateError", as = "e", do = [ { log = "{e}" } ] },
  { await = "t" },
  { log = "{done(t)} {result(t)} {exception(t)} {exception(b)!r}" },
  { try = [ { log = "{result(b)}" } ], except = "ValueError", as = "e", do = [ { log = "{e}" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"False False f task 3 3 True Task-1", "Result is not set.",
                              "Exception is not set.", "True 2 None ValueError('b')", "b"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Tasks, NoticesTheEndOfMainOneIterationLater) {
    const auto run = run_scenario(R"toml(
[coroutine.counter]
steps = [ { let = { n = 0 } }, { try = [ { while = "true", do = [ { log = "{n}" }, { let = { n = "n + 1" } }, "yield_now" ] } ], finally = [ { log = "stopped at {n}" } ] } ]
[coroutine.late]
steps = [ { try = [ { sleep = 10 } ], finally = [ { log = "cleaning" }, "yield_now", { log = "cleaned" } ] } ]
[coroutine.main]
steps = [
  { spawn = "late()" },
  { spawn = "counter()" },
  "yield_now",
  { spawn = "counter()" },
  { log = "main ends" },
  { return = "'value'" },
]
)toml");
    EXPECT_EQ(run.log,
              (Lines{"0", "main ends", "1", "0", "stopped at 2", "stopped at 1", "cleaning", "cleaned"}));
    EXPECT_EQ(run.result, "\"value\"");
    EXPECT_EQ(run.error, "");
}

TEST(Tasks, CancelsWhatIsLeftInOrderOfCreation) {
    const auto run = run_scenario(R"toml(
[coroutine.t]
args = ["n"]
steps = [ { try = [ { sleep = 10 } ], finally = [ { log = "{n}" } ] } ]
[coroutine.failing]
steps = [ { try = [ { sleep = 10 } ], finally = [ { raise = "ValueError", message = "while cleaning" } ] } ]
[coroutine.main]
steps = [ { spawn = "t(n)", for = "n", in = "range(3)" }, { spawn = "failing()" }, "yield_now", { return = "'kept'" } ]
)toml");
    EXPECT_EQ(run.log, (Lines{"0", "1", "2"}));
    EXPECT_EQ(run.result, "\"kept\"");
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.reports, (std::map<std::string, uint64_t>{{"never_retrieved", 1}}));
    EXPECT_EQ(run.outcome.makespan, Duration::zero());
}

TEST(Tasks, CancelsTheLeftOversOfAFailedMainToo) {
    const auto run = run_scenario(R"toml(
[coroutine.t]
steps = [ { try = [ { sleep = 10 } ], except = "CancelledError", do = [ { sleep = "1ms" }, { log = "took its time" } ] } ]
[coroutine.main]
steps = [ { spawn = "t()" }, "yield_now", { raise = "ValueError", message = "over" } ]
)toml");
    EXPECT_EQ(run.log, (Lines{"took its time"}));
    EXPECT_EQ(run.error, "ValueError: over");
}

TEST(Tasks, NamesEachTaskOfADeadlock) {
    const auto run = run_scenario(R"toml(
[lock.a]
[lock.b]
[queue.q]
[event.never]
[coroutine.locker]
args = ["first", "second"]
steps = [
  { with = "first", do = [
    "yield_now",
    { with = "second", do = [ "pass" ] },
  ] },
]
[coroutine.getter]
steps = [ { try = [ { get = "q" } ], finally = [ { log = "a deadlocked run runs no finally" } ] } ]
[coroutine.sleeper]
steps = [ { sleep = 1e300 } ]
[coroutine.main]
steps = [
  { spawn = "sleeper()" },
  { spawn = "locker(a, b)", name = "one" },
  { spawn = "locker(b, a)", name = "two" },
  { spawn = "getter()", as = "g" },
  { gather = ["g", "wait_for_ever()"] },
]
[coroutine.wait_for_ever]
steps = [ { wait = "never" } ]
)toml");
    EXPECT_EQ(run.log, (Lines{}));
    EXPECT_EQ(run.error, "Deadlock: 6 tasks wait for what cannot come any more");
    EXPECT_EQ(run.deadlock, (Lines{"Task-1: gather, line 24", "Task-2: sleep, line 17",
                                   "one: lock b (with), line 11", "two: lock a (with), line 11",
                                   "Task-5: queue q (get), line 15", "Task-6: event never (wait), line 27"}));
}

TEST(Tasks, DeadlocksThoughMainHasReturned) {
    const auto run = run_scenario(R"toml(
[event.never]
[coroutine.stubborn]
steps = [ { try = [ { wait = "never" } ], except = "CancelledError", do = [ { wait = "never" } ] } ]
[coroutine.main]
steps = [ { spawn = "stubborn()" }, "yield_now", { return = 5 } ]
)toml");
    EXPECT_EQ(run.log, (Lines{}));
    EXPECT_EQ(run.result, "5");
    EXPECT_EQ(run.error, "Deadlock: 1 task waits for what cannot come any more");
}

TEST(Tasks, StopsWithManyWaitersInOrder) {
    const auto run = run_scenario(R"toml(
[event.go]
[coroutine.w]
args = ["n"]
steps = [ { wait = "go", as = "r" }, { log = "{n} {r}" } ]
[coroutine.main]
steps = [ { spawn = "w(n)", for = "n", in = "range(3)", as = "ts" }, "yield_now", { log = "{waiting(go)}" }, { set = "go" }, { clear = "go" }, { log = "{waiting(go)} {is_set(go)}" }, { gather = "ts" } ]
)toml");
    EXPECT_EQ(run.log, (Lines{"3", "0 False", "0 True", "1 True", "2 True"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Tasks, CancelsALongChainOfTasksThatWaitForEachOther) {
    const auto run = run_scenario(R"toml(
[coroutine.link]
args = ["k"]
steps = [ { if = "k == 0", do = [ { sleep = 1000 } ], else = [ { spawn = "link(k - 1)", as = "t" }, { await = "t" } ] } ]
[coroutine.main]
steps = [
  { spawn = "link(50000)", as = "t" },
  { sleep = "1s" },
  { log = "{task_count()}" },
  { cancel = "t" },
  { try = [ { await = "t" } ], except = "CancelledError", do = [ { log = "cancelled, {task_count()} left" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"50002", "cancelled, 1 left"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(Tasks, SurvivesCancellingTasksThatWaitForEachOtherInACircle) {
    // CPython ends such a cancel in a RecursionError and then hangs.
    const auto run = run_scenario(R"toml(
[shared]
ts = []
[coroutine.waits]
args = ["k"]
steps = [ "yield_now", { await = "ts[k]" } ]
[coroutine.gathers]
args = ["k"]
steps = [ "yield_now", { gather = "[ts[k]]" } ]
[coroutine.main]
steps = [
  { try = [ { await = "current_task()" } ], except = "RuntimeError", as = "e", do = [ { log = "{e}" } ] },
  { for = "k", in = "[1, 2, 1]", do = [ { spawn = "waits(k)", as = "t" }, { append = "ts", item = "t" } ] },
  { for = "k", in = "[4, 3]", do = [ { spawn = "gathers(k)", as = "t" }, { append = "ts", item = "t" } ] },
  { sleep = 1 },
  { cancel = "ts", as = "b" },
  { log = "{b}" },
  { sleep = 1 },
  { log = "{[done(t) for t in ts]}" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"Task cannot await on itself: Task-1", "[True, True, True, True, True]",
                              "[False, False, False, False, False]"}));
    EXPECT_EQ(run.error, "Deadlock: 5 tasks wait for what cannot come any more");
}

}  // namespace
}  // namespace asyncrun
