// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

#include <time.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace asyncrun {

/// CLOCK_MONOTONIC, the clock of every deadline and duration. About 20-40 ns a read. Any thread.
inline int64_t monotonic_ns() noexcept {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}
inline std::chrono::nanoseconds monotonic_now() noexcept { return std::chrono::nanoseconds(monotonic_ns()); }

/// CPU time that the calling thread has used, user and system. A system call.
inline int64_t thread_cpu_ns() noexcept {
    timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

namespace detail {
bool tsc_is_clock_source() noexcept;
inline const bool ticks_are_tsc = tsc_is_clock_source();
}  // namespace detail

/// Whether `ticks` counts the processor's time stamp counter: only where the kernel itself keeps time by it,
/// since it is then constant, unstopped and the same on every core.
inline bool ticks_are_tsc() noexcept { return detail::ticks_are_tsc; }

/// The cheapest stamp there is, for measured paths: time stamp counter ticks, or else CLOCK_MONOTONIC
/// nanoseconds. Turned into times by a TickScale. Comparable between threads of a process. Not before main.
inline uint64_t ticks() noexcept {
#if defined(__x86_64__)
    if (detail::ticks_are_tsc) [[likely]] {
        return __rdtsc();
    }
#endif
    return static_cast<uint64_t>(monotonic_ns());
}

/// One instant on both clocks.
struct ClockPoint {
    uint64_t ticks = 0;
    int64_t ns = 0;
    /// Reads both, several times, and keeps the reading with the least between them. About 1 us.
    static ClockPoint now() noexcept;
};

/// Converts ticks to CLOCK_MONOTONIC nanoseconds along the line through two instants. The further they lie
/// apart, the better: the run's start and end are good to a few parts per million after some milliseconds.
class TickScale {
  public:
    /// Ticks that are nanoseconds already.
    TickScale() = default;
    /// Exact on both points. Points less than 100 us apart are useless: the scale is then `quick`'s.
    static TickScale between(const ClockPoint& start, const ClockPoint& end);
    /// The process's own scale, measured once, over 2 ms, at first use. Any thread.
    static const TickScale& quick();

    double ns_per_tick() const noexcept { return ns_per_tick_; }
    int64_t to_ns(uint64_t at) const noexcept {
        return origin_.ns + duration_ns(static_cast<int64_t>(at - origin_.ticks));
    }
    int64_t duration_ns(int64_t tick_count) const noexcept {
        return static_cast<int64_t>(static_cast<double>(tick_count) * ns_per_tick_ +
                                    (tick_count < 0 ? -0.5 : 0.5));
    }

  private:
    ClockPoint origin_;
    double ns_per_tick_ = 1.0;
};

}  // namespace asyncrun
