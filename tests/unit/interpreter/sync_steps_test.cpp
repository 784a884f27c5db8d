// SPDX-License-Identifier: MIT
#include "tests/support/scenario_run.h"

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using namespace testing_support;

TEST(SyncSteps, SetsAndClearsEvents) {
    const auto run = run_scenario(R"toml(
[event.e]
[coroutine.w]
args = ["n"]
steps = [ { wait = "e", as = "r" }, { log = "{n} {r}" } ]
[coroutine.late]
steps = [ { wait = "e" }, { log = "late" } ]
[coroutine.main]
steps = [
  { spawn = "w(n)", for = "n", in = "range(2)" },
  "yield_now",
  { spawn = "late()" },
  { set = "e" },
  { log = "set" },
  { set = "e" },
  "yield_now",
  { wait = "e", as = "r" },
  { log = "main {r} {is_set(e)}" },
  { clear = "e" },
  { log = "{is_set(e)}" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"set", "late", "0 True", "1 True", "main True True", "False"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(SyncSteps, HandsLocksOverInFifoOrder) {
    const auto run = run_scenario(R"toml(
[lock.l]
[coroutine.t]
args = ["n"]
steps = [ { acquire = "l", as = "got" }, { log = "{n} {got} {waiting(l)}" }, "yield_now", { release = "l" }, { log = "{n} released, locked {locked(l)}" } ]
[coroutine.main]
steps = [
  { acquire = "l" },
  { spawn = "t(n)", for = "n", in = "range(3)", as = "ts" },
  "yield_now",
  { release = "l" },
  { log = "released, locked {locked(l)}" },
  { acquire = "l" },
  { log = "main comes last" },
  { release = "l" },
  { gather = "ts" },
  { try = [ { release = "l" } ], except = "RuntimeError", as = "e", do = [ { log = "{e}" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"released, locked False", "0 True 3", "0 released, locked False", "1 True 2",
                              "1 released, locked False", "2 True 1", "2 released, locked False",
                              "main comes last", "Lock is not acquired."}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(SyncSteps, ReleasesWhatWithHoldsHoweverItEnds) {
    const auto run = run_scenario(R"toml(
[lock.l]
[semaphore.s]
value = 2
[coroutine.leave]
args = ["how"]
steps = [
  { for = "i", in = "range(2)", do = [
    { with = "l", as = "x", do = [ { with = "s", do = [
      { log = "{how} {locked(l)} {x}" },
      { if = "how == 'return'", do = [ { return = "'returned'" } ] },
      { if = "how == 'break'", do = [ "break" ] },
      { if = "how == 'continue'", do = [ "continue" ] },
      { raise = "ValueError", message = "raised" },
    ] } ] },
  ] },
]
[coroutine.hang]
steps = [ { with = "l", do = [ { sleep = 10 } ] } ]
[coroutine.wrong]
steps = [ { with = "l", do = [ { release = "l" }, { raise = "KeyError" } ] } ]
[coroutine.main]
steps = [
  { for = "how", in = ["'return'", "'break'", "'continue'", "'raise'"], do = [
    { try = [ { await = "leave(how)", as = "r" }, { log = "{r} {locked(l)}" } ], except = "ValueError", as = "e", do = [ { log = "{e} {locked(l)}" } ] },
  ] },
  { spawn = "hang()", as = "t" },
  "yield_now",
  { log = "{locked(l)}" },
  { cancel = "t" },
  { try = [ { await = "t" } ], except = "CancelledError", do = [ { log = "{locked(l)}" } ] },
  { try = [ { await = "wrong()" } ], except = "RuntimeError", as = "e", do = [ { log = "{e}" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"return True None", "returned False", "break True None", "None False",
                              "continue True None", "continue True None", "None False", "raise True None",
                              "raised False", "True", "False", "Lock is not acquired."}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(SyncSteps, LetsSoManyThroughASemaphore) {
    const auto run = run_scenario(R"toml(
[semaphore.s]
value = 2
[semaphore.b]
bounded = true
[coroutine.t]
args = ["n"]
steps = [ { acquire = "s" }, { log = "{n} in, locked {locked(s)}, {waiting(s)} wait" }, { sleep = "1ms" }, { log = "{n} out" }, { release = "s" } ]
[coroutine.main]
steps = [
  { gather = "t(n)", for = "n", in = "range(5)" },
  { release = "s" },
  { release = "s" },
  { log = "{locked(s)}" },
  { try = [ { release = "b" } ], except = "ValueError", as = "e", do = [ { log = "{e}" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"0 in, locked False, 0 wait", "1 in, locked True, 0 wait", "0 out", "1 out",
                              "2 in, locked True, 1 wait", "3 in, locked True, 1 wait", "2 out", "3 out",
                              "4 in, locked False, 0 wait", "4 out", "False",
                              "BoundedSemaphore released too many times"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(SyncSteps, OrdersQueuesByTheirKind) {
    const auto run = run_scenario(R"toml(
[queue.f]
[queue.l]
order = "lifo"
[queue.p]
order = "priority"
[coroutine.main]
steps = [
  { for = "x", in = "[3, 1, 2]", do = [ { put = "f", item = "x" }, { put = "l", item = "x" }, { put = "p", item = "x", priority = "x" } ] },
  { put = "p", item = "'first of 2.0'", priority = "2.0" },
  { put_nowait = "p", item = "'true is 1'", priority = "true" },
  { repeat = 3, do = [ { get = "f", as = "a" }, { get_nowait = "l", as = "b" }, { log = "{a} {b}" } ] },
  { while = "not empty(p)", do = [ { get = "p", as = "a" }, { log = "{a} {qsize(p)} {unfinished(p)}" } ] },
  { try = [ { put = "p", item = "1", priority = "'text'" } ], except = "TypeError", do = [ { log = "no text, {qsize(p)}" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"3 2", "1 1", "2 3", "1 4 5", "true is 1 3 5", "2 2 5", "first of 2.0 1 5",
                              "3 0 5", "no text, 0"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(SyncSteps, BoundsQueues) {
    const auto run = run_scenario(R"toml(
[queue.q]
maxsize = 2
[coroutine.producer]
args = ["who"]
steps = [ { for = "i", in = "range(3)", do = [ { put = "q", item = "who + str(i)" }, { log = "{who} put {i}" } ] } ]
[coroutine.main]
steps = [
  { spawn = "producer('a')", as = "a" },
  { spawn = "producer('b')", as = "b" },
  "yield_now",
  { log = "{full(q)} {waiting(q)}" },
  { try = [ { put_nowait = "q", item = 1 } ], except = "QueueFull", as = "e", do = [ { log = "{e!r}" } ] },
  { let = { seen = "[]" } },
  { repeat = 6, do = [ { get = "q", as = "x" }, { append = "seen", item = "x" }, { task_done = "q" } ] },
  { log = "{seen}" },
  { join = "q" },
  { try = [ { get_nowait = "q" } ], except = "QueueEmpty", as = "e", do = [ { log = "{e!r}" } ] },
  { try = [ { task_done = "q" } ], except = "ValueError", as = "e", do = [ { log = "{e}" } ] },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"a put 0", "a put 1", "True 2", "QueueFull()", "a put 2", "b put 0", "b put 1",
                              "b put 2", "['a0', 'a1', 'a2', 'b0', 'b1', 'b2']", "QueueEmpty()",
                              "task_done() called too many times"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(SyncSteps, JoinsAQueueWhenAllItemsAreDone) {
    const auto run = run_scenario(R"toml(
[queue.q]
[shared]
total = 0
[coroutine.worker]
args = ["n"]
steps = [
  { while = "true", do = [
    { get = "q", as = "x" },
    { sleep = "1ms * (n + 1)" },
    { let = { total = "total + x" } },
    { task_done = "q" },
  ] },
]
[coroutine.main]
steps = [
  { join = "q" },
  { for = "i", in = "range(10)", do = [ { put_nowait = "q", item = "i" } ] },
  { spawn = "worker(n)", for = "n", in = "range(2)", as = "ws" },
  { join = "q" },
  { cancel = "ws", as = "asked" },
  { gather = "ws", return_exceptions = true, as = "ended" },
  { log = "{total} {unfinished(q)} {asked} {ended}" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"45 0 [True, True] [CancelledError(''), CancelledError('')]"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(SyncSteps, LetsAnotherTaskTakeAnItemBeforeTheWokenOne) {
    const auto run = run_scenario(R"toml(
[queue.q]
[coroutine.getter]
args = ["n"]
steps = [ { get = "q", as = "x" }, { log = "{n} got {x}" } ]
[coroutine.main]
steps = [
  { spawn = "getter(n)", for = "n", in = "range(2)", as = "ts" },
  "yield_now",
  { put_nowait = "q", item = "'a'" },
  { get_nowait = "q", as = "x" },
  { log = "main takes {x}" },
  "yield_now",
  { put_nowait = "q", item = "'b'" },
  { put_nowait = "q", item = "'c'" },
  { gather = "ts" },
]
)toml");
    EXPECT_EQ(run.log, (Lines{"main takes a", "1 got b", "0 got c"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

TEST(SyncSteps, MakesCopiesOfObjects) {
    const auto run = run_scenario(R"toml(
[queue.q]
copies = 3
[lock.l]
copies = 1
[coroutine.main]
steps = [
  { for = "x", in = "q", do = [ { put = "x", item = "name(x)" } ] },
  { get = "q[-1]", as = "v" },
  { log = "{v} {len(q)} {l} {kind(q[0])} {kind(q)} {[qsize(x) for x in q]}" },
  { with = "l[0]", do = [ { log = "{locked(l[0])}" } ] },
  { try = [ { put = "q[3]", item = 1 } ], except = "IndexError", do = [ { log = "no fourth" } ] },
  { let = { x = "l[0]" } },
  { try = [ { put = "x", item = 1 } ], except = "TypeError", as = "e", do = [ { log = "{e}" } ] },
  { try = [ { set = "x" } ], except = "TypeError", as = "e", do = [ { log = "{e}" } ] },
  { try = [ { wait = "x" } ], except = "TypeError", as = "e", do = [ { log = "{e}" } ] },
  { try = [ { wait = "current_task()" } ], except = "TypeError", as = "e", do = [ { log = "{e}" } ] },
]
)toml");
    EXPECT_EQ(run.log,
              (Lines{"q[2] 3 [l[0]] queue list [1, 1, 0]", "True", "no fourth", "expected queue, not Lock",
                     "expected event, not Lock", "expected event, not Lock",
                     "'wait' is for events, conditions and barriers: use 'await' for a Task"}));
    EXPECT_EQ(run.result, "null");
    EXPECT_EQ(run.error, "");
}

}  // namespace
}  // namespace asyncrun
