// SPDX-License-Identifier: MIT
#include "engine/measure/clock.h"

#include <thread>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

TEST(Clock, NeverRunsBackwards) {
    int64_t last_ns = monotonic_ns();
    uint64_t last_ticks = ticks();
    for (int i = 0; i < 10'000; ++i) {
        const int64_t ns = monotonic_ns();
        const uint64_t t = ticks();
        ASSERT_GE(ns, last_ns);
        ASSERT_GE(t, last_ticks);
        last_ns = ns;
        last_ticks = t;
    }
}

TEST(TickScale, PassesThroughBothOfItsPoints) {
    const ClockPoint start = ClockPoint::now();
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    const ClockPoint end = ClockPoint::now();
    const TickScale scale = TickScale::between(start, end);
    EXPECT_GT(scale.ns_per_tick(), 0);
    EXPECT_NEAR(static_cast<double>(scale.to_ns(start.ticks)), static_cast<double>(start.ns), 1.0);
    EXPECT_NEAR(static_cast<double>(scale.to_ns(end.ticks)), static_cast<double>(end.ns), 1.0);
    EXPECT_LT(scale.to_ns(start.ticks - 1000), start.ns);
}

TEST(TickScale, OfPointsTooCloseTogetherIsTheProcesssOwn) {
    const ClockPoint start = ClockPoint::now();
    const TickScale scale = TickScale::between(start, {start.ticks + 1, start.ns + 77});
    EXPECT_EQ(scale.ns_per_tick(), TickScale::quick().ns_per_tick());
    EXPECT_EQ(scale.to_ns(start.ticks), ticks_are_tsc() ? start.ns : static_cast<int64_t>(start.ticks));
}

TEST(TickScale, TakesTicksForNanosecondsByDefault) {
    const TickScale scale;
    EXPECT_EQ(scale.to_ns(123'456'789), 123'456'789);
    EXPECT_EQ(scale.duration_ns(-5), -5);
}

}  // namespace
}  // namespace asyncrun
