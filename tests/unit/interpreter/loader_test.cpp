// SPDX-License-Identifier: MIT
#include "engine/interpreter/loader.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using namespace std::chrono_literals;

struct Loaded {
    std::unique_ptr<Program> program;
    std::string messages;
};

Loaded load(const std::string& text, LoadOptions options = {}, const std::string& path = "s.toml") {
    const SourceFile source(path, text);
    Diagnostics diagnostics(source);
    Loaded loaded;
    loaded.program = load_program(source, options, diagnostics);
    loaded.messages = diagnostics.render();
    return loaded;
}

constexpr const char* minimal = "steps = []\n";

TEST(Loader, ReadsTheTopLevel) {
    const auto [program, messages] = load(R"toml(#:schema ./scenario.schema.json
name = "chain"
description = "what it shows"
seed = -1
main = "start"
[coroutine.start]
steps = [ "pass" ]
)toml");
    ASSERT_TRUE(program) << messages;
    EXPECT_EQ(messages, "");
    EXPECT_EQ(program->name, "chain");
    EXPECT_EQ(program->description, "what it shows");
    EXPECT_EQ(program->seed, ~uint64_t{0});
    ASSERT_TRUE(program->main);
    EXPECT_EQ(program->main->name, "start");
    EXPECT_FALSE(program->main->instructions.empty());
}

TEST(Loader, NamesAScenarioByItsFileWhenItHasNoName) {
    const auto [program, messages] = load(minimal, {}, "/some/where/pipeline.v2.toml");
    ASSERT_TRUE(program) << messages;
    EXPECT_EQ(program->name, "pipeline.v2");
    EXPECT_EQ(program->seed, 0U);
}

TEST(Loader, TakesStepsAtTheTopAsTheBodyOfMain) {
    const auto [program, messages] = load("steps = [ { sleep = 1 } ]\n");
    ASSERT_TRUE(program) << messages;
    EXPECT_EQ(program->main->name, "main");
    EXPECT_EQ(program->main->kind, Code::Kind::coroutine);
    EXPECT_EQ(program->step_count(), 1U);
}

TEST(Loader, EvaluatesDeclarationsWithParamsWhereverTheyStandInTheFile) {
    const auto [program, messages] = load(R"toml(
steps = []
[queue.q]
maxsize = "2 * n"
order = "priority"
domain = "task"
[semaphore.s]
value = "max(n, 10)"
bounded = true
copies = 1
[event.e]
[lock.l]
copies = "n - 3"
[executor.pool]
kind = "thread"
workers = "cores * 2"
default = true
[params]
n = 3
pause = "10ms"
text = "'a' + 'b'"
nothing = "none"
)toml");
    ASSERT_TRUE(program) << messages;
    ASSERT_EQ(program->objects.size(), 5U);
    const auto& q = program->objects[0];
    EXPECT_EQ(q.kind, Kind::queue);
    EXPECT_EQ(q.name, "q");
    EXPECT_EQ(q.maxsize, 6);
    EXPECT_EQ(q.order, "priority");
    EXPECT_FALSE(q.copies_given);
    const auto& s = program->objects[1];
    EXPECT_EQ(s.value, 10);
    EXPECT_TRUE(s.bounded);
    EXPECT_TRUE(s.copies_given) << "one copy is a list as well";
    EXPECT_EQ(s.copies, 1);
    EXPECT_EQ(program->objects[2].kind, Kind::event);
    EXPECT_EQ(program->objects[3].copies, 0);
    const auto& pool = program->objects[4];
    ASSERT_TRUE(pool.workers);
    EXPECT_EQ(*pool.workers % 2, 0);
    EXPECT_GE(*pool.workers, 2);
    EXPECT_EQ(pool.sim_workers, 56);
    EXPECT_TRUE(pool.is_default);
    EXPECT_TRUE(program->uses_executors);
    ASSERT_EQ(program->params.size(), 4U);
    EXPECT_EQ(program->params[0].name, "n");
    EXPECT_EQ(program->params[1].value.real(), 0.01);
    EXPECT_EQ(program->params[2].value.text(), "ab");
    EXPECT_TRUE(program->params[3].value.is_none());
}

TEST(Loader, OrdersObjectsAsTheFileNamesThemAcrossTables) {
    const auto [program, messages] = load("steps = []\n[queue.a]\n[event.b]\n[queue.c]\n[lock.d]\n");
    ASSERT_TRUE(program) << messages;
    std::string order;
    for (const auto& object : program->objects) order += object.name;
    EXPECT_EQ(order, "abcd");
    EXPECT_FALSE(program->uses_executors);
}

TEST(Loader, MakesSharedVariablesOfConstantsAndLists) {
    const auto [program, messages] = load(R"toml(
steps = []
[shared]
total = 0
seen = []
grid = [[1, 2], ["1ms", true]]
squares = "[i * i for i in range(4)]"
)toml");
    ASSERT_TRUE(program) << messages;
    EXPECT_EQ(program->shared_names, (std::vector<std::string>{"total", "seen", "grid", "squares"}));
    ASSERT_EQ(program->shared_values.size(), 4U);
    EXPECT_EQ(program->shared_values[0].integer(), 0);
    EXPECT_EQ(program->shared_values[1].list().size(), 0);
    EXPECT_EQ(program->shared_values[2].list().at(1).list().at(0).real(), 0.001);
    EXPECT_EQ(program->shared_values[3].list().at(3).integer(), 9);
}

TEST(Loader, ReadsWhatTheRunTableSays) {
    const auto [program, messages] = load(R"toml(
steps = []
[params]
limit = 2
[run]
engine = "sim"
repetitions = 5
warmup = "limit - 2"
time_limit = "limit * 1min"
slow_callback = 0.05
pass_cost = "1.5ns"
debug = true
entry = "run"
)toml");
    ASSERT_TRUE(program) << messages;
    const RunDefaults& run = program->defaults;
    EXPECT_EQ(run.engine, "sim");
    EXPECT_EQ(run.repetitions, 5);
    EXPECT_EQ(run.warmup, 0);
    EXPECT_EQ(run.time_limit, Duration(2min));
    EXPECT_EQ(run.slow_callback, Duration(50ms));
    EXPECT_EQ(run.pass_cost, 2ns) << "half a nanosecond goes to the even neighbour";
    EXPECT_EQ(run.debug, true);

    const auto bare = load(minimal);
    EXPECT_FALSE(bare.program->defaults.engine);
    EXPECT_FALSE(bare.program->defaults.time_limit);
    EXPECT_EQ(bare.program->defaults.pass_cost, 0ns);
}

TEST(Loader, ReplacesParamsByWhatTheCommandLineGives) {
    const std::string text = "steps = []\n[params]\nn = 1\nhost = \"'a'\"\n[queue.q]\nmaxsize = \"n\"\n";
    const auto [program, messages] = load(text, {{{"n", "1"}, {"host", "2.5"}, {"n", "3 * 4"}}});
    ASSERT_TRUE(program) << messages;
    EXPECT_EQ(program->params[0].value.integer(), 12) << "the last one wins";
    EXPECT_EQ(program->params[1].value.real(), 2.5) << "the type may change";
    EXPECT_EQ(program->objects[0].maxsize, 12);
}

TEST(Loader, LetsCoroutinesCallEachOtherBeforeTheyAreDeclared) {
    const auto [program, messages] = load(R"toml(
[coroutine.main]
steps = [ { await = "ping(3)" } ]
[coroutine.ping]
args = ["n"]
steps = [ { if = "n > 0", do = [ { await = "pong(n, half(n))" } ] } ]
[coroutine.pong]
args = ["n", "m"]
steps = [ { await = "ping(n - 1)" } ]
[function.half]
args = ["n"]
steps = [ { return = "n // 2" } ]
)toml");
    ASSERT_TRUE(program) << messages;
    EXPECT_EQ(program->coroutines.size(), 3U);
    EXPECT_EQ(program->functions.size(), 1U);
    EXPECT_EQ(program->coroutines[2]->arguments, 2U);
}

TEST(Loader, KeepsNamesOfFunctionsApartFromNamesOfValues) {
    const auto [program, messages] = load(R"toml(
steps = [ { await = "done(done)" } ]
[queue.done]
[coroutine.done]
args = ["x"]
steps = [ { put = "x", item = 1 } ]
)toml");
    EXPECT_TRUE(program) << messages;
}

TEST(Loader, AcceptsStepsAsArrayOfTables) {
    const auto [program, messages] =
        load("[[coroutine.main.steps]]\nsleep = 1\n[[coroutine.main.steps]]\nsleep = 2\n");
    ASSERT_TRUE(program) << messages;
    EXPECT_EQ(program->step_count(), 2U);
}

TEST(Loader, LeavesExpectationsAndThresholdsToOtherCommands) {
    const auto [program, messages] = load(R"toml(
steps = []
[[expect]]
result = "1"
[[expect]]
result = "2"
[thresholds]
"makespan" = "< 5ms"
)toml");
    EXPECT_TRUE(program) << messages;
}

TEST(Loader, WarnsOfHandlersForErrorsThatNothingRaises) {
    const auto [program, messages] = load(R"toml(
steps = [
  { try = [ { raise = "MyLoadError" } ], except = "MyLoadErorr", do = [ "pass" ] },
  { try = [ "pass" ], except = ["ValueEror", "MyLoadError", "KeyError"], do = [ "pass" ] },
]
)toml");
    EXPECT_TRUE(program) << "a warning does not refuse the scenario";
    EXPECT_EQ(messages, R"toml(s.toml:3:51: warning: nothing raises 'MyLoadErorr'; did you mean 'MyLoadError'?
    3 |   { try = [ { raise = "MyLoadError" } ], except = "MyLoadErorr", do = [ "pass" ] },
      |                                                   ^~~~~~~~~~~~~
s.toml:4:33: warning: nothing raises 'ValueEror'; did you mean 'ValueError'?
    4 |   { try = [ "pass" ], except = ["ValueEror", "MyLoadError", "KeyError"], do = [ "pass" ] },
      |                                 ^~~~~~~~~~~
)toml");
}

TEST(Loader, LoadsTenThousandSteps) {
    std::string text = "[queue.q]\n[params]\nn = 3\n[coroutine.main]\nsteps = [\n";
    for (int i = 0; i < 2500; ++i) {
        text += "  { let = { a" + std::to_string(i % 50) + " = \"n * " + std::to_string(i) + " + 1\" } },\n";
        text += "  { if = \"a" + std::to_string(i % 50) + " % 2 == 0\", do = [\n";
        text +=
            "    { put = \"q\", item = \"[a0, 'x']\" },\n    { log = \"step {a0} of {n:.3f}\" },\n  ] },\n";
    }
    text += "]\n";
    const auto [program, messages] = load(text);
    ASSERT_TRUE(program) << messages;
    EXPECT_EQ(program->step_count(), 10'000U);
}

}  // namespace
}  // namespace asyncrun
