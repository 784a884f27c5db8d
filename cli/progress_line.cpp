// SPDX-License-Identifier: MIT
#include "cli/progress_line.h"

#include "engine/report/human.h"

#include <cstdio>

namespace asyncrun {

void ProgressLine::update(const Progress& progress) {
    const double seconds = std::chrono::duration<double>(progress.elapsed).count();
    const double passed = seconds - std::chrono::duration<double>(last_.elapsed).count();
    if (passed > 0) {
        const double now = static_cast<double>(progress.tasks_done - last_.tasks_done) / passed;
        // Ten updates a second: the weight makes it the mean of about the last half second.
        rate_ = last_.elapsed.count() == 0 ? now : rate_ + (now - rate_) * 0.2;
    }
    last_ = progress;
    char elapsed[32];
    std::snprintf(elapsed, sizeof elapsed, "%.1f s", seconds);
    const std::string line =
        what_ + "  " + elapsed + "  tasks: " + human::count(static_cast<double>(progress.tasks_live)) +
        " live, " + human::count(static_cast<double>(progress.tasks_done)) + " done, " + human::rate(rate_);
    // A line that the terminal wraps could not be taken away again.
    console_.show_progress(human::width(line) < console_.error_columns()
                               ? line
                               : human::left(line, console_.error_columns() - 1));
}

}  // namespace asyncrun
