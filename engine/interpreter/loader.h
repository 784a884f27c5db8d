// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/program.h"
#include "engine/language/diagnostic.h"
#include "engine/language/source.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace asyncrun {

struct LoadOptions {
    /// `-p NAME=VALUE`: replaces a param's value; the text is an expression of constants.
    std::vector<std::pair<std::string, std::string>> params;
};

/// Loads a scenario: reads the tables, resolves every name, compiles every body. Everything that is wrong is
/// reported, not the first thing alone; the result is null if there was an error. The program does not refer
/// to the source. 10,000 steps take well under 100 ms.
std::unique_ptr<Program> load_program(const SourceFile& source, const LoadOptions& options,
                                      Diagnostics& diagnostics);

}  // namespace asyncrun
