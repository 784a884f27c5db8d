// SPDX-License-Identifier: MIT
#include "cli/timer_slack.h"

#include "engine/backends/system_call.h"

namespace asyncrun {

void keep_default_timer_slack() noexcept { ExactTimerSlack::disabled = true; }

}  // namespace asyncrun
