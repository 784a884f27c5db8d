// SPDX-License-Identifier: MIT
#include "engine/interpreter/script_call.h"
#include "engine/interpreter/steps/kinds.h"
#include "engine/interpreter/steps/step_support.h"
#include "engine/sync/shared_wait.h"

namespace asyncrun::steps {
namespace {

struct OffloadStep final : Step {
    CallOperand function;
    ExprCode executor;
    std::optional<Target> as;
};

/// Submits the call. Draws the function's stream from the running one.
Ref<Job> submit_job(Vm& vm, const OffloadStep& step) {
    require_loop(step);
    ScriptCall call(vm, *step.function.callee, *step.function.call);
    const Value which = step.executor ? step.executor.eval(vm.evaluation) : Value();
    Executor& executor = vm.session.executor(which);
    auto job = make_ref<ScriptJob>(std::move(call));
    executor.submit(job);
    return job;
}

const Instruction* offload_done(Vm& vm, const Instruction& at, SharedWait& wait) {
    vm.bind(operands<OffloadStep>(at).as, value_of(wait.future()));
    return &at + 1;
}

const Instruction* offload_call(Vm& vm, const Instruction& at) {
    const auto& step = operands<OffloadStep>(at);
    Ref<FutureBase> job = submit_job(vm, step);
    const Value keep = Value(make_ref<FutureObject>(job, step.function.callee->name));
    return vm.wait<SharedWait, offload_done>(at, keep, std::move(job));
}

const Instruction* submit_call(Vm& vm, const Instruction& at) {
    const auto& step = operands<OffloadStep>(at);
    Ref<FutureBase> job = submit_job(vm, step);
    if (step.as) vm.bind(*step.as, Value(make_ref<FutureObject>(std::move(job), step.function.callee->name)));
    return &at + 1;
}

template <Instruction::Execute execute>
void compile_offload(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<OffloadStep>(node);
    step.function = c.function_call(*node.operand());
    if (const Node* executor = node.operand("executor")) {
        step.executor = executor->is(NodeKind::string) && executor->text() == "none" ? constant_expression(Value())
                                                                                     : c.object(*executor, {Kind::executor});
    }
    step.as = c.target(node.operand("as"));
    c.touches_loop(step);
    c.program.uses_executors = true;
    if (!step.function.call) return;
    c.offloaded(*step.function.callee, node.operand()->span);
    c.emit(execute, &step);
}

struct CallStep final : Step {
    CallOperand function;
    std::optional<Target> as;
};

const Instruction* call_here(Vm& vm, const Instruction& at) {
    const auto& step = operands<CallStep>(at);
    Value value = step.function.code.eval(vm.evaluation);
    if (step.as) vm.bind(*step.as, std::move(value));
    return &at + 1;
}

void compile_call(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<CallStep>(node);
    step.function = c.function_call(*node.operand());
    step.as = c.target(node.operand("as"));
    if (step.function.call) c.emit(call_here, &step);
}

struct CallbackStep final : Step {
    CallOperand function;
    ExprCode delay;
    std::optional<Target> as;
};

const Instruction* queue_callback(Vm& vm, const Instruction& at) {
    const auto& step = operands<CallbackStep>(at);
    require_loop(step);
    ScriptCall call(vm, *step.function.callee, *step.function.call);
    auto handle = asyncrun::call_soon([call = std::move(call)](CallbackHandle&) mutable { call.run_on_loop(); });
    if (step.as) vm.bind(*step.as, Value(make_ref<CallbackObject>(std::move(handle), step.function.callee->name)));
    return &at + 1;
}

const Instruction* arm_callback(Vm& vm, const Instruction& at) {
    const auto& step = operands<CallbackStep>(at);
    require_loop(step);
    const Duration delay = to_duration(step.delay.eval(vm.evaluation), "a delay");
    ScriptCall call(vm, *step.function.callee, *step.function.call);
    auto handle = asyncrun::call_later(delay, [call = std::move(call)](CallbackHandle&) mutable { call.run_on_loop(); });
    if (step.as) vm.bind(*step.as, Value(make_ref<CallbackObject>(std::move(handle), step.function.callee->name)));
    return &at + 1;
}

void compile_callback(BodyCompiler& c, const StepNode& node, const Node* call, const Node* delay) {
    auto& step = c.make_step<CallbackStep>(node);
    if (!call) return;
    c.touches_loop(step);
    step.delay = c.expression(delay);
    step.function = c.function_call(*call);
    step.as = c.target(node.operand("as"));
    if (step.function.call) c.emit(delay ? arm_callback : queue_callback, &step);
}

}  // namespace

const StepKind offload{"offload", false, false, "Runs a function on an executor and waits for its result: loop.run_in_executor.",
                       {{"offload", Operand::call, true, "f(x) of a [function]"},
                        {"executor", Operand::expression, false, "the executor; the default one if absent"},
                        {"as", Operand::binding, false, "the variable for the result"}},
                       compile_offload<offload_call>};
const StepKind submit{"submit", true, false, "Hands a function to an executor and goes on: a future stands for its result.",
                      {{"submit", Operand::call, true, "f(x) of a [function]"},
                       {"executor", Operand::expression, false, "the executor; the default one if absent"},
                       {"as", Operand::binding, false, "the variable for the future"}},
                      compile_offload<submit_call>};
const StepKind call{"call", true, false, "Calls a function here, on this thread.",
                    {{"call", Operand::call, true, "f(x) of a [function]"},
                     {"as", Operand::binding, false, "the variable for the result"}},
                    compile_call};
const StepKind call_soon{"call_soon", true, false, "Has the loop call a function in its next iteration.",
                         {{"call_soon", Operand::call, true, "f(x) of a [function]"},
                          {"as", Operand::binding, false, "the variable for the handle, for cancel"}},
                         [](BodyCompiler& c, const StepNode& n) { compile_callback(c, n, n.operand(), nullptr); }};
const StepKind call_later{"call_later", true, false, "Has the loop call a function after a delay.",
                          {{"call_later", Operand::expression, true, "seconds"},
                           {"func", Operand::call, true, "f(x) of a [function]"},
                           {"as", Operand::binding, false, "the variable for the handle, for cancel"}},
                          [](BodyCompiler& c, const StepNode& n) {
                              compile_callback(c, n, n.operand("func"), n.operand());
                          }};

}  // namespace asyncrun::steps
