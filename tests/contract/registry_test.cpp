// SPDX-License-Identifier: MIT
#include "engine/backends/registry.h"

#include <set>
#include <string_view>

#include <gtest/gtest.h>

namespace asyncrun::contract {
namespace {

TEST(Registry, FindsEveryEngineByNameAndAlias) {
    for (const EngineEntry& entry : engines()) {
        EXPECT_EQ(find_engine(entry.name), &entry);
        if (entry.alias.empty()) continue;
        EXPECT_EQ(find_engine(entry.alias), &entry);
    }
    EXPECT_EQ(find_engine("thread-pool"), find_engine("threads"));
    EXPECT_EQ(find_engine("asyncio"), nullptr);
    EXPECT_EQ(find_engine(""), nullptr);
}

TEST(Registry, NamesEachEngineOnceAndSaysWhatItIs) {
    std::set<std::string_view> names;
    for (const EngineEntry& entry : engines()) {
        EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
        EXPECT_FALSE(entry.description.empty());
        EXPECT_EQ(entry.description.find('\n'), std::string_view::npos);
        if (entry.alias.empty()) continue;
        EXPECT_TRUE(names.insert(entry.alias).second) << entry.alias;
    }
}

TEST(Registry, MakesEnginesThatSayWhatTheyCan) {
    const auto made = [](std::string_view name, const EngineOptions& options = {}) {
        return find_engine(name)->make(options)->capabilities();
    };
    EXPECT_TRUE(made("epoll").sockets);
    EXPECT_TRUE(made("libuv").sockets);
    EXPECT_TRUE(made("sim").virtual_time);
    EXPECT_FALSE(made("threads", {.workers = 3}).one_thread);
    EXPECT_EQ(made("threads", {.workers = 3}).workers, 3u);
    EXPECT_GE(made("threads").workers, 1u);
}

TEST(Registry, PassesThePassCostOnToTheSimulator) {
    using namespace std::chrono_literals;
    const auto sim = find_engine("sim")->make({.pass_cost = 7us});
    struct Nothing final : ReadyItem {
        void run() noexcept override {}
    } nothing;
    sim->schedule(nothing);
    EXPECT_EQ(sim->run(), Engine::End::idle);
    EXPECT_EQ(sim->now().time_since_epoch(), 7us);
}

}  // namespace
}  // namespace asyncrun::contract
