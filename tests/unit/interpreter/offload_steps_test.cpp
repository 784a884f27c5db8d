// SPDX-License-Identifier: MIT
#include "tests/support/scenario_run.h"

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using namespace testing_support;

TEST(OffloadSteps, RunsCallbacksInOrderOfTheirTurnAndDeadline) {
    const auto run = run_scenario(R"toml(
[function.note]
args = ["x"]
steps = [ { log = "{x} {task_name()}" }, { if = "x == 'a'", do = [ { call_soon = "note('child')" } ] } ]
[coroutine.main]
steps = [
  { call_later = "2ms", func = "note('2ms')" },
  { call_later = "1ms", func = "note('1ms')" },
  { call_later = 0, func = "note('zero')" },
  { call_soon = "note('a')" },
  { call_soon = "note('b')" },
  "yield_now",
  { log = "main" },
  "yield_now",
  { log = "main again" },
  { sleep = "5ms" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"a loop", "b loop", "main", "zero loop", "child loop", "main again", "1ms loop",
                              "2ms loop"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(OffloadSteps, CancelsCallbacks) {
    const auto run = run_scenario(R"toml(
[function.note]
args = ["x"]
steps = [ { log = "{x}" } ]
[coroutine.main]
steps = [
  { call_soon = "note('soon')", as = "s" },
  { call_later = "1ms", func = "note('later')", as = "l" },
  { call_soon = "note('runs')", as = "r" },
  { cancel = "s", as = "a" },
  { cancel = ["l", "s"], as = "b" },
  "yield_now",
  { cancel = "r", as = "c" },
  { log = "{a} {b} {c} {cancelled(s)} {cancelled(l)} {cancelled(r)} {kind(s)}" },
  { sleep = "2ms" },
  { try = [ { log = "{done(s)}" } ], except = "TypeError", do = [ { log = "done is not for handles" } ] },
]
)toml");
    EXPECT_EQ(run.log,
              (Lines{"runs", "True [True, False] False True True False handle", "done is not for handles"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(OffloadSteps, ReportsErrorsOfCallbacksAndGoesOn) {
    const auto run = run_scenario(R"toml(
[function.bad]
steps = [ { raise = "ValueError", message = "in a callback" } ]
[function.note]
steps = [ { log = "next" } ]
[coroutine.main]
steps = [ { call_soon = "bad()" }, { call_soon = "note()" }, { call_later = "1ms", func = "bad()" }, { sleep = "2ms" } ]
)toml");
    EXPECT_EQ(run.log, (Lines{"next"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.reports, (std::map<std::string, uint64_t>{{"callback_failed", 2}}));
}

TEST(OffloadSteps, OffloadsAndComesBackWithTheResultOrTheError) {
    const auto run = run_scenario(R"toml(
[executor.pool]
workers = 2
[function.work]
args = ["n"]
steps = [ { block = "n * 1ms" }, { if = "n == 2", do = [ { raise = "KeyError", message = "in a thread" } ] }, { return = "[n, task_name()]" } ]
[coroutine.one]
args = ["n"]
steps = [ { try = [ { offload = "work(n)", executor = "pool", as = "r" }, { log = "{r}" } ], except = "KeyError", as = "e", do = [ { log = "{e!r}" } ] } ]
[coroutine.main]
steps = [
  { gather = "one(n)", for = "n", in = "range(4)" },
  { log = "{now():.3f}" },
  { offload = "work(1)", as = "r" },
  { log = "{r}" },
  { offload = "work(1)", executor = "none", as = "r" },
  { log = "{r} {thread_count()}" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"[0, 'pool']", "[1, 'pool']", "KeyError('in a thread')", "[3, 'pool']", "0.004",
                              "[1, 'default']", "[1, 'default'] 4"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(OffloadSteps, GivesFuturesForSubmittedCalls) {
    const auto run = run_scenario(R"toml(
[executor.pool]
workers = 1
[shared]
ran = []
[function.work]
args = ["n"]
steps = [ { append = "ran", item = "n" }, { block = "10ms" }, { if = "n == 1", do = [ { raise = "ValueError", message = "one" } ] }, { return = "n" } ]
[coroutine.main]
steps = [
  { let = { fs = "[]" } },
  { for = "n", in = "range(4)", do = [ { submit = "work(n)", executor = "pool", as = "f" }, { append = "fs", item = "f" } ] },
  { log = "{done(fs[0])} {kind(fs[0])}" },
  { sleep = "1ms" },
  { cancel = "fs[2]", as = "queued" },
  { cancel = "fs[0]", as = "running" },
  { log = "{queued} {running} {[cancelled(f) for f in fs]} at {now():.3f}" },
  { gather = "fs", return_exceptions = true, as = "r" },
  { log = "{r} {ran} {now():.3f}" },
  { await = "fs[3]", as = "again" },
  { log = "{again}" },
]
)toml");
    EXPECT_EQ(run.log,
              (Lines{"False future", "True True [True, False, True, False] at 0.001",
                     "[CancelledError(''), ValueError('one'), CancelledError(''), 3] [0, 1, 3] 0.030", "3"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
    EXPECT_TRUE(run.reports.empty());
}

TEST(OffloadSteps, CountsFailuresOfSubmittedCallsThatNobodyRetrieves) {
    const auto run = run_scenario(R"toml(
[executor.pool]
workers = 4
[function.bad]
args = ["why"]
steps = [ { block = "1ms" }, { raise = "ValueError", message = "{why}" } ]
[coroutine.main]
steps = [
  { submit = "bad('nobody holds it')", executor = "pool" },
  { submit = "bad('held')", executor = "pool", as = "a" },
  { submit = "bad('awaited')", executor = "pool", as = "b" },
  { submit = "bad('asked')", executor = "pool", as = "c" },
  { submit = "bad('cancelled while it ran')", executor = "pool", as = "d" },
  { sleep = "0.5ms" },
  { cancel = "d" },
  { try = [ { await = "b" } ], except = "ValueError", as = "e", do = [ { log = "{e}" } ] },
  { log = "{exception(c)}" },
  { submit = "bad('after the end')", executor = "pool" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"awaited", "asked"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.reports, (std::map<std::string, uint64_t>{{"never_retrieved", 3}}));
    EXPECT_EQ(run.report_texts,
              (Lines{"Future exception was never retrieved: bad: ValueError: nobody holds it",
                     "Future exception was never retrieved: bad: ValueError: held",
                     "Future exception was never retrieved: bad: ValueError: after the end"}));
}

TEST(OffloadSteps, CancelsTheTaskThatWaitsForARunningCallAtOnce) {
    const auto run = run_scenario(R"toml(
[shared]
ended = false
[function.work]
steps = [ { block = "50ms" }, { let = { ended = "true" } } ]
[coroutine.waiter]
steps = [ { offload = "work()" } ]
[coroutine.main]
steps = [
  { spawn = "waiter()", as = "t" },
  { sleep = "10ms" },
  { cancel = "t" },
  { try = [ { await = "t" } ], except = "CancelledError", do = [ { log = "cancelled at {now():.2f}, ended {ended}" } ] },
  { sleep = "50ms" },
  { log = "ended {ended}" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"cancelled at 0.01, ended False", "ended True"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(OffloadSteps, ServesJobsInOrderOfSubmissionOnVirtualWorkers) {
    const auto run = run_scenario(R"toml(
[executor.pool]
workers = 2
[function.work]
args = ["n", "t"]
steps = [ { log = "start {n} on {thread_id()} at {now():.3f}" }, { block = "t" }, { log = "end {n} at {now():.3f}" } ]
[coroutine.one]
args = ["n", "t"]
steps = [ { offload = "work(n, t)", executor = "pool" }, { log = "back {n} at {now():.3f}" } ]
[coroutine.main]
steps = [ { gather = ["one(0, 5ms)", "one(1, 2ms)", "one(2, 1ms)", "one(3, 2ms)"] }, { log = "{thread_count()} {thread_id()} {pid()}" } ]
)toml");
    EXPECT_EQ(run.log, (Lines{"start 0 on 2 at 0.000", "start 1 on 3 at 0.000", "end 1 at 0.002",
                              "start 2 on 3 at 0.002", "back 1 at 0.002", "end 2 at 0.003",
                              "start 3 on 3 at 0.003", "back 2 at 0.003", "end 0 at 0.005", "end 3 at 0.005",
                              "back 0 at 0.005", "back 3 at 0.005", "3 1 1"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(OffloadSteps, LetsWorkersRunWhileTheLoopIsBusy) {
    const auto run = run_scenario(R"toml(
[executor.pool]
workers = 1
[function.work]
steps = [ { block = "2ms" }, { log = "job done at {now():.3f}" } ]
[coroutine.main]
steps = [
  { submit = "work()", executor = "pool", as = "f" },
  { busy = "5ms" },
  { log = "busy until {now():.3f}, seen {done(f)}" },
  "yield_now",
  { log = "the next pass polls, what was ready runs first: {done(f)}" },
  "yield_now",
  { log = "{done(f)}" },
  { await = "f" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"job done at 0.002", "busy until 0.005, seen False",
                              "the next pass polls, what was ready runs first: False", "True"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(OffloadSteps, SeesTheCoresOfSimInDeclarations) {
    const auto run = run_scenario(R"toml(
[executor.pool]
workers = "cores * 2"
[function.work]
steps = [ { block = "1ms" } ]
[coroutine.one]
steps = [ { offload = "work()", executor = "pool" } ]
[coroutine.main]
steps = [ { gather = "one()", for = "i", in = "range(56 * 3)" }, { log = "{thread_count() - 1} {now():.3f}" } ]
)toml");
    EXPECT_EQ(run.log, (Lines{"56 0.003"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(OffloadSteps, DrawsFromAStreamPerTask) {
    const auto run = run_scenario(R"toml(
seed = 7
[coroutine.child]
steps = [ { return = "randint(0, 999999)" } ]
[function.fn]
steps = [ { return = "randint(0, 999999)" } ]
[coroutine.main]
steps = [
  { log = "{randint(0, 999999)}" },
  { spawn = "child()", as = "t" },
  { await = "child()", as = "own" },
  { await = "t", as = "spawned" },
  { log = "{own} {spawned}" },
  { gather = ["child()", "child()"], as = "g" },
  { log = "{g} {fn()}" },
  { offload = "fn()", as = "o" },
  { log = "{o} {randint(0, 999999)}" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"389829", "900760 509109", "[682761, 727584] 249431", "986836 328076"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(OffloadSteps, FindsWhenLoadedThatAnOffloadedFunctionTouchesTheLoop) {
    EXPECT_EQ(
        load_messages(R"toml([event.e]
[queue.q]
[executor.pool]
[function.direct]
steps = [ "pass", { set = "e" } ]
[function.outer]
steps = [ { call = "middle()" } ]
[function.middle]
steps = [ { log = "{inner() + 1}" } ]
[function.inner]
steps = [ { if = "true", do = [ { put_nowait = "q", item = 1 } ] }, { return = "middle()" } ]
[function.fine]
args = ["n"]
steps = [ { if = "n > 0", do = [ { return = "fine(n - 1)" } ] }, { log = "x" }, { count = "c" } ]
[coroutine.main]
steps = [
  { offload = "direct()" },
  { submit = "outer()", executor = "pool" },
  { offload = "fine(3)" },
  { call = "direct()" },
]
)toml"),
        R"out(s.toml:17:15: error: 'direct' cannot run on an executor: its 'set' in line 5 touches the loop
   17 |   { offload = "direct()" },
      |               ^~~~~~~~~~
s.toml:5:21: note: it is here
    5 | steps = [ "pass", { set = "e" } ]
      |                     ^~~
s.toml:18:14: error: 'outer' cannot run on an executor: it calls 'inner', whose 'put_nowait' in line 11 touches the loop
   18 |   { submit = "outer()", executor = "pool" },
      |              ^~~~~~~~~
s.toml:11:35: note: it is here
   11 | steps = [ { if = "true", do = [ { put_nowait = "q", item = 1 } ] }, { return = "middle()" } ]
      |                                   ^~~~~~~~~~
)out");
}

TEST(OffloadSteps, KnowsEveryVerbThatOnlyTheLoopMayRun) {
    for (const std::string step :
         {R"s({ set = "e" })s", R"s({ clear = "e" })s", R"s({ release = "l" })s",
          R"s({ put_nowait = "q", item = 1 })s", R"s({ get_nowait = "q" })s", R"s({ task_done = "q" })s",
          R"s({ cancel = "t" })s", R"s({ spawn = "c()" })s", R"s({ call_soon = "g(1)" })s",
          R"s({ call_later = 1, func = "g(1)" })s", R"s({ submit = "g(1)" })s"}) {
        const std::string messages = load_messages(
            "[event.e]\n[lock.l]\n[queue.q]\n[coroutine.c]\nsteps = []\n"
            "[function.g]\nargs = [\"x\"]\nsteps = []\n"
            "[function.f]\nargs = [\"t\"]\nsteps = [ " +
            step + " ]\n[coroutine.main]\nsteps = [ { offload = \"f(1)\" } ]\n");
        const std::string verb = step.substr(2, step.find(' ', 2) - 2);
        EXPECT_NE(
            messages.find("'f' cannot run on an executor: its '" + verb + "' in line 11 touches the loop"),
            std::string::npos)
            << step << "\n"
            << messages;
    }
}

}  // namespace
}  // namespace asyncrun
