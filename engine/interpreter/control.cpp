// SPDX-License-Identifier: MIT
#include "engine/interpreter/control.h"

#include "engine/interpreter/vm.h"

namespace asyncrun::control {

const Instruction* jump(Vm&, const Instruction& at) { return at.target; }

const Instruction* jump_back(Vm& vm, const Instruction& at) {
    vm.poll();
    return at.target;
}

const Instruction* return_none(Vm& vm, const Instruction&) { return vm.leave(Value()); }

const Instruction* return_slot(Vm& vm, const Instruction& at) {
    Value value = std::move(vm.local(at.slot));
    return vm.leave(value.is_unbound() ? Value() : std::move(value));
}

const Instruction* set_jump(Vm& vm, const Instruction& at) {
    vm.local(at.slot) = Value(int64_t{at.label});
    return &at + 1;
}

const Instruction* complete_normally(Vm& vm, const Instruction& at) {
    vm.local(at.slot) = Value();
    return &at + 1;
}

const Instruction* end_exit(Vm& vm, const Instruction& at) {
    const Value completion = std::exchange(vm.local(at.slot), Value());
    if (completion.is_none()) return &at + 1;
    if (completion.is_exception()) return vm.raise(completion.error(), at, true);
    const Code& code = *vm.frame->code;
    return &code.instructions[code.labels[static_cast<size_t>(completion.integer())]];
}

}  // namespace asyncrun::control
