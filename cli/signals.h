// SPDX-License-Identifier: MIT
#pragma once

namespace asyncrun {

/// From now on SIGINT and SIGTERM end the run that is under way, with a report of what happened so far; a
/// second one ends the process at once with exit code 130. A second signal that comes within a fifth of a
/// second is the same one sent twice (to the process and to its group, as timeout(1) does).
void handle_interrupts();
/// Whether such a signal came.
bool interrupt_requested() noexcept;

}  // namespace asyncrun
