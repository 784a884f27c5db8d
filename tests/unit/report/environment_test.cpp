// SPDX-License-Identifier: MIT
#include "engine/report/environment.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

TEST(BuildInfo, NamesVersionCommitCompilerAndFlags) {
    const BuildInfo& b = build_info();
    EXPECT_FALSE(b.version.empty());
    EXPECT_FALSE(b.commit.empty());
    EXPECT_NE(b.compiler.find('.'), std::string::npos);
    EXPECT_FALSE(b.build_type.empty());
}

TEST(HostEnvironment, TellsWhatEveryLinuxMachineKnows) {
    const HostEnvironment e = collect_environment({{"libuv", "1.44.2"}});
    EXPECT_EQ(e.kernel.substr(0, 6), "Linux ");
    EXPECT_FALSE(e.architecture.empty());
    EXPECT_GE(e.cores_online, 1);
    EXPECT_GE(e.affinity.size(), 1u);
    EXPECT_TRUE(std::is_sorted(e.affinity.begin(), e.affinity.end()));
    EXPECT_GT(e.memory_bytes, 0);
    EXPECT_EQ(e.libraries.front().second, "1.44.2");
    EXPECT_EQ(e.started.size(), std::string("2024-01-01T00:00:00Z").size());
}

TEST(Calibration, FindsThatEverythingTakesSomeTime) {
    const Calibration c = calibrate_machine();
    for (double ns : {c.resume_suspend_ns, c.clock_read_ns, c.tick_read_ns, c.system_call_ns,
                      c.cross_thread_wake_ns, c.malloc_free_ns, c.free_list_ns, c.took_ms}) {
        EXPECT_GT(ns, 0);
    }
}

}  // namespace
}  // namespace asyncrun
