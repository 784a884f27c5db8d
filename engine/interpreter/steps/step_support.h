// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/body_compiler.h"
#include "engine/interpreter/control.h"
#include "engine/interpreter/handles.h"
#include "engine/interpreter/vm.h"
#include "engine/offload/worker.h"

#include <string>

/// What the files of step kinds share.
namespace asyncrun::steps {

/// A step's operands, from one of its instructions.
template <class T>
const T& operands(const Instruction& at) noexcept {
    return static_cast<const T&>(*at.step);
}

/// The object behind a value; TypeError if it is of another kind.
template <class T>
T& expect(const Value& value, Kind kind) {
    if (value.kind() != kind) [[unlikely]] {
        raise_error("TypeError", std::string("expected ") + kind_word(kind) + ", not " + type_name(value));
    }
    return static_cast<T&>(value.object());
}

/// An operand that gives an object. A declared one, which lives as long as the run, is read in place: copying it would
/// count references at each use.
class ObjectOperand {
  public:
    ObjectOperand() = default;
    explicit ObjectOperand(ExprCode code) : code_(std::move(code)), declared_(code_.object()) {}
    explicit operator bool() const noexcept { return static_cast<bool>(code_); }
    const Value& get(Vm& vm, Value& holder) const {
        if (declared_ && vm.evaluation.objects) [[likely]]
            return vm.evaluation.objects[*declared_];
        holder = code_.eval(vm.evaluation);
        return holder;
    }

  private:
    ExprCode code_;
    std::optional<uint32_t> declared_;
};

/// Loop objects belong to the loop's thread: RuntimeError in a function that an executor runs.
inline void require_loop(const Step& step) {
    if (this_worker) [[unlikely]] {
        raise_error("RuntimeError", "'" + std::string(step.kind->name) + "' touches the loop from an executor's thread");
    }
}

/// Binds the result of an operation that has one.
template <class StepType, class Op>
const Instruction* bind_result(Vm& vm, const Instruction& at, Op& op) {
    vm.bind(operands<StepType>(at).as, op.result());
    return &at + 1;
}

}  // namespace asyncrun::steps
