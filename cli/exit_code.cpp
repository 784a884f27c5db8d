// SPDX-License-Identifier: MIT
#include "cli/exit_code.h"

namespace asyncrun {
namespace {

int rank(ExitCode code) noexcept {
    switch (code) {
        case ExitCode::fine: return 0;
        case ExitCode::failed: return 1;
        case ExitCode::time_limit: return 2;
        case ExitCode::interrupted: return 3;
        case ExitCode::unavailable: return 4;
        case ExitCode::invalid: return 5;
    }
    return 5;
}

}  // namespace

ExitCode worse_of(ExitCode a, ExitCode b) noexcept { return rank(b) > rank(a) ? b : a; }

}  // namespace asyncrun
