// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>

namespace asyncrun {

/// What the process tells its caller. 3 and 4 are kept for thresholds and comparisons.
enum class ExitCode : int {
    fine = 0,
    failed = 1,       ///< the scenario failed, or what it gave could not be written
    invalid = 2,      ///< invalid usage or scenario
    unavailable = 5,  ///< an engine is not available here
    time_limit = 124,
    interrupted = 130,
};

/// What to say of several runs: 130 before 124 before 1 before 0.
ExitCode worse_of(ExitCode a, ExitCode b) noexcept;

/// Ends a command with a message for the user and a code; caught once, around the command.
class CommandError : public std::runtime_error {
  public:
    CommandError(ExitCode code, const std::string& message, std::string hint = {})
        : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}

    ExitCode code() const noexcept { return code_; }
    /// What to try; a line of its own, or empty.
    const std::string& hint() const noexcept { return hint_; }

  private:
    ExitCode code_;
    std::string hint_;
};

}  // namespace asyncrun
