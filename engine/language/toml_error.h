// SPDX-License-Identifier: MIT
#pragma once

#include "engine/language/diagnostic.h"
#include "engine/language/source.h"

#include <cstdint>
#include <string_view>

namespace asyncrun {

/// Reports a syntax error that toml++ found at `place` in this project's words, at the token that is wrong,
/// with what to try: most often a text or an expression without its quotes.
void explain_toml_error(const SourceFile& source, uint32_t place, std::string_view description,
                        Diagnostics& diagnostics);

}  // namespace asyncrun
