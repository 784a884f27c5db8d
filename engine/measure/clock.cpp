// SPDX-License-Identifier: MIT
#include "engine/measure/clock.h"

#include <fstream>
#include <string>

namespace asyncrun {
namespace detail {

bool tsc_is_clock_source() noexcept {
#if defined(__x86_64__)
    try {
        std::ifstream file("/sys/devices/system/clocksource/clocksource0/current_clocksource");
        std::string name;
        return std::getline(file, name) && name == "tsc";
    } catch (...) {
        return false;
    }
#else
    return false;
#endif
}

}  // namespace detail

ClockPoint ClockPoint::now() noexcept {
    ClockPoint best;
    uint64_t best_gap = ~uint64_t{0};
    for (int i = 0; i < 8; ++i) {
        const uint64_t before = asyncrun::ticks();
        const int64_t ns = monotonic_ns();
        const uint64_t after = asyncrun::ticks();
        if (after - before < best_gap) {
            best_gap = after - before;
            best = {before + best_gap / 2, ns};
        }
    }
    return best;
}

namespace {

constexpr int64_t kQuickSpan_ns = 2'000'000;
constexpr int64_t kLeastSpan_ns = 100'000;

double slope(const ClockPoint& a, const ClockPoint& b) {
    return static_cast<double>(b.ns - a.ns) / static_cast<double>(static_cast<int64_t>(b.ticks - a.ticks));
}

}  // namespace

const TickScale& TickScale::quick() {
    static const TickScale scale = [] {
        TickScale s;
        if (!ticks_are_tsc()) return s;
        const ClockPoint start = ClockPoint::now();
        while (monotonic_ns() - start.ns < kQuickSpan_ns) {
        }
        s.origin_ = start;
        s.ns_per_tick_ = slope(start, ClockPoint::now());
        return s;
    }();
    return scale;
}

TickScale TickScale::between(const ClockPoint& start, const ClockPoint& end) {
    TickScale s;
    s.origin_ = start;
    if (!ticks_are_tsc()) {
        s.origin_ = {};
    } else if (end.ns - start.ns < kLeastSpan_ns || end.ticks <= start.ticks) {
        s.ns_per_tick_ = quick().ns_per_tick_;
    } else {
        s.ns_per_tick_ = slope(start, end);
    }
    return s;
}

}  // namespace asyncrun
