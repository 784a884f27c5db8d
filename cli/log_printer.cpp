// SPDX-License-Identifier: MIT
#include "cli/log_printer.h"

#include "engine/interpreter/runner.h"

namespace asyncrun {

void LogPrinter::operator()(const LogLine& line) {
    const std::lock_guard lock(mutex_);
    std::string text;
    if (!printed_ && !heading_.empty()) text = heading_ + "\n";
    printed_ = true;
    text += line.text;
    text += '\n';
    if (!console_.print(text)) interrupt_current_run();
}

}  // namespace asyncrun
