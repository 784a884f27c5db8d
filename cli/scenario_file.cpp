// SPDX-License-Identifier: MIT
#include "cli/scenario_file.h"

#include "engine/language/source_reader.h"

#include <chrono>

#include <spdlog/spdlog.h>

namespace asyncrun {

std::string LoadedScenario::problem() const { return diagnostics ? diagnostics->summary() : unreadable; }

LoadedScenario load_scenario(const std::string& path, const LoadOptions& options) {
    const auto begun = std::chrono::steady_clock::now();
    LoadedScenario loaded;
    loaded.path = path;
    try {
        loaded.source = std::make_unique<SourceFile>(read_source_file(path));
    } catch (const SourceFileError& error) {
        loaded.unreadable = error.reason();
        return loaded;
    }
    loaded.diagnostics = std::make_unique<Diagnostics>(*loaded.source);
    loaded.program = load_program(*loaded.source, options, *loaded.diagnostics);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
    spdlog::info("loaded {} in {:.1f} ms", path, took.count());
    return loaded;
}

}  // namespace asyncrun
