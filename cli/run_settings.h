// SPDX-License-Identifier: MIT
#pragma once

#include "cli/common_options.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace asyncrun {

/// What `asyncrun run` was told, checked as far as that goes without the scenario. What is absent is taken
/// from the scenario's [run], or else its default.
struct RunSettings {
    CommonOptions common;
    std::string file;
    std::vector<std::pair<std::string, std::string>> params;
    std::optional<uint64_t> seed;

    std::vector<std::string> engines;
    std::optional<unsigned> workers;
    std::optional<int64_t> repetitions;
    std::optional<int64_t> warmup;
    std::optional<std::chrono::nanoseconds> time_limit;
    bool debug = false;
    bool default_timer_slack = false;
    bool ideal = true;

    bool as_json = false;
    std::optional<std::string> directory;  ///< where reports go; absent: results/, which is made
    bool save = true;
    std::string trace;  ///< a file; empty: none
};

/// Runs the scenario as told: prints, writes the files, answers with the exit code. Throws CommandError,
/// FileError.
ExitCode run_scenario(const RunSettings& settings, const std::vector<std::string>& command, Console& console);

}  // namespace asyncrun
