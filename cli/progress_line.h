// SPDX-License-Identifier: MIT
#pragma once

#include "cli/console.h"
#include "engine/interpreter/runner.h"

#include <string>

namespace asyncrun {

/// Shows on a terminal how far a run is: "queue on epoll  2.3 s  tasks: 1,000 live, 52,331 done, 23.1 k/s".
/// Taken away when destroyed. `update` is for one thread.
class ProgressLine {
  public:
    /// `what` names the run. The console must outlive the line.
    ProgressLine(Console& console, std::string what) : console_(console), what_(std::move(what)) {}
    ~ProgressLine() { console_.show_progress(""); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void update(const Progress& progress);

  private:
    Console& console_;
    std::string what_;
    Progress last_;
    double rate_ = 0;  ///< tasks that ended in a second, of late
};

}  // namespace asyncrun
