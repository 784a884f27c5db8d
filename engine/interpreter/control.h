// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/program.h"

/// The instructions of control flow that several step kinds share.
namespace asyncrun::control {

/// Goes to the target.
const Instruction* jump(Vm&, const Instruction&);
/// Goes back to the target; honours an interruption, so that a loop that never suspends can be ended.
const Instruction* jump_back(Vm&, const Instruction&);
const Instruction* return_none(Vm&, const Instruction&);
/// Returns the value in the instruction's slot.
const Instruction* return_slot(Vm&, const Instruction&);
/// Writes into the completion in the slot: a jump to the instruction's label.
const Instruction* set_jump(Vm&, const Instruction&);
/// The body of an exit scope ran to its end.
const Instruction* complete_normally(Vm&, const Instruction&);
/// The end of exit code: goes on as the completion in the slot says.
const Instruction* end_exit(Vm&, const Instruction&);

}  // namespace asyncrun::control
