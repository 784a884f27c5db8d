// SPDX-License-Identifier: MIT
#pragma once

#include "engine/measure/clock.h"
#include "engine/runtime/clock.h"

#include <cerrno>
#include <system_error>

#include <sys/prctl.h>
#include <time.h>

namespace asyncrun {

/// Passes a system call's result on; throws std::system_error naming the call if it is negative.
inline int check(int result, const char* call) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), call);
    return result;
}

/// Makes this thread's sleeps exact for its lifetime: Linux otherwise rounds them by 50 µs to group wake-ups.
/// `disabled` leaves the default in force (the command line's --timer-slack).
class ExactTimerSlack {
  public:
    ExactTimerSlack() noexcept : before_(prctl(PR_GET_TIMERSLACK)) {
        if (!disabled) prctl(PR_SET_TIMERSLACK, 1UL);
    }
    ~ExactTimerSlack() {
        if (!disabled && before_ > 0) prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(before_));
    }
    ExactTimerSlack(const ExactTimerSlack&) = delete;
    ExactTimerSlack& operator=(const ExactTimerSlack&) = delete;

    static inline bool disabled = false;

  private:
    int before_;
};

}  // namespace asyncrun
