// SPDX-License-Identifier: MIT
#pragma once

#include "cli/console.h"
#include "engine/interpreter/session.h"

#include <mutex>
#include <string>

namespace asyncrun {

/// Prints the lines of a scenario's log to standard output as they are written: the text alone. Any
/// thread. When nobody can read them any more, the run is interrupted.
class LogPrinter {
  public:
    /// `heading` is a line to print before the first one; may be empty. The console must outlive the printer.
    LogPrinter(Console& console, std::string heading) : console_(console), heading_(std::move(heading)) {}

    void operator()(const LogLine& line);
    /// Whether anything was printed. After the run.
    bool printed() const noexcept { return printed_; }

  private:
    Console& console_;
    std::string heading_;
    std::mutex mutex_;
    bool printed_ = false;
};

}  // namespace asyncrun
