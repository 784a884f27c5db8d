// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/loader.h"
#include "engine/interpreter/program.h"
#include "engine/language/diagnostic.h"
#include "engine/language/source.h"

#include <memory>
#include <string>

namespace asyncrun {

/// A scenario file as far as it could be read and loaded.
struct LoadedScenario {
    std::string path;
    std::unique_ptr<SourceFile> source;        ///< null when the file cannot be read
    std::string unreadable;                    ///< then: why
    std::unique_ptr<Diagnostics> diagnostics;  ///< null with the source
    std::unique_ptr<Program> program;          ///< null when there was an error

    /// What is wrong with it, in a few words: the reason, or how many errors there are.
    std::string problem() const;
};

/// Reads and loads a file. What is wrong with it is in the result.
LoadedScenario load_scenario(const std::string& path, const LoadOptions& options);

}  // namespace asyncrun
