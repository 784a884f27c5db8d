// SPDX-License-Identifier: MIT
#include "engine/interpreter/steps/kinds.h"
#include "engine/interpreter/steps/step_support.h"
#include "engine/interpreter/trace_observer.h"

#include <cmath>

namespace asyncrun::steps {
namespace {

struct QueueStep final : Step {
    ObjectOperand queue;
    ExprCode item, priority;
    std::optional<Target> as;
};

QueueObject& queue_of(Vm& vm, const QueueStep& step, Value& holder) {
    return expect<QueueObject>(step.queue.get(vm, holder), Kind::queue);
}

/// Only numbers order a priority queue; they are looked at before the queue changes (details B18).
Priority priority_of(Vm& vm, const QueueStep& step, const QueueObject& queue) {
    const bool ordered = queue.queue.order() == QueueOrder::priority;
    if (!step.priority) {
        if (ordered) raise_error("TypeError", "queue " + queue.display() + " orders by priority: 'priority' is missing");
        return {};
    }
    if (!ordered) raise_error("TypeError", "queue " + queue.display() + " has no priorities");
    const Value priority = step.priority.eval(vm.evaluation);
    if (!priority.is_number()) raise_error("TypeError", "a priority is a number, not " + type_name(priority));
    if (priority.is_integral()) return Priority(priority.integer());
    if (std::isnan(priority.real())) raise_error("TypeError", "a priority must not be NaN");
    return Priority(priority.real());
}

void trace_depth(Vm& vm, const QueueObject& queue) {
    if (vm.session.trace) [[unlikely]]
        vm.session.trace->queue_depth(queue.object_name(), queue.queue.size());
}

const Instruction* put_done(Vm& vm, const Instruction& at, QueuePut<Value>&) {
    if (vm.session.trace) [[unlikely]] {
        Value holder;
        trace_depth(vm, queue_of(vm, operands<QueueStep>(at), holder));
    }
    return &at + 1;
}

const Instruction* put_item(Vm& vm, const Instruction& at) {
    const auto& step = operands<QueueStep>(at);
    Value holder;
    QueueObject& queue = queue_of(vm, step, holder);
    Value item = step.item.eval(vm.evaluation);
    const Priority priority = priority_of(vm, step, queue);
    if (queue.queue.try_put(item, priority)) [[likely]] {
        trace_depth(vm, queue);
        return &at + 1;
    }
    return vm.wait<QueuePut<Value>, put_done>(at, Value(Ref<QueueObject>(&queue)), queue.queue, std::move(item), priority);
}

const Instruction* got_item(Vm& vm, const Instruction& at, QueueGet<Value>& op) {
    const auto& step = operands<QueueStep>(at);
    Value item = op.result();
    if (vm.session.trace) [[unlikely]] {
        Value holder;
        trace_depth(vm, queue_of(vm, step, holder));
    }
    vm.bind(step.as, std::move(item));
    return &at + 1;
}

const Instruction* get_item(Vm& vm, const Instruction& at) {
    Value holder;
    const auto& step = operands<QueueStep>(at);
    QueueObject& queue = queue_of(vm, step, holder);
    if (std::optional<Value> item = queue.queue.try_get()) [[likely]] {
        trace_depth(vm, queue);
        vm.bind(step.as, std::move(*item));
        return &at + 1;
    }
    return vm.wait<QueueGet<Value>, got_item>(at, Value(Ref<QueueObject>(&queue)), queue.queue);
}

const Instruction* put_item_nowait(Vm& vm, const Instruction& at) {
    const auto& step = operands<QueueStep>(at);
    require_loop(step);
    Value holder;
    QueueObject& queue = queue_of(vm, step, holder);
    Value item = step.item.eval(vm.evaluation);
    queue.queue.put_nowait(std::move(item), priority_of(vm, step, queue));
    trace_depth(vm, queue);
    return &at + 1;
}

const Instruction* get_item_nowait(Vm& vm, const Instruction& at) {
    const auto& step = operands<QueueStep>(at);
    require_loop(step);
    Value holder;
    QueueObject& queue = queue_of(vm, step, holder);
    Value item = queue.queue.get_nowait();
    trace_depth(vm, queue);
    vm.bind(step.as, std::move(item));
    return &at + 1;
}

const Instruction* finish_item(Vm& vm, const Instruction& at) {
    const auto& step = operands<QueueStep>(at);
    require_loop(step);
    Value holder;
    queue_of(vm, step, holder).queue.task_done();
    return &at + 1;
}

const Instruction* join_queue(Vm& vm, const Instruction& at) {
    Value holder;
    QueueObject& queue = queue_of(vm, operands<QueueStep>(at), holder);
    return vm.wait<QueueJoin, wait_over<QueueJoin>>(at, Value(Ref<QueueObject>(&queue)), queue.queue);
}

template <Instruction::Execute execute>
void compile_queue(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<QueueStep>(node);
    const Node& queue = *node.operand();
    step.queue = ObjectOperand(c.object(queue, {Kind::queue}));
    step.item = c.expression(node.operand("item"));
    step.priority = c.expression(node.operand("priority"));
    step.as = c.target(node.operand("as"));
    c.touches_loop(step);
    if (node.kind->key("item")) {
        // Where the queue is named, whether it orders by priority is known now.
        if (const ObjectDeclaration* declared = c.declared(queue); declared && declared->kind == Kind::queue) {
            const bool ordered = declared->order == "priority";
            if (ordered && !node.operand("priority")) {
                c.diagnostics.error(node.verb, "queue '" + declared->name + "' orders by priority: the key 'priority' is missing");
            } else if (!ordered && node.operand("priority")) {
                c.diagnostics.error(node.node->entry("priority")->key_span, "queue '" + declared->name + "' has no priorities");
            }
        }
    }
    if (step.queue) c.emit(execute, &step);
}

const std::string_view item_doc = "the item";
const std::string_view priority_doc = "its place in a priority queue: smallest first";
const std::string_view queue_doc = "the queue";

}  // namespace

const StepKind put{"put", false, false, "Puts an item into a queue; waits while it is full.",
                   {{"put", Operand::expression, true, queue_doc},
                    {"item", Operand::expression, true, item_doc},
                    {"priority", Operand::expression, false, priority_doc}},
                   compile_queue<put_item>};
const StepKind get{"get", false, false, "Takes an item from a queue; waits while it is empty.",
                   {{"get", Operand::expression, true, queue_doc},
                    {"as", Operand::binding, false, "the variable for the item"}},
                   compile_queue<get_item>};
const StepKind put_nowait{"put_nowait", true, false, "Puts an item into a queue; QueueFull if it is full.",
                          {{"put_nowait", Operand::expression, true, queue_doc},
                           {"item", Operand::expression, true, item_doc},
                           {"priority", Operand::expression, false, priority_doc}},
                          compile_queue<put_item_nowait>};
const StepKind get_nowait{"get_nowait", true, false, "Takes an item from a queue; QueueEmpty if there is none.",
                          {{"get_nowait", Operand::expression, true, queue_doc},
                           {"as", Operand::binding, false, "the variable for the item"}},
                          compile_queue<get_item_nowait>};
const StepKind task_done{"task_done", true, false, "Says that an item taken from the queue is dealt with.",
                         {{"task_done", Operand::expression, true, queue_doc}},
                         compile_queue<finish_item>};
const StepKind join{"join", false, false, "Waits until every item put into the queue is dealt with.",
                    {{"join", Operand::expression, true, queue_doc}},
                    compile_queue<join_queue>};

}  // namespace asyncrun::steps
