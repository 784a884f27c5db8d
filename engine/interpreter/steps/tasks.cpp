// SPDX-License-Identifier: MIT
#include "engine/interpreter/operations.h"
#include "engine/interpreter/script_call.h"
#include "engine/interpreter/steps/kinds.h"
#include "engine/interpreter/steps/task_support.h"
#include "engine/interpreter/trace_observer.h"
#include "engine/sync/gather.h"
#include "engine/sync/shared_wait.h"

#include <algorithm>

namespace asyncrun::steps {

Ref<VmTask> start_task(Vm& vm, Frame* frame) {
    auto* made = new VmTask(vm.session.runtime, vm.session, frame, vm.evaluation.random->next());
    if (vm.task) {
        if (const Ref<Context>* context = vm.task->context_if_any(); context && *context) made->context() = *context;
    }
    if (this_thread.observer) [[unlikely]]
        this_thread.observer->task_created(*made);
    Ref<VmTask> handle(made);
    schedule(*made);
    return handle;
}

Ref<VmTask> start_task(Vm& vm, CoroutineObject& coroutine) {
    try {
        return start_task(vm, PendingFrame(coroutine).detach());
    } catch (const Exception&) {
        // A coroutine that was taken before: the task is made all the same, and its first step fails (details D1).
        static const Code reused = [] {
            Code code;
            code.instructions.resize(1);
            code.instructions[0].execute = [](Vm&, const Instruction&) -> const Instruction* {
                raise_error("RuntimeError", "cannot reuse already awaited coroutine");
            };
            return code;
        }();
        Ref<VmTask> task = start_task(vm, Frame::make(reused));
        task->stands_for(coroutine.code());
        return task;
    }
}

namespace {

// ---- await ----

struct AwaitStep final : Step {
    CallOperand operand;
    std::optional<Target> as;
};

const Instruction* returned(Vm& vm, const Instruction& at, Value&& value) {
    const auto& step = operands<AwaitStep>(at);
    if (step.as) vm.bind(*step.as, std::move(value));
    return &at + 1;
}

const Instruction* await_call(Vm& vm, const Instruction& at) {
    const auto& step = operands<AwaitStep>(at);
    return vm.enter(PendingFrame(vm, *step.operand.callee, *step.operand.call).detach(), at, returned);
}

const Instruction* awaited(Vm& vm, const Instruction& at, SharedWait& wait) {
    vm.bind(operands<AwaitStep>(at).as, value_of(wait.future()));
    return &at + 1;
}

const Instruction* await_value(Vm& vm, const Instruction& at) {
    const Value value = operands<AwaitStep>(at).operand.code.eval(vm.evaluation);
    if (FutureBase* future = awaitable(value)) return vm.wait<SharedWait, awaited>(at, value, Ref<FutureBase>(future));
    if (value.kind() == Kind::coroutine) {
        return vm.enter(PendingFrame(static_cast<CoroutineObject&>(value.object())).detach(), at, returned);
    }
    raise_error("TypeError", "object " + type_name(value) + " can't be used in 'await' expression");
}

void compile_await(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<AwaitStep>(node);
    step.operand = c.call(*node.operand());
    step.as = c.target(node.operand("as"));
    if (step.operand.code) c.emit(step.operand.call ? await_call : await_value, &step);
}

// ---- several calls: spawn and gather ----

/// Something to be made a task of: a frame, or what is awaitable already.
struct Pending {
    std::optional<PendingFrame> frame;
    Value value;
};

Pending evaluate(Vm& vm, const CallOperand& operand) {
    if (operand.call) return {PendingFrame(vm, *operand.callee, *operand.call), Value()};
    return {std::nullopt, operand.code.eval(vm.evaluation)};
}

struct Loop {
    std::vector<uint32_t> variables;
    ExprCode list;

    /// Runs `each` with the variables set, for every value.
    template <class Each>
    void run(Vm& vm, Each each) const {
        const Value values = list.eval(vm.evaluation);
        if (!values.is_list()) raise_error("TypeError", "'in' takes a list, not " + type_name(values));
        std::vector<Value> parts(variables.size());
        Value item;
        for (int64_t i = 0; values.list().get(i, item); ++i) {
            if ((i & 1023) == 0) vm.poll();
            if (variables.size() == 1) {
                vm.local(variables[0]) = std::move(item);
            } else {
                unpack(item, parts.size(), parts.data());
                for (size_t k = 0; k < parts.size(); ++k) vm.local(variables[k]) = std::move(parts[k]);
            }
            each();
        }
    }
};

/// The `for` and `in` of spawn and gather: their variables exist inside the step only. Opens a scope; the caller closes it.
std::optional<Loop> compile_loop(BodyCompiler& c, const StepNode& node) {
    const Node* names = node.operand("for");
    const Node* list = node.operand("in");
    c.push_scope();
    if (!names && !list) return std::nullopt;
    if (!names || !list) {
        c.diagnostics.error(node.verb, "'for' and 'in' belong together");
        return std::nullopt;
    }
    Loop loop;
    loop.list = c.expression(*list);
    const auto declare = [&](const Node& name) {
        if (!name.is(NodeKind::string)) {
            c.diagnostics.error(name.span, "a variable is a string with its name");
            return;
        }
        loop.variables.push_back(c.declare_temporary(name.text()));
    };
    if (names->is(NodeKind::array)) {
        for (const Node& name : names->items) declare(name);
    } else {
        declare(*names);
    }
    if (loop.variables.empty() || !loop.list) return std::nullopt;
    return loop;
}

// ---- spawn ----

struct SpawnStep final : Step {
    CallOperand operand;
    std::optional<Target> as;
    TemplateCode name;
    std::optional<Loop> loop;
};

Value spawn_one(Vm& vm, const SpawnStep& step) {
    Pending pending = evaluate(vm, step.operand);
    if (!pending.frame && pending.value.kind() != Kind::coroutine) {
        raise_error("TypeError", "a coroutine was expected, got " + type_name(pending.value));
    }
    std::string name;
    if (step.name) name = step.name.render(vm.evaluation);
    const Ref<VmTask> task = pending.frame ? start_task(vm, pending.frame->detach())
                                           : start_task(vm, static_cast<CoroutineObject&>(pending.value.object()));
    if (step.name) {
        task->set_name(std::move(name));
        if (vm.session.trace) vm.session.trace->task_named(*task);
    }
    return step.as ? Value(task->object()) : Value();
}

const Instruction* spawn_tasks(Vm& vm, const Instruction& at) {
    const auto& step = operands<SpawnStep>(at);
    require_loop(step);
    if (!step.loop) {
        vm.bind(step.as, spawn_one(vm, step));
        return &at + 1;
    }
    std::vector<Value> tasks;
    step.loop->run(vm, [&] {
        Value task = spawn_one(vm, step);
        if (step.as) tasks.push_back(std::move(task));
    });
    if (step.as) vm.bind(*step.as, Value(std::move(tasks)));
    return &at + 1;
}

void compile_spawn(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<SpawnStep>(node);
    step.as = c.target(node.operand("as"));
    c.touches_loop(step);
    step.loop = compile_loop(c, node);
    step.operand = c.call(*node.operand());
    step.name = c.text(node.operand("name"));
    c.pop_scope();
    if (step.operand.code) c.emit(spawn_tasks, &step);
}

// ---- gather ----

struct GatherStep final : Step {
    std::vector<CallOperand> operands;
    ExprCode return_exceptions;
    std::optional<Target> as, future;
    std::optional<Loop> loop;
};

Value gathered(FutureBase& future) {
    auto& all = static_cast<GatherFuture&>(future);
    std::vector<Value> results;
    results.reserve(all.size());
    for (size_t i = 0; i < all.size(); ++i) {
        ErrorRef failure = all.failure(i);
        if (all.child(i).is_cancelled()) {
            // CPython makes a new one for the list, with a text in any case.
            failure = make_error(errors::cancelled(), failure->message());
            failure->text_given = true;
        }
        results.push_back(failure ? Value(std::move(failure)) : value_of(all.child(i)));
    }
    return Value(std::move(results));
}

/// A gather whose result is a list of values, for those who await its handle.
const Instruction* gather_done(Vm& vm, const Instruction& at, SharedWait& wait) {
    const auto& step = operands<GatherStep>(at);
    if (step.as) vm.bind(*step.as, gathered(wait.future()));
    return &at + 1;
}

const Instruction* gather_all(Vm& vm, const Instruction& at) {
    const auto& step = operands<GatherStep>(at);
    const bool return_exceptions = step.return_exceptions && step.return_exceptions.eval_truth(vm.evaluation);
    std::vector<Pending> pending;
    const auto evaluate_all = [&] {
        for (const CallOperand& operand : step.operands) {
            Pending one = evaluate(vm, operand);
            if (!one.frame && one.value.is_list()) {
                for (Value& item : one.value.list().items()) pending.push_back({std::nullopt, std::move(item)});
            } else {
                pending.push_back(std::move(one));
            }
        }
    };
    if (step.loop) {
        step.loop->run(vm, evaluate_all);
    } else {
        evaluate_all();
    }
    auto future = GatherFuture::make(pending.size(), return_exceptions);
    std::vector<std::pair<Object*, Ref<VmTask>>> coroutines;  // the same object twice runs once
    for (size_t i = 0; i < pending.size(); ++i) {
        Pending& one = pending[i];
        if (one.frame) {
            future->add(start_task(vm, one.frame->detach()));
        } else if (FutureBase* made = awaitable(one.value)) {
            future->add(Ref<FutureBase>(made));
        } else if (one.value.kind() == Kind::coroutine) {
            auto& coroutine = static_cast<CoroutineObject&>(one.value.object());
            const auto seen = std::find_if(coroutines.begin(), coroutines.end(),
                                           [&](const auto& c) { return c.first == &coroutine; });
            if (seen != coroutines.end()) {
                future->add(seen->second);
            } else {
                coroutines.emplace_back(&coroutine, start_task(vm, coroutine));
                future->add(coroutines.back().second);
            }
        } else {
            future->discard();
            raise_error("TypeError", "An asyncio.Future, a coroutine or an awaitable is required");
        }
    }
    future->start();
    return vm.wait<SharedWait, gather_done>(at, Value(), Ref<FutureBase>(future));
}

void compile_gather(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<GatherStep>(node);
    step.as = c.target(node.operand("as"));
    step.return_exceptions = c.expression(node.operand("return_exceptions"));
    step.loop = compile_loop(c, node);
    const Node& operand = *node.operand();
    if (operand.is(NodeKind::array)) {
        for (const Node& item : operand.items) step.operands.push_back(c.call(item));
    } else {
        step.operands.push_back(c.call(operand));
    }
    c.pop_scope();
    c.emit(gather_all, &step);
}

// ---- cancel ----

struct CancelStep final : Step {
    ExprCode what;
    TemplateCode message;
    std::optional<Target> as;
};

Value cancel_one(const Value& value, const CancelMessage& message) {
    if (FutureBase* future = awaitable(value)) return Value(future->cancel(message));
    if (value.kind() == Kind::handle) return Value(static_cast<CallbackObject&>(value.object()).cancel());
    raise_error("TypeError", "expected a task, a future, a callback's handle or a list of those, not " + type_name(value));
}

const Instruction* cancel_value(Vm& vm, const Instruction& at) {
    const auto& step = operands<CancelStep>(at);
    require_loop(step);
    const Value what = step.what.eval(vm.evaluation);
    CancelMessage message;
    if (step.message) message = step.message.render(vm.evaluation);
    if (what.is_list()) {
        std::vector<Value> answers;
        for (const Value& item : what.list().items()) answers.push_back(cancel_one(item, message));
        if (step.as) vm.bind(*step.as, Value(std::move(answers)));
    } else {
        Value answer = cancel_one(what, message);
        if (step.as) vm.bind(*step.as, std::move(answer));
    }
    return &at + 1;
}

void compile_cancel(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<CancelStep>(node);
    step.what = c.expression(node.operand());
    step.message = c.text(node.operand("message"));
    step.as = c.target(node.operand("as"));
    c.touches_loop(step);
    if (step.what) c.emit(cancel_value, &step);
}

}  // namespace

const StepKind await{"await", false, false, "Calls a coroutine in this task, or waits for a task or future.",
                     {{"await", Operand::call, true, "f(x), or an expression that gives a task, future or coroutine"},
                      {"as", Operand::binding, false, "the variable for the result"}},
                     compile_await};

const StepKind spawn{"spawn", true, false, "Makes a task of a coroutine: create_task. With `for` and `in` one per value.",
                     {{"spawn", Operand::call, true, "f(x)"},
                      {"as", Operand::binding, false, "the variable for the task, with `for` the list of tasks"},
                      {"name", Operand::text, false, "the task's name"},
                      {"for", Operand::scoped, false, "the variable of the repetition, for this step alone"},
                      {"in", Operand::expression, false, "the list of values"}},
                     compile_spawn};

const StepKind gather{"gather", false, false, "Runs awaitables concurrently; their results in the order of the arguments.",
                      {{"gather", Operand::calls, true, "f(x), or an array of calls, tasks and futures"},
                       {"return_exceptions", Operand::expression, false, "errors become results"},
                       {"as", Operand::binding, false, "the variable for the list of results"},
                       {"for", Operand::scoped, false, "the variable of the repetition, for this step alone"},
                       {"in", Operand::expression, false, "the list of values"}},
                      compile_gather};

const StepKind cancel{"cancel", true, false, "Task.cancel, also of a future, a callback's handle, or each of a list.",
                      {{"cancel", Operand::expression, true, "what to cancel"},
                       {"message", Operand::text, false, "the text of the CancelledError"},
                       {"as", Operand::binding, false, "the variable for the answer: whether it was requested"}},
                      compile_cancel};

}  // namespace asyncrun::steps
