// SPDX-License-Identifier: MIT
#include "engine/measure/process_usage.h"

#include "engine/measure/cpu_work.h"

#include <thread>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using namespace std::chrono_literals;

TEST(UsageMeter, CountsWhatIsUsedSinceItsStart) {
    cpu_work::burn(20ms);
    const ProcessUsage whole = ProcessUsage::now();
    const UsageMeter meter;
    const ProcessUsage nothing = meter.since_start();
    EXPECT_LT(nothing.cpu(), whole.cpu());
    cpu_work::burn(20ms);
    std::this_thread::sleep_for(1ms);
    const ProcessUsage used = meter.since_start();
    EXPECT_GT(used.cpu(), nothing.cpu());
    EXPECT_GT(used.voluntary_switches, nothing.voluntary_switches);
    EXPECT_GT(used.max_rss_bytes, 0);
}

}  // namespace
}  // namespace asyncrun
