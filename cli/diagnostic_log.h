// SPDX-License-Identifier: MIT
#pragma once

#include "cli/console.h"

#include <string>

namespace asyncrun {

/// Sends spdlog's default logger, the log of the tool itself, to standard error, from `level` on (spdlog's
/// words). Never used on a measured path. The console must outlive the logging.
void open_diagnostic_log(Console& console, const std::string& level);

}  // namespace asyncrun
