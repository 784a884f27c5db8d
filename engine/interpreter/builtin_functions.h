// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/evaluation.h"

#include <span>

/// The library's pure functions, as the table in builtins.cpp names them.
namespace asyncrun::builtin {

using Arguments = std::span<Value>;

// builtins_sequences.cpp
Value range(Arguments, Evaluation&);
Value len(Arguments, Evaluation&);
Value min(Arguments, Evaluation&);
Value max(Arguments, Evaluation&);
Value sum(Arguments, Evaluation&);
Value sorted(Arguments, Evaluation&);
Value reversed(Arguments, Evaluation&);
Value zip(Arguments, Evaluation&);
Value any(Arguments, Evaluation&);
Value all(Arguments, Evaluation&);

// builtins_numbers.cpp
Value to_int(Arguments, Evaluation&);
Value to_float(Arguments, Evaluation&);
Value to_bool(Arguments, Evaluation&);
Value abs(Arguments, Evaluation&);
Value round(Arguments, Evaluation&);

// builtins_text.cpp
Value str(Arguments, Evaluation&);
Value upper(Arguments, Evaluation&);
Value lower(Arguments, Evaluation&);
Value strip(Arguments, Evaluation&);
Value split(Arguments, Evaluation&);
Value join(Arguments, Evaluation&);
Value find(Arguments, Evaluation&);
Value replace(Arguments, Evaluation&);

}  // namespace asyncrun::builtin
