// SPDX-License-Identifier: MIT
#include "engine/interpreter/builtins.h"

#include "engine/interpreter/builtin_functions.h"
#include "engine/interpreter/operations.h"

#include <unordered_map>

namespace asyncrun {
namespace {

using builtin::Arguments;

template <StateQuery query>
Value ask(Arguments arguments, Evaluation&) {
    const Value& x = arguments[0];
    if (!x.is_handle()) {
        raise_error("TypeError", std::string(query_word(query)) + "() does not take a value of kind '" +
                                     kind_word(x.kind()) + "'");
    }
    return x.handle().query(query);
}

Value random(Arguments, Evaluation& e) { return e.random->random(); }
Value uniform(Arguments a, Evaluation& e) {
    const double low = as_number(a[0]);
    return e.random->uniform(low, as_number(a[1]));
}
Value randint(Arguments a, Evaluation& e) {
    const int64_t low = as_index(a[0]);
    return e.random->randint(low, as_index(a[1]));
}
Value exponential(Arguments a, Evaluation& e) { return e.random->exponential(as_number(a[0])); }
Value normal(Arguments a, Evaluation& e) {
    const double mean = as_number(a[0]);
    return e.random->normal(mean, as_number(a[1]));
}
Value lognormal(Arguments a, Evaluation& e) {
    const double mu = as_number(a[0]);
    return e.random->lognormal(mu, as_number(a[1]));
}
Value choice(Arguments a, Evaluation& e) { return e.random->choice(a[0]); }

Value error_name(Arguments a, Evaluation&) {
    return a[0].is_exception() ? Value(a[0].error()->type().name()) : Value();
}
Value exceptions(Arguments a, Evaluation&) {
    if (!a[0].is_exception() || a[0].error()->members().empty()) {
        raise_error("TypeError", "exceptions() takes an exception group, not " + type_name(a[0]));
    }
    std::vector<Value> members;
    for (const ErrorRef& member : a[0].error()->members()) members.emplace_back(member);
    return Value(std::move(members));
}
Value kind(Arguments a, Evaluation&) { return Value(kind_word(a[0].kind())); }

Value now(Arguments, Evaluation& e) { return e.environment->now(); }
Value task_name(Arguments, Evaluation& e) { return Value(e.environment->task_name()); }
Value task_count(Arguments, Evaluation& e) { return e.environment->task_count(); }
Value thread_count(Arguments, Evaluation& e) { return e.environment->thread_count(); }
Value thread_id(Arguments, Evaluation& e) { return e.environment->thread_id(); }
Value pid(Arguments, Evaluation& e) { return e.environment->pid(); }
Value current_task(Arguments, Evaluation& e) { return e.environment->current_task(); }
Value all_tasks(Arguments, Evaluation& e) { return e.environment->all_tasks(); }

constexpr uint8_t many = Builtin::any_number;
constexpr auto is_pure = BuiltinClass::pure;
constexpr auto draws = BuiltinClass::random;
constexpr auto asks_handle = BuiltinClass::state;
constexpr auto asks_run = BuiltinClass::environment;

constexpr Builtin table[] = {
    {"range", "[start, ]stop[, step]", 1, 3, is_pure, builtin::range,
     "the integers from start (0) up to but without stop"},
    {"len", "x", 1, 1, is_pure, builtin::len,
     "number of items, characters, or objects of a table with copies"},
    {"str", "x", 1, 1, is_pure, builtin::str, "the value as text"},
    {"int", "x", 1, 1, is_pure, builtin::to_int,
     "a number without its fraction, or the integer that a text shows"},
    {"float", "x", 1, 1, is_pure, builtin::to_float, "a number as a float, or the float that a text shows"},
    {"bool", "x", 1, 1, is_pure, builtin::to_bool, "false for none, zero and what is empty"},
    {"abs", "x", 1, 1, is_pure, builtin::abs, "the number without its sign"},
    {"min", "xs, or a, b, ...", 1, many, is_pure, builtin::min, "the smallest of a list or of the arguments"},
    {"max", "xs, or a, b, ...", 1, many, is_pure, builtin::max, "the largest of a list or of the arguments"},
    {"sum", "xs[, start]", 1, 2, is_pure, builtin::sum, "start (0) plus the items, from the left"},
    {"round", "x[, digits]", 1, 2, is_pure, builtin::round, "rounded half to even; an int without digits"},
    {"sorted", "xs", 1, 1, is_pure, builtin::sorted,
     "a new list in ascending order; equal items keep theirs"},
    {"reversed", "xs", 1, 1, is_pure, builtin::reversed, "a new list from the end to the start"},
    {"zip", "xs, ys, ...", 0, many, is_pure, builtin::zip,
     "lists of the first items, the second items, ..., up to the shortest"},
    {"any", "xs", 1, 1, is_pure, builtin::any, "whether an item is true"},
    {"all", "xs", 1, 1, is_pure, builtin::all, "whether every item is true"},
    {"upper", "s", 1, 1, is_pure, builtin::upper, "the text in upper case"},
    {"lower", "s", 1, 1, is_pure, builtin::lower, "the text in lower case"},
    {"strip", "s[, characters]", 1, 2, is_pure, builtin::strip,
     "the text without blanks (or those characters) at its ends"},
    {"split", "s[, sep]", 1, 2, is_pure, builtin::split,
     "the parts of a text between separators, or between blanks"},
    {"join", "sep, xs", 2, 2, is_pure, builtin::join, "the texts of a list with sep between them"},
    {"find", "s, t", 2, 2, is_pure, builtin::find, "where t begins in s, or -1"},
    {"replace", "s, a, b", 3, 3, is_pure, builtin::replace, "the text with b wherever it had a"},
    {"error_name", "e", 1, 1, is_pure, error_name, "an exception's class; none for other values"},
    {"exceptions", "group", 1, 1, is_pure, exceptions, "the members of an ExceptionGroup"},
    {"kind", "x", 1, 1, is_pure, kind, "what the value is: 'int', 'task', 'queue' ..."},
    {"random", "", 0, 0, draws, random, "a float in [0, 1)"},
    {"uniform", "a, b", 2, 2, draws, uniform, "a float between a and b"},
    {"randint", "a, b", 2, 2, draws, randint, "an integer from a to b, both included"},
    {"exponential", "mean", 1, 1, draws, exponential, "exponentially distributed"},
    {"normal", "mean, sd", 2, 2, draws, normal, "normally distributed"},
    {"lognormal", "mu, sigma", 2, 2, draws, lognormal, "exp of a normally distributed number"},
    {"choice", "xs", 1, 1, draws, choice, "an item of the list"},
    {"qsize", "q", 1, 1, asks_handle, ask<StateQuery::qsize>, "items in a queue"},
    {"empty", "q", 1, 1, asks_handle, ask<StateQuery::empty>, "whether a queue holds nothing"},
    {"full", "q", 1, 1, asks_handle, ask<StateQuery::full>, "whether a queue is at its maxsize"},
    {"unfinished", "q", 1, 1, asks_handle, ask<StateQuery::unfinished>,
     "items put for which task_done is still to come"},
    {"is_set", "e", 1, 1, asks_handle, ask<StateQuery::is_set>, "whether an event is set"},
    {"locked", "x", 1, 1, asks_handle, ask<StateQuery::locked>,
     "whether a lock, semaphore or condition cannot be taken at once"},
    {"done", "t", 1, 1, asks_handle, ask<StateQuery::done>, "whether a task or future has ended"},
    {"cancelled", "t", 1, 1, asks_handle, ask<StateQuery::cancelled>,
     "whether a task, future or callback was cancelled"},
    {"cancelling", "t", 1, 1, asks_handle, ask<StateQuery::cancelling>,
     "cancellation requests of a task that were not taken back"},
    {"result", "t", 1, 1, asks_handle, ask<StateQuery::result>,
     "the result of a task or future, or its exception raised"},
    {"exception", "t", 1, 1, asks_handle, ask<StateQuery::exception>,
     "the exception of a task or future, or none"},
    {"name", "t", 1, 1, asks_handle, ask<StateQuery::name>, "the name of a task or object"},
    {"code", "t", 1, 1, asks_handle, ask<StateQuery::code>, "the name of the coroutine that a task runs"},
    {"waiting", "x", 1, 1, asks_handle, ask<StateQuery::waiting>, "tasks suspended in x"},
    {"broken", "b", 1, 1, asks_handle, ask<StateQuery::broken>, "whether a barrier is broken"},
    {"expired", "tm", 1, 1, asks_handle, ask<StateQuery::expired>, "whether a timeout has fired"},
    {"when", "tm", 1, 1, asks_handle, ask<StateQuery::when>, "a timeout's or timer's instant, or none"},
    {"current_task", "", 0, 0, asks_run, current_task, "this task; none outside a task"},
    {"all_tasks", "", 0, 0, asks_run, all_tasks, "the tasks that have not ended"},
    {"now", "", 0, 0, asks_run, now, "seconds since the run began, on the engine's clock"},
    {"task_name", "", 0, 0, asks_run, task_name, "this task's name"},
    {"task_count", "", 0, 0, asks_run, task_count, "tasks that have not ended"},
    {"thread_count", "", 0, 0, asks_run, thread_count, "threads alive"},
    {"thread_id", "", 0, 0, asks_run, thread_id, "this thread's number"},
    {"pid", "", 0, 0, asks_run, pid, "this process's number"},
};

}  // namespace

std::span<const Builtin> builtins() { return table; }

const Builtin* find_builtin(std::string_view name) {
    static const auto* const by_name = [] {
        auto* map = new std::unordered_map<std::string_view, const Builtin*>;
        for (const Builtin& builtin : table) map->emplace(builtin.name, &builtin);
        return map;
    }();
    const auto it = by_name->find(name);
    return it == by_name->end() ? nullptr : it->second;
}

}  // namespace asyncrun
