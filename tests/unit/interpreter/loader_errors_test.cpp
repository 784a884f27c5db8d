// SPDX-License-Identifier: MIT
#include "engine/interpreter/loader.h"

#include <string>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

struct Case {
    const char* name;
    const char* text;
    const char* messages;  ///< exactly what is printed
};

std::string messages_of(const std::string& text, const LoadOptions& options = {}) {
    const SourceFile source("s.toml", text);
    Diagnostics diagnostics(source);
    const auto program = load_program(source, options, diagnostics);
    EXPECT_FALSE(program);
    return diagnostics.render();
}

class LoaderErrors : public testing::TestWithParam<Case> {};

TEST_P(LoaderErrors, AreReportedAtTheirPlace) {
    EXPECT_EQ(messages_of(GetParam().text), GetParam().messages);
}

const Case cases[] = {
    {"UnknownTablesAndKeys",
     R"toml(nam = "x"
steps = []
[que.q]
[queue.q]
maxsiz = 3
[rum]
[run]
warm_up = 1
)toml",
     R"out(s.toml:1:1: error: no key at the top of a scenario is named 'nam'; did you mean 'name'?
    1 | nam = "x"
      | ^~~
s.toml:3:2: error: no table is named 'que'; did you mean 'queue'?
    3 | [que.q]
      |  ^~~
s.toml:5:1: error: a queue has no key 'maxsiz'; did you mean 'maxsize'?
    5 | maxsiz = 3
      | ^~~~~~
s.toml:6:2: error: no table is named 'rum'; did you mean 'run'?
    6 | [rum]
      |  ^~~
s.toml:8:1: error: [run] has no key 'warm_up'; did you mean 'warmup'?
    8 | warm_up = 1
      | ^~~~~~~
)out"},
    {"TablesThatThisVersionDoesNotRun",
     R"toml(steps = [ { wait = "ready" } ]
[condition.ready]
[server.api]
protocol = "http"
[monitor]
interval = 1
[run]
entry = "run_forever"
on_task = "f"
[queue.q]
domain = "thread"
[executor.e]
kind = "process"
)toml",
     R"out(s.toml:1:20: error: expected an event, but 'ready' is a condition
    1 | steps = [ { wait = "ready" } ]
      |                    ^~~~~~~
s.toml:2:2: error: this version does not run [condition] tables
    2 | [condition.ready]
      |  ^~~~~~~~~
s.toml:3:2: error: this version does not run [server] tables
    3 | [server.api]
      |  ^~~~~~
s.toml:5:2: error: this version does not run [monitor] tables
    5 | [monitor]
      |  ^~~~~~~
s.toml:8:9: error: this version does not run entry = 'run_forever'
    8 | entry = "run_forever"
      |         ^~~~~~~~~~~~~
s.toml:9:1: error: this version does not run 'on_task'
    9 | on_task = "f"
      | ^~~~~~~
s.toml:11:10: error: this version does not run domain = 'thread'
   11 | domain = "thread"
      |          ^~~~~~~~
s.toml:13:8: error: this version does not run kind = 'process'
   13 | kind = "process"
      |        ^~~~~~~~~
)out"},
    {"FormsOfTables",
     R"toml(steps = []
params = 3
queue.maxsize = 2
event = [1]
expect = 1
[[lock.l]]
[semaphore]
s = 1
)toml",
     R"out(s.toml:2:10: error: 'params' is a table, not an integer
    2 | params = 3
      |          ^
s.toml:3:7: error: a queue needs a name; write [queue.NAME]
    3 | queue.maxsize = 2
      |       ^~~~~~~
s.toml:4:9: error: 'event' is a table, not an array
    4 | event = [1]
      |         ^~~
s.toml:5:10: error: 'expect' is a table, not an integer
    5 | expect = 1
      |          ^
s.toml:6:1: error: 'l' is declared by one table [lock.l], not by an array
    6 | [[lock.l]]
      | ^~~~~~~~~~
s.toml:8:5: error: 's' is declared by one table [semaphore.s], not by an integer
    8 | s = 1
      |     ^
)out"},
    {"DuplicateNames",
     R"toml(steps = []
[params]
q = 1
[queue.q]
[shared]
n = 1
[event.n]
[coroutine.f]
steps = []
[function.f]
steps = []
)toml",
     R"out(s.toml:4:8: error: 'q' is declared already: it is a param
    4 | [queue.q]
      |        ^
s.toml:3:1: note: 'q' is declared here
    3 | q = 1
      | ^
s.toml:7:8: error: 'n' is declared already: it is a shared variable
    7 | [event.n]
      |        ^
s.toml:6:1: note: 'n' is declared here
    6 | n = 1
      | ^
s.toml:10:11: error: 'f' is declared already: it is a coroutine
   10 | [function.f]
      |           ^
s.toml:8:12: note: 'f' is declared here
    8 | [coroutine.f]
      |            ^
)out"},
    {"NamesThatCannotBeNames",
     R"toml(steps = []
[params]
lambda = 1
"2x" = 2
[queue."a-b"]
[coroutine.none]
steps = []
[coroutine.f]
args = ["x", "if", 3, "x"]
steps = []
)toml",
     R"out(s.toml:3:1: error: 'lambda' cannot be the name of a param; it is a word of the language or of Python
    3 | lambda = 1
      | ^~~~~~
s.toml:4:1: error: '2x' cannot be the name of a param; a name has letters, digits and _, and does not begin with a digit
    4 | "2x" = 2
      | ^~~~
s.toml:5:8: error: 'a-b' cannot be the name of a queue; a name has letters, digits and _, and does not begin with a digit
    5 | [queue."a-b"]
      |        ^~~~~
s.toml:6:12: error: 'none' cannot be the name of a coroutine; it is a word of the language or of Python
    6 | [coroutine.none]
      |            ^~~~
s.toml:9:14: error: 'if' cannot name an argument
    9 | args = ["x", "if", 3, "x"]
      |              ^~~~
s.toml:9:20: error: an argument is a string with its name, not an integer
    9 | args = ["x", "if", 3, "x"]
      |                    ^
s.toml:9:23: error: two arguments are named 'x'
    9 | args = ["x", "if", 3, "x"]
      |                       ^~~
)out"},
    {"ConstantsThatAreNone",
     R"toml(steps = []
[params]
host = "localhost"
n = 2
m = "n + 1"
xs = [1, 2]
bad = "1 / 0"
draw = "random()"
when = 2024-01-01
late = "1 +"
[shared]
left = "n"
table = { a = 1 }
)toml",
     R"out(s.toml:3:8: error: a param holds a constant, and 'localhost' is a name; text is written "'localhost'"
    3 | host = "localhost"
      |        ^~~~~~~~~~~
s.toml:5:6: error: a param holds a constant, and 'n' is a param
    5 | m = "n + 1"
      |      ^
s.toml:6:6: error: a param holds a number, a boolean, text or none, not a list; a list goes to [shared]
    6 | xs = [1, 2]
      |      ^~~~~~
s.toml:7:7: error: this raises ZeroDivisionError: division by zero
    7 | bad = "1 / 0"
      |       ^~~~~~~
s.toml:8:9: error: 'random' cannot be called in a param; only params and functions that depend on their arguments alone may stand here
    8 | draw = "random()"
      |         ^~~~~~
s.toml:9:8: error: a value is a number, a boolean, a string with an expression or an array of those, not a date or time
    9 | when = 2024-01-01
      |        ^~~~~~~~~~
s.toml:10:12: error: a value is missing after '+'
   10 | late = "1 +"
      |            ^
s.toml:12:8: error: a shared variable holds a constant, and 'n' is a param
   12 | left = "n"
      |        ^~~
s.toml:13:9: error: a value is a number, a boolean, a string with an expression or an array of those, not a table
   13 | table = { a = 1 }
      |         ^~~~~~~~~
)out"},
    {"DeclarationsOutOfRange",
     R"toml(steps = []
[params]
n = 2
broken = "1 +"
[shared]
s = 1
[queue.q]
maxsize = "n / 2"
order = "lfio"
copies = -1
[queue.r]
maxsize = "s"
copies = 1000001
[queue.t]
maxsize = "broken"
copies = "nn"
[queue.u]
maxsize = "qsize(q)"
copies = "count()"
[semaphore.m]
value = -1
bounded = "true"
[executor.e]
workers = 0
default = true
[executor.f]
workers = "'two'"
default = true
[executor.g]
default = true
copies = 2
[coroutine.count]
steps = []
)toml",
     R"out(s.toml:4:14: error: a value is missing after '+'
    4 | broken = "1 +"
      |              ^
s.toml:8:11: error: 'maxsize' is a whole number, not 1.0; int(…) or // makes it one
    8 | maxsize = "n / 2"
      |           ^~~~~~~
s.toml:9:9: error: expected one of 'fifo', 'lifo', 'priority', not 'lfio'; did you mean 'lifo'?
    9 | order = "lfio"
      |         ^~~~~~
s.toml:10:10: error: 'copies' is at least 0, not -1
   10 | copies = -1
      |          ^~
s.toml:12:11: error: a declaration sees params alone, and 's' is a shared variable
   12 | maxsize = "s"
      |           ^~~
s.toml:13:10: error: 'copies' is at most 1000000, not 1000001
   13 | copies = 1000001
      |          ^~~~~~~
s.toml:16:10: error: no param is named 'nn'; did you mean 'n'?
   16 | copies = "nn"
      |          ^~~~
s.toml:18:12: error: 'qsize' cannot be called in a declaration; only params and functions that depend on their arguments alone may stand here
   18 | maxsize = "qsize(q)"
      |            ^~~~~
s.toml:18:18: error: a declaration sees params alone, and 'q' is a queue
   18 | maxsize = "qsize(q)"
      |                  ^
s.toml:19:11: error: 'count' cannot be called in a declaration
   19 | copies = "count()"
      |           ^~~~~
s.toml:21:9: error: 'value' is at least 0, not -1
   21 | value = -1
      |         ^~
s.toml:22:11: error: 'bounded' is true or false, not a string
   22 | bounded = "true"
      |           ^~~~~~
s.toml:24:11: error: 'workers' is at least 1, not 0
   24 | workers = 0
      |           ^
s.toml:27:11: error: 'workers' is a whole number, not 'two'
   27 | workers = "'two'"
      |           ^~~~~~~
s.toml:28:1: error: there is a default executor already
   28 | default = true
      | ^~~~~~~
s.toml:25:1: note: it is here
   25 | default = true
      | ^~~~~~~
s.toml:30:1: error: an executor with 'copies' cannot be the default one
   30 | default = true
      | ^~~~~~~
)out"},
    {"RunSettings",
     R"toml(steps = []
name = 3
description = true
seed = "1"
[run]
engine = 1
repetitions = 0
warmup = -1
time_limit = "-1s"
slow_callback = "'long'"
pass_cost = "1e12 * 1h"
debug = 1
entry = "rum"
)toml",
     R"out(s.toml:2:8: error: 'name' is a string, not an integer
    2 | name = 3
      |        ^
s.toml:3:15: error: 'description' is a string, not a boolean
    3 | description = true
      |               ^~~~
s.toml:4:8: error: 'seed' is a whole number, not a string
    4 | seed = "1"
      |        ^~~
s.toml:6:10: error: 'engine' is a string, not an integer
    6 | engine = 1
      |          ^
s.toml:7:15: error: 'repetitions' is at least 1, not 0
    7 | repetitions = 0
      |               ^
s.toml:8:10: error: 'warmup' is at least 0, not -1
    8 | warmup = -1
      |          ^~
s.toml:9:14: error: 'time_limit' is a time of 0 or more, not -1.0
    9 | time_limit = "-1s"
      |              ^~~~~
s.toml:10:17: error: 'slow_callback' is a time, such as '10ms' or a number of seconds, not 'long'
   10 | slow_callback = "'long'"
      |                 ^~~~~~~~
s.toml:11:13: error: 'pass_cost' is a time of less than 292 years, not 3600000000000000.0
   11 | pass_cost = "1e12 * 1h"
      |             ^~~~~~~~~~~
s.toml:12:9: error: 'debug' is true or false, not an integer
   12 | debug = 1
      |         ^
s.toml:13:9: error: expected one of 'run', 'run_until_complete', 'run_forever', not 'rum'; did you mean 'run'?
   13 | entry = "rum"
      |         ^~~~~
)out"},
    {"NoMain",
     R"toml([coroutine.mian]
steps = []
)toml",
     R"out(s.toml: error: no coroutine is named 'main'; did you mean 'mian'?
)out"},
    {"AnEmptyFile", "",
     R"out(s.toml: error: no coroutine is named 'main'; a scenario begins with [coroutine.main], or with 'steps' at its top
)out"},
    {"MainThatIsMisspelt",
     R"toml(main = "strat"
[coroutine.start]
steps = []
)toml",
     R"out(s.toml:1:8: error: no coroutine is named 'strat'; did you mean 'start'?
    1 | main = "strat"
      |        ^~~~~~~
)out"},
    {"MainWithArguments",
     R"toml([coroutine.main]
args = ["n"]
steps = []
)toml",
     R"out(s.toml:1:12: error: 'main' is where the scenario begins: it may not have arguments
    1 | [coroutine.main]
      |            ^~~~
)out"},
    {"MainThatIsAFunction",
     R"toml(main = "f"
[function.f]
steps = []
)toml",
     R"out(s.toml:1:8: error: this version does not run a [function] as 'main'
    1 | main = "f"
      |        ^~~
)out"},
    {"TwoBodiesOfMain",
     R"toml(main = "other"
steps = [ { slep = 1 } ]
[coroutine.main]
steps = [ { sleep = "x" } ]
[coroutine.other]
steps = []
)toml",
     R"out(s.toml:1:1: error: 'main' cannot name another coroutine: 'steps' at the top of the scenario are its body
    1 | main = "other"
      | ^~~~
s.toml:2:13: error: no verb is named 'slep'; did you mean 'sleep'?
    2 | steps = [ { slep = 1 } ]
      |             ^~~~
s.toml:3:12: error: 'steps' at the top of the scenario are the body of 'main' already
    3 | [coroutine.main]
      |            ^~~~
s.toml:2:1: note: they are here
    2 | steps = [ { slep = 1 } ]
      | ^~~~~
s.toml:4:21: error: no queue, variable or argument is named 'x'
    4 | steps = [ { sleep = "x" } ]
      |                     ^~~
)out"},
    {"ErrorsOfAllBodies",
     R"toml([queue.q]
[coroutine.main]
steps = [
  { put = "q1", item = "i" },
  { await = "f(1, 2)" },
  { sleep = [1979-05-27, "2 +", "x"] },
]
[coroutine.f]
args = ["n"]
steps = [ { await = "g(1)" }, { sleep = "1sec" } ]
[function.h]
steps = [ { sleep = 1 } ]
[coroutine.k]
stesp = []
)toml",
     R"out(s.toml:4:11: error: no queue, variable or argument is named 'q1'; did you mean 'q'?
    4 |   { put = "q1", item = "i" },
      |           ^~~~
s.toml:4:24: error: no queue, variable or argument is named 'i'
    4 |   { put = "q1", item = "i" },
      |                        ^~~
s.toml:5:14: error: 'f' takes 1 argument, 2 are given
    5 |   { await = "f(1, 2)" },
      |              ^
s.toml:6:14: error: a value is a number, a boolean, a string with an expression or an array of those, not a date or time
    6 |   { sleep = [1979-05-27, "2 +", "x"] },
      |              ^~~~~~~~~~
s.toml:6:30: error: a value is missing after '+'
    6 |   { sleep = [1979-05-27, "2 +", "x"] },
      |                              ^
s.toml:10:22: error: no function, coroutine or generator is named 'g'
   10 | steps = [ { await = "g(1)" }, { sleep = "1sec" } ]
      |                      ^
s.toml:10:43: error: 'sec' is not a unit of time; did you mean 's'?
   10 | steps = [ { await = "g(1)" }, { sleep = "1sec" } ]
      |                                           ^~~
s.toml:12:13: error: a function never awaits: 'sleep' is for coroutines; make it a [coroutine.h]
   12 | steps = [ { sleep = 1 } ]
      |             ^~~~~
s.toml:13:12: error: a coroutine needs the key 'steps'
   13 | [coroutine.k]
      |            ^
s.toml:14:1: error: a coroutine has no key 'stesp'; did you mean 'steps'?
   14 | stesp = []
      | ^~~~~
)out"},
    {"SyntaxErrorsOfTheFile", "steps = [\n", R"out(s.toml:1:9: error: this '[' is never closed; add ']'
    1 | steps = [
      |         ^
)out"},
};

INSTANTIATE_TEST_SUITE_P(Loader, LoaderErrors, testing::ValuesIn(cases),
                         [](const testing::TestParamInfo<Case>& c) { return c.param.name; });

TEST(LoaderParams, OfTheCommandLineAreReportedWithTheirText) {
    const LoadOptions options{{{"nn", "1"}, {"n", "1 +"}, {"m", "localhost"}, {"k", "[1]"}}};
    EXPECT_EQ(messages_of("steps = []\n[params]\nn = 1\nm = 2\nk = 3\n", options),
              R"out(s.toml: error: -p n=1 +: a value is missing after '+'
s.toml: error: -p m=localhost: a param holds a constant, and 'localhost' is a name; text is written "'localhost'"
s.toml: error: -p k=[1]: a param holds a number, a boolean, text or none, not a list
s.toml: error: -p nn=1: no param is named 'nn'; did you mean 'n'?
)out");
}

}  // namespace
}  // namespace asyncrun
