// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

namespace asyncrun {

/// An engine's time line: whole nanoseconds since the engine was made. Which physical clock moves it is the engine's
/// affair (CLOCK_MONOTONIC, or a virtual clock).
struct EngineClock {
    using rep = int64_t;
    using period = std::nano;
    using duration = std::chrono::nanoseconds;
    using time_point = std::chrono::time_point<EngineClock>;
    static constexpr bool is_steady = true;
};

using Duration = EngineClock::duration;
using TimePoint = EngineClock::time_point;

/// A deadline that never comes.
inline constexpr TimePoint never = TimePoint::max();

}  // namespace asyncrun
