// SPDX-License-Identifier: MIT
#include "engine/interpreter/operations.h"
#include "engine/interpreter/steps/kinds.h"
#include "engine/interpreter/steps/step_support.h"

namespace asyncrun::steps {
namespace {

struct ConditionStep final : Step {
    ExprCode condition;
};

const Instruction* unless(Vm& vm, const Instruction& at) {
    return operands<ConditionStep>(at).condition.eval_truth(vm.evaluation) ? &at + 1 : at.target;
}

const Instruction* loop_if(Vm& vm, const Instruction& at) {
    vm.poll();
    return operands<ConditionStep>(at).condition.eval_truth(vm.evaluation) ? at.target : &at + 1;
}

void compile_if(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<ConditionStep>(node);
    step.condition = c.expression(node.operand());
    const auto otherwise = c.new_label();
    c.emit_jump(unless, &step, otherwise);
    c.block(node.operand("do"));
    if (const Node* branch = node.operand("else")) {
        const auto end = c.new_label();
        c.emit_goto(&step, end);
        c.place(otherwise);
        c.block(branch);
        c.place(end);
    } else {
        c.place(otherwise);
    }
}

void compile_while(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<ConditionStep>(node);
    step.condition = c.expression(node.operand());
    // The test stands at the end, so that a turn costs one jump.
    const auto body = c.new_label(), test = c.new_label(), end = c.new_label();
    c.emit_goto(&step, test);
    c.place(body);
    c.begin_loop(end, test);
    c.block(node.operand("do"));
    c.end_loop();
    c.place(test);
    c.emit_jump(loop_if, &step, body);
    c.block(node.operand("else"));
    c.place(end);
}

struct RepeatStep final : Step {
    ExprCode times;
};

const Instruction* repeat_begin(Vm& vm, const Instruction& at) {
    Value times = operands<RepeatStep>(at).times.eval(vm.evaluation);
    if (!times.is_integral()) raise_error("TypeError", "'repeat' takes a whole number, not " + type_name(times));
    vm.local(at.slot) = Value(times.integer());
    return at.target;
}

const Instruction* repeat_next(Vm& vm, const Instruction& at) {
    vm.poll();
    Value& left = vm.local(at.slot);
    if (left.integer() <= 0) return &at + 1;
    left = Value(left.integer() - 1);
    return at.target;
}

void compile_repeat(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<RepeatStep>(node);
    step.times = c.expression(node.operand());
    const uint32_t left = c.hidden_slot();
    const auto body = c.new_label(), test = c.new_label(), end = c.new_label();
    c.emit_jump(repeat_begin, &step, test, left);
    c.place(body);
    c.begin_loop(end, test);
    c.block(node.operand("do"));
    c.end_loop();
    c.place(test);
    c.emit_jump(repeat_next, &step, body, left);
    c.place(end);
}

struct ForStep final : Step {
    std::vector<Target> variables;
    bool unpack = false;
    ExprCode list;
};

// Two hidden slots: the list, and the position of the next item.
const Instruction* for_begin(Vm& vm, const Instruction& at) {
    Value list = operands<ForStep>(at).list.eval(vm.evaluation);
    if (!list.is_list()) {
        std::vector<Value> items;
        Iteration iteration(list);
        for (Value item; iteration.next(item);) items.push_back(std::move(item));
        list = Value(std::move(items));
    }
    vm.local(at.slot) = std::move(list);
    vm.local(at.slot + 1) = Value(int64_t{0});
    return at.target;
}

const Instruction* for_next(Vm& vm, const Instruction& at) {
    vm.poll();
    const auto& step = operands<ForStep>(at);
    Value& position = vm.local(at.slot + 1);
    Value item;
    if (!vm.local(at.slot).list().get(position.integer(), item)) {
        vm.local(at.slot) = Value();
        return &at + 1;
    }
    position = Value(position.integer() + 1);
    if (!step.unpack) [[likely]] {
        vm.bind(step.variables[0], std::move(item));
    } else {
        std::vector<Value> parts(step.variables.size());
        unpack(item, parts.size(), parts.data());
        for (size_t i = 0; i < parts.size(); ++i) vm.bind(step.variables[i], std::move(parts[i]));
    }
    return at.target;
}

void compile_for(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<ForStep>(node);
    step.list = c.expression(node.operand("in"));
    step.variables = c.targets(node.operand());
    step.unpack = node.operand()->is(NodeKind::array);
    const uint32_t list = c.hidden_slot();
    c.hidden_slot();
    const auto body = c.new_label(), next = c.new_label(), end = c.new_label();
    c.emit_jump(for_begin, &step, next, list);
    c.place(body);
    c.begin_loop(end, next);
    c.block(node.operand("do"));
    c.end_loop();
    c.place(next);
    c.emit_jump(for_next, &step, body, list);
    c.block(node.operand("else"));
    c.place(end);
}

void compile_break(BodyCompiler& c, const StepNode& node) {
    if (!c.in_loop()) {
        c.diagnostics.error(node.verb, "'break' outside a loop");
        return;
    }
    c.leave_by_break(&c.make_step<Step>(node));
}

void compile_continue(BodyCompiler& c, const StepNode& node) {
    if (!c.in_loop()) {
        c.diagnostics.error(node.verb, "'continue' outside a loop");
        return;
    }
    c.leave_by_continue(&c.make_step<Step>(node));
}

struct ReturnStep final : Step {
    ExprCode value;
};

const Instruction* return_value(Vm& vm, const Instruction& at) {
    return vm.leave(operands<ReturnStep>(at).value.eval(vm.evaluation));
}

const Instruction* keep_return_value(Vm& vm, const Instruction& at) {
    const auto& step = operands<ReturnStep>(at);
    vm.local(at.slot) = step.value ? step.value.eval(vm.evaluation) : Value();
    return &at + 1;
}

void compile_return(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<ReturnStep>(node);
    step.value = c.expression(node.operand());
    if (c.return_crosses_exits()) {
        c.emit(keep_return_value, &step, c.return_slot());
        c.leave_by_return(&step);
    } else {
        c.emit(step.value ? return_value : control::return_none, &step);
    }
}

void compile_pass(BodyCompiler&, const StepNode&) {}

}  // namespace

const StepKind if_{"if", true, false, "Runs `do` if the condition is true, else `else`.",
                   {{"if", Operand::expression, true, "the condition"},
                    {"do", Operand::block, false, "the steps if it is true"},
                    {"else", Operand::block, false, "the steps otherwise"}},
                   compile_if};

const StepKind while_{"while", true, false, "Repeats `do` while the condition is true; then `else`, unless it was left by break.",
                      {{"while", Operand::expression, true, "the condition"},
                       {"do", Operand::block, false, "the steps"},
                       {"else", Operand::block, false, "the steps when the condition has become false"}},
                      compile_while};

const StepKind repeat{"repeat", true, false, "Runs `do` so many times; not at all for a negative number.",
                      {{"repeat", Operand::expression, true, "how many times"}, {"do", Operand::block, false, "the steps"}},
                      compile_repeat};

const StepKind for_{"for", true, false,
                    "Runs `do` for each item of a list, also of items appended meanwhile; then `else`, unless it was left by break.",
                    {{"for", Operand::bindings, true, "the variable; an array of them unpacks each item"},
                     {"in", Operand::expression, true, "the list"},
                     {"do", Operand::block, false, "the steps"},
                     {"else", Operand::block, false, "the steps at the end of the list"}},
                    compile_for};

const StepKind break_{"break", true, true, "Leaves the innermost loop.", {}, compile_break};
const StepKind continue_{"continue", true, true, "Goes on with the innermost loop's next turn.", {}, compile_continue};
const StepKind pass{"pass", true, true, "Does nothing.", {}, compile_pass};
const StepKind return_{"return", true, true, "Returns from the coroutine or function, with a value or none.",
                       {{"return", Operand::expression, false, "the value"}},
                       compile_return};

}  // namespace asyncrun::steps
