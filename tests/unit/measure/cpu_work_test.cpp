// SPDX-License-Identifier: MIT
#include "engine/measure/cpu_work.h"

#include "engine/measure/clock.h"

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using namespace std::chrono_literals;

TEST(CpuWork, IsProportionalToTheTimeAskedFor) {
    const uint64_t one = cpu_work::iterations_for(1ms);
    EXPECT_GT(one, 0u);
    EXPECT_NEAR(static_cast<double>(cpu_work::iterations_for(1s)), static_cast<double>(one) * 1000, 1000);
    EXPECT_EQ(cpu_work::iterations_for(0ns), 0u);
    EXPECT_EQ(cpu_work::iterations_for(-5ms), 0u);
}

TEST(CpuWork, UsesTheCpuOfTheCallingThread) {
    cpu_work::calibrate();
    const int64_t before = thread_cpu_ns();
    EXPECT_TRUE(cpu_work::burn(5ms));
    EXPECT_GT(thread_cpu_ns(), before);
}

TEST(CpuWork, GivesUpWhenInterrupted) {
    std::atomic<bool> interrupted{true};
    EXPECT_FALSE(cpu_work::burn(24h, &interrupted));
    interrupted = false;
    EXPECT_TRUE(cpu_work::burn(1ms, &interrupted));
}

TEST(CpuWork, OfNothingIsDoneEvenWhenInterrupted) {
    const std::atomic<bool> interrupted{true};
    EXPECT_TRUE(cpu_work::burn(0ns, &interrupted));
}

}  // namespace
}  // namespace asyncrun
