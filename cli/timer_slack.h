// SPDX-License-Identifier: MIT
#pragma once

namespace asyncrun {

/// Leaves the kernel's rounding of timers in force in all runs from now on. Before the first run.
void keep_default_timer_slack() noexcept;

}  // namespace asyncrun
