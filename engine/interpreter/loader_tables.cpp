// SPDX-License-Identifier: MIT
#include "engine/interpreter/loader_tables.h"

#include <algorithm>

namespace asyncrun {
namespace {

using Shape = TableSpec::Shape;
using Use = TableSpec::Use;

TableKey copies_key() {
    return {"copies", KeyForm::integer, "Declares so many of them, used as NAME[i]; also 1 makes a list."};
}

TableKey args_key() { return {"args", KeyForm::names, "The names of its arguments; none by default."}; }

TableKey steps_key(std::string_view doc) { return {"steps", KeyForm::steps, doc, true}; }

TableSpec not_run(std::string_view name, Shape shape, std::string_view noun, std::string_view doc,
                  Kind object = Kind::none) {
    return {name, shape, Use::not_run, noun, doc, {}, object};
}

std::vector<TableKey> run_keys() {
    return {
        {"engine", KeyForm::text, "The engine that runs the scenario; epoll by default."},
        {"repetitions", KeyForm::integer, "How many measured runs; at least 1."},
        {"warmup", KeyForm::integer, "How many runs come before the measured ones."},
        {"time_limit", KeyForm::seconds, "Ends a run that takes longer."},
        {"debug", KeyForm::flag, "Reports steps that held the loop longer than slow_callback."},
        {"slow_callback", KeyForm::seconds, "What counts as long with debug; 100ms by default."},
        {"entry",
         KeyForm::word,
         "How main is run: as asyncio.run does.",
         false,
         {"run"},
         {"run_until_complete", "run_forever"}},
        {"on_task", KeyForm::text, "A function that is called with each new task.", false, {}, {}, true},
        {"on_report",
         KeyForm::text,
         "A function that is called with the kind and text of each report.",
         false,
         {},
         {},
         true},
        {"pass_cost", KeyForm::seconds,
         "What each pass of the loop costs in virtual time; 0 by default. Real engines ignore it."},
    };
}

std::vector<TableSpec> make_specs() {
    return {
        {"params", Shape::values, Use::runs, "a param",
         "Constants of the scenario: numbers, booleans, or strings with an expression (text is \"'text'\"). "
         "The "
         "command line overrides them: -p NAME=VALUE."},
        {"shared", Shape::values, Use::runs, "a shared variable",
         "Variables that every task sees, with the constants or arrays that they start with."},
        not_run("contextvar", Shape::named, "a context variable",
                "A context variable: a spawned task starts with a copy of its parent's context."),
        not_run("set", Shape::named, "a set", "A shared set of values.", Kind::set),
        {"queue",
         Shape::named,
         Use::runs,
         "a queue",
         "asyncio.Queue, LifoQueue or PriorityQueue.",
         {{"maxsize", KeyForm::integer,
           "put waits while so many items are in it; 0, the default, is unbounded."},
          {"order",
           KeyForm::word,
           "Which item get takes first; fifo by default.",
           false,
           {"fifo", "lifo", "priority"}},
          {"domain", KeyForm::word, "Who may use it: tasks.", false, {"task"}, {"thread", "process"}},
          copies_key()},
         Kind::queue},
        {"event", Shape::named, Use::runs, "an event", "asyncio.Event.", {copies_key()}, Kind::event},
        {"lock", Shape::named, Use::runs, "a lock", "asyncio.Lock.", {copies_key()}, Kind::lock},
        not_run("condition", Shape::named, "a condition", "asyncio.Condition.", Kind::condition),
        {"semaphore",
         Shape::named,
         Use::runs,
         "a semaphore",
         "asyncio.Semaphore or BoundedSemaphore.",
         {{"value", KeyForm::integer, "How many may hold it at once; 1 by default."},
          {"bounded", KeyForm::flag, "A release too many raises ValueError."},
          copies_key()},
         Kind::semaphore},
        not_run("barrier", Shape::named, "a barrier", "asyncio.Barrier.", Kind::barrier),
        not_run("future", Shape::named, "a future", "A future of the loop.", Kind::future),
        {"executor",
         Shape::named,
         Use::runs,
         "an executor",
         "Where offload runs functions.",
         {{"kind", KeyForm::word, "What its workers are.", false, {"thread"}, {"process"}},
          {"workers", KeyForm::integer,
           "How many workers it has at most; min(32, cores + 4) by default, on sim 32. The expression may "
           "use "
           "'cores'."},
          {"default", KeyForm::flag, "Steps that name no executor use this one."},
          copies_key()},
         Kind::executor},
        {"coroutine",
         Shape::named,
         Use::runs,
         "a coroutine",
         "Asynchronous code.",
         {args_key(), steps_key("What it does, step by step.")}},
        not_run("generator", Shape::named, "a generator", "An asynchronous generator."),
        {"function",
         Shape::named,
         Use::runs,
         "a function",
         "Code that never awaits: called, offloaded or used as a callback.",
         {args_key(), steps_key("What it does: synchronous steps alone.")}},
        not_run("context", Shape::named, "a context", "An asynchronous context manager for with."),
        not_run("server", Shape::named, "a server", "A server on the loopback interface.", Kind::server),
        not_run("monitor", Shape::single, "the monitor", "Samples tasks, threads and queues."),
        {"run", Shape::single, Use::runs, "the run", "Defaults that the command line overrides.", run_keys()},
        not_run("logging", Shape::single, "the logging", "What a log step costs the loop."),
        {"expect", Shape::single, Use::judges, "an expectation",
         "What the run must show; asyncrun test checks it. Several [[expect]] tables are alternatives."},
        {"thresholds", Shape::single, Use::judges, "a threshold",
         "Limits that fail the run: \"METRIC\" = \"< 5ms\"."},
    };
}

}  // namespace

const TableKey* TableSpec::key(std::string_view key_name) const noexcept {
    const auto it =
        std::find_if(keys.begin(), keys.end(), [&](const TableKey& k) { return k.name == key_name; });
    return it == keys.end() ? nullptr : &*it;
}

std::span<const TableSpec> table_specs() {
    static const std::vector<TableSpec> specs = make_specs();
    return specs;
}

const TableSpec* find_table_spec(std::string_view name) {
    const auto specs = table_specs();
    const auto it =
        std::find_if(specs.begin(), specs.end(), [&](const TableSpec& t) { return t.name == name; });
    return it == specs.end() ? nullptr : &*it;
}

std::span<const TableKey> top_level_keys() {
    static const std::vector<TableKey> keys = {
        {"name", KeyForm::text, "The scenario's name; the file's stem by default."},
        {"description", KeyForm::text, "What the scenario shows."},
        {"seed", KeyForm::integer, "Where main's random numbers start; 0 by default."},
        {"main", KeyForm::text, "The coroutine that runs first; main by default."},
        {"steps", KeyForm::steps, "The body of main, instead of a [coroutine.main]."},
    };
    return keys;
}

}  // namespace asyncrun
