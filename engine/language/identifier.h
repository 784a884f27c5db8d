// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace asyncrun {

/// `[A-Za-z_][A-Za-z0-9_]*`, reserved or not.
bool is_identifier(std::string_view text);

/// Words that cannot name a variable, a parameter, an object or a function: Python's keywords (a scenario can
/// be exported to Python) and `true false none`.
bool is_reserved_word(std::string_view text);

}  // namespace asyncrun
