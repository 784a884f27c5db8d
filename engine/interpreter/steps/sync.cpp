// SPDX-License-Identifier: MIT
#include "engine/interpreter/steps/kinds.h"
#include "engine/interpreter/steps/step_support.h"
#include "engine/interpreter/steps/task_support.h"

namespace asyncrun::steps {
namespace {

struct ObjectStep final : Step {
    ObjectOperand object;
    std::optional<Target> as;
};

void compile_object(BodyCompiler& c, const StepNode& node, std::initializer_list<Kind> kinds,
                    Instruction::Execute execute) {
    auto& step = c.make_step<ObjectStep>(node);
    step.object = ObjectOperand(c.object(*node.operand(), kinds));
    step.as = c.target(node.operand("as"));
    c.touches_loop(step);
    if (step.object) c.emit(execute, &step);
}

// ---- events ----

const Instruction* event_seen(Vm& vm, const Instruction& at, EventWait&) {
    vm.bind(operands<ObjectStep>(at).as, Value(true));
    return &at + 1;
}

const Instruction* wait_for_object(Vm& vm, const Instruction& at) {
    Value holder;
    const Value& object = operands<ObjectStep>(at).object.get(vm, holder);
    if (awaitable(object)) {
        raise_error("TypeError", "'wait' is for events, conditions and barriers: use 'await' for a " + type_name(object));
    }
    auto& event = expect<EventObject>(object, Kind::event);
    return vm.wait<EventWait, event_seen>(at, object, event.event);
}

const Instruction* set_event(Vm& vm, const Instruction& at) {
    const auto& step = operands<ObjectStep>(at);
    require_loop(step);
    Value holder;
    const Value& object = step.object.get(vm, holder);
    expect<EventObject>(object, Kind::event).event.set();
    return &at + 1;
}

const Instruction* clear_event(Vm& vm, const Instruction& at) {
    const auto& step = operands<ObjectStep>(at);
    require_loop(step);
    Value holder;
    const Value& object = step.object.get(vm, holder);
    expect<EventObject>(object, Kind::event).event.clear();
    return &at + 1;
}

// ---- locks and semaphores ----

template <class Op>
const Instruction* acquired(Vm& vm, const Instruction& at, Op&) {
    vm.bind(operands<ObjectStep>(at).as, Value(true));
    return &at + 1;
}

/// What `with` binds is asyncio's: none.
template <class Op>
const Instruction* entered(Vm& vm, const Instruction& at, Op&) {
    vm.bind(operands<ObjectStep>(at).as, Value());
    return &at + 1;
}

const Instruction* acquire_object(Vm& vm, const Instruction& at) {
    Value holder;
    const Value& object = operands<ObjectStep>(at).object.get(vm, holder);
    if (object.kind() == Kind::semaphore) {
        return vm.wait<SemaphoreAcquire, acquired<SemaphoreAcquire>>(
            at, object, static_cast<SemaphoreObject&>(object.object()).semaphore);
    }
    return vm.wait<LockAcquire, acquired<LockAcquire>>(at, object, expect<LockObject>(object, Kind::lock).lock);
}

void release_one(const Value& object) {
    if (object.kind() == Kind::semaphore) {
        static_cast<SemaphoreObject&>(object.object()).semaphore.release();
    } else {
        expect<LockObject>(object, Kind::lock).lock.release();
    }
}

const Instruction* release_object(Vm& vm, const Instruction& at) {
    const auto& step = operands<ObjectStep>(at);
    require_loop(step);
    Value holder;
    release_one(step.object.get(vm, holder));
    return &at + 1;
}

const Instruction* with_enter(Vm& vm, const Instruction& at) {
    Value& object = vm.local(at.slot);
    Value holder;
    object = operands<ObjectStep>(at).object.get(vm, holder);
    if (object.kind() == Kind::semaphore) {
        return vm.wait<SemaphoreAcquire, entered<SemaphoreAcquire>>(
            at, object, static_cast<SemaphoreObject&>(object.object()).semaphore);
    }
    return vm.wait<LockAcquire, entered<LockAcquire>>(at, object, expect<LockObject>(object, Kind::lock).lock);
}

const Instruction* with_exit(Vm& vm, const Instruction& at) {
    const Value object = std::exchange(vm.local(at.slot), Value());
    release_one(object);
    return &at + 1;
}

void compile_with(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<ObjectStep>(node);
    step.object = ObjectOperand(c.object(*node.operand(), {Kind::lock, Kind::semaphore}));
    step.as = c.target(node.operand("as"));
    if (!step.object) return;
    const uint32_t held = c.hidden_slot();
    c.emit(with_enter, &step, held);
    c.begin_exit_scope(&step);
    c.block(node.operand("do"));
    c.begin_exit_code(&step);
    c.emit(with_exit, &step, held);
    c.end_exit_code(&step);
}

}  // namespace

const StepKind wait{"wait", false, false, "Waits for an event.",
                    {{"wait", Operand::expression, true, "the event"},
                     {"as", Operand::binding, false, "the variable for true"}},
                    [](BodyCompiler& c, const StepNode& n) { compile_object(c, n, {Kind::event}, wait_for_object); }};
const StepKind set{"set", true, false, "Sets an event: all who wait go on.",
                   {{"set", Operand::expression, true, "the event"}},
                   [](BodyCompiler& c, const StepNode& n) { compile_object(c, n, {Kind::event}, set_event); }};
const StepKind clear{"clear", true, false, "Clears an event.",
                     {{"clear", Operand::expression, true, "the event"}},
                     [](BodyCompiler& c, const StepNode& n) { compile_object(c, n, {Kind::event}, clear_event); }};

const StepKind acquire{"acquire", false, false, "Acquires a lock or takes a semaphore's permit, in FIFO order.",
                       {{"acquire", Operand::expression, true, "the lock or semaphore"},
                        {"as", Operand::binding, false, "the variable for true"}},
                       [](BodyCompiler& c, const StepNode& n) {
                           compile_object(c, n, {Kind::lock, Kind::semaphore}, acquire_object);
                       }};
const StepKind release{"release", true, false, "Releases a lock, or gives a semaphore's permit back.",
                       {{"release", Operand::expression, true, "the lock or semaphore"}},
                       [](BodyCompiler& c, const StepNode& n) {
                           compile_object(c, n, {Kind::lock, Kind::semaphore}, release_object);
                       }};
const StepKind with{"with", false, false, "Holds a lock or a semaphore's permit while its steps run.",
                    {{"with", Operand::expression, true, "the lock or semaphore"},
                     {"do", Operand::block, true, "the steps"},
                     {"as", Operand::binding, false, "the variable for what entering gives"}},
                    compile_with};

}  // namespace asyncrun::steps
