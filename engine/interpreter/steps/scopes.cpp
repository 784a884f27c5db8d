// SPDX-License-Identifier: MIT
#include "engine/interpreter/steps/kinds.h"
#include "engine/interpreter/steps/step_support.h"
#include "engine/interpreter/trace_observer.h"

namespace asyncrun::steps {
namespace {

// ---- timeout ----

struct TimeoutStep final : Step {
    ExprCode delay;
    std::optional<Target> as;
};

const Instruction* timeout_enter(Vm& vm, const Instruction& at) {
    const auto& step = operands<TimeoutStep>(at);
    const Value delay = step.delay.eval(vm.evaluation);
    Ref<TimeoutObject> scope;
    if (delay.is_none()) {
        scope = make_ref<TimeoutObject>(never);
    } else {
        const Duration amount = to_duration(delay, "a timeout");
        scope = amount == Duration::max() ? make_ref<TimeoutObject>(never) : make_ref<TimeoutObject>(amount);
    }
    scope->timeout.enter(*vm.task);
    Value value(std::move(scope));
    if (step.as) vm.bind(*step.as, value);
    vm.local(at.slot) = std::move(value);
    return &at + 1;
}

/// The completion's slot is the one before the scope's.
const Instruction* timeout_exit(Vm& vm, const Instruction& at) {
    const Value scope = std::exchange(vm.local(at.slot), Value());
    Value& completion = vm.local(at.label);
    ErrorRef error = completion.is_exception() ? completion.error() : ErrorRef();
    error = static_cast<TimeoutObject&>(scope.object()).timeout.exit(*vm.task, std::move(error));
    if (error) completion = Value(std::move(error));
    return &at + 1;
}

void compile_timeout(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<TimeoutStep>(node);
    step.delay = c.expression(node.operand());
    step.as = c.target(node.operand("as"));
    if (!step.delay) return;
    const uint32_t scope = c.hidden_slot();
    c.emit(timeout_enter, &step, scope);
    c.begin_exit_scope(&step);
    c.block(node.operand("do"));
    const uint32_t completion = c.begin_exit_code(&step);
    c.emit(timeout_exit, &step, scope).label = completion;
    c.end_exit_code(&step);
}

// ---- span ----

struct SpanStep final : Step {
    uint32_t record = 0;
    std::string name;
};

// Two hidden slots: when it began, and its id in the trace.
const Instruction* span_begin(Vm& vm, const Instruction& at) {
    vm.local(at.slot) = Value(vm.session.engine.now().time_since_epoch().count());
    if (vm.session.trace) [[unlikely]]
        vm.local(at.slot + 1) = Value(int64_t{vm.session.trace->span_begin(operands<SpanStep>(at).name)});
    return &at + 1;
}

const Instruction* span_end(Vm& vm, const Instruction& at) {
    const TimePoint begun{Duration{vm.local(at.slot).integer()}};
    if (vm.session.trace) [[unlikely]]
        vm.session.trace->span_end(static_cast<uint32_t>(vm.local(at.slot + 1).integer()));
    vm.session.end_span(operands<SpanStep>(at).record, begun, vm.local(at.label).is_exception());
    return &at + 1;
}

void compile_span(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<SpanStep>(node);
    step.name = c.word(*node.operand());
    step.record = c.span_name(step.name);
    const uint32_t begun = c.hidden_slot();
    c.hidden_slot();
    c.emit(span_begin, &step, begun);
    c.begin_exit_scope(&step);
    c.block(node.operand("do"));
    const uint32_t completion = c.begin_exit_code(&step);
    c.emit(span_end, &step, begun).label = completion;
    c.end_exit_code(&step);
}

// ---- log, mark, count ----

struct TextStep final : Step {
    TemplateCode text;
};

const Instruction* write_log(Vm& vm, const Instruction& at) {
    vm.session.log(operands<TextStep>(at).text.render(vm.evaluation));
    return &at + 1;
}

const Instruction* set_mark(Vm& vm, const Instruction& at) {
    if (vm.session.trace) vm.session.mark(operands<TextStep>(at).text.render(vm.evaluation));
    return &at + 1;
}

void compile_log(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<TextStep>(node);
    step.text = c.text(*node.operand());
    if (const Node* level = node.operand("level")) c.word(*level, node.kind->key("level")->words);
    if (step.text) c.emit(write_log, &step);
}

void compile_mark(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<TextStep>(node);
    step.text = c.text(*node.operand());
    if (step.text) c.emit(set_mark, &step);
}

struct CountStep final : Step {
    uint32_t counter = 0;
    ExprCode by;
};

const Instruction* count_up(Vm& vm, const Instruction& at) {
    const auto& step = operands<CountStep>(at);
    vm.session.count(step.counter, step.by ? step.by.eval(vm.evaluation) : Value(int64_t{1}));
    return &at + 1;
}

void compile_count(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<CountStep>(node);
    step.counter = c.counter(c.word(*node.operand()));
    step.by = c.expression(node.operand("by"));
    c.emit(count_up, &step);
}

}  // namespace

const StepKind timeout{"timeout", false, false, "Bounds the time of its steps: asyncio.timeout. TimeoutError when it is over.",
                       {{"timeout", Operand::expression, true, "seconds; none never expires"},
                        {"do", Operand::block, true, "the steps"},
                        {"as", Operand::binding, false, "the variable for the timeout"}},
                       compile_timeout};

const StepKind span{"span", true, false, "A named duration: a slice in the trace, a histogram in the report.",
                    {{"span", Operand::word, true, "the name"}, {"do", Operand::block, true, "the steps"}},
                    compile_span};

const StepKind log{"log", true, false, "A line for the reader: printed, in the trace, and in the report.",
                   {{"log", Operand::text, true, "the text"},
                    {"level", Operand::word, false, "how important it is", {"debug", "info", "warning", "error"}}},
                   compile_log};

const StepKind mark{"mark", true, false, "An instant in the trace.", {{"mark", Operand::text, true, "its name"}}, compile_mark};

const StepKind count{"count", true, false, "Counts in the report.",
                     {{"count", Operand::word, true, "the counter's name"},
                      {"by", Operand::expression, false, "how much, 1 if absent"}},
                     compile_count};

}  // namespace asyncrun::steps
