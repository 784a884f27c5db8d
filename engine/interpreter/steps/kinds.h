// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/step_kind.h"

/// The verbs of the language, one constant each; defined in the file of their family in this folder.
namespace asyncrun::steps {

extern const StepKind let, append;
extern const StepKind if_, while_, repeat, for_, break_, continue_, pass, return_;
extern const StepKind raise, try_, assert_;
extern const StepKind sleep, sleep_until, yield_now, busy, block;
extern const StepKind await, spawn, gather, cancel, timeout;
extern const StepKind wait, set, clear;
extern const StepKind acquire, release, with;
extern const StepKind put, get, put_nowait, get_nowait, task_done, join;
extern const StepKind offload, submit, call, call_soon, call_later;
extern const StepKind log, mark, count, span;

}  // namespace asyncrun::steps
