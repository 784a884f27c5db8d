// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/evaluation.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace asyncrun {

/// What a builtin function depends on, which decides where it may stand.
enum class BuiltinClass : uint8_t {
    pure,         ///< its arguments alone: allowed in declarations
    random,       ///< draws from the task's stream
    state,        ///< asks a handle
    environment,  ///< asks the run: its clock, tasks, threads
};

/// The arguments may be moved from. Their number is within the builtin's bounds.
using BuiltinFunction = Value (*)(std::span<Value> arguments, Evaluation& evaluation);

/// One function of the language's library.
struct Builtin {
    static constexpr uint8_t any_number = 255;

    const char* name;
    const char* arguments;  ///< as documentation shows them: "a, b", "x[, digits]"
    uint8_t least;
    uint8_t most;  ///< any_number: no limit
    BuiltinClass depends_on;
    BuiltinFunction function;
    const char* summary;  ///< one line
};

/// All of them, in the order in which documentation lists them. Any thread.
std::span<const Builtin> builtins();
/// Null when there is none of that name.
const Builtin* find_builtin(std::string_view name);

}  // namespace asyncrun
