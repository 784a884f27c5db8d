// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/expression_compiler.h"
#include "engine/language/diagnostic.h"
#include "engine/language/document.h"

#include <optional>
#include <string_view>

namespace asyncrun {

/// Compiles a value position of the file: a TOML number, boolean, or array of those as it is, a string as an
/// expression (an array of strings is an array of expressions). Empty after an error.
ExprCode compile_operand(const Node& node, NameResolver& names, Diagnostics& diagnostics);

/// An identifier that is no keyword of Python and none of true, false, none (details C4).
bool is_variable_name(std::string_view name);

}  // namespace asyncrun
