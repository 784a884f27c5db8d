// SPDX-License-Identifier: MIT
#pragma once

#include "engine/report/model.h"

#include <span>
#include <string>

namespace asyncrun {

struct TableOptions {
    size_t width = 80;
    /// ANSI colours; the caller knows about terminals and NO_COLOR.
    bool colour = false;
};

/// The console's view of the reports of one scenario, an engine a column: figures (medians when there are
/// several runs), spans, counters, then results, errors and deadlocks. Engines that do not fit side by side
/// follow below. Ends in a newline.
std::string render_table(std::span<const RunReport> reports, const TableOptions& options = {});

/// An error as Python prints it, "Traceback (most recent call last):" and so on; also used for what is
/// logged.
std::string render_error(const ErrorRecord& error, bool colour = false);
/// Each waiting task, what it waits for, and where.
std::string render_deadlock(const std::vector<DeadlockLine>& lines, const TableOptions& options = {});

}  // namespace asyncrun
