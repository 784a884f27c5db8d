// SPDX-License-Identifier: MIT
#include "engine/backends/registry.h"

#include "engine/backends/epoll/epoll_engine.h"
#include "engine/backends/libuv/libuv_engine.h"
#include "engine/backends/sim/sim_engine.h"
#include "engine/backends/threads/threads_engine.h"

#include <array>

namespace asyncrun {
namespace {

std::string always_available() { return {}; }

constexpr std::array entries{
    EngineEntry{
        "epoll", "", "one thread on Linux epoll: nanosecond waits, edge-triggered I/O",
        &EpollEngine::unavailable,
        [](const EngineOptions&) -> std::unique_ptr<Engine> { return std::make_unique<EpollEngine>(); }},
    EngineEntry{
        "libuv", "",
        "one thread on libuv, the loop of Node.js: its timers (whole milliseconds) and its polls",
        &always_available,
        [](const EngineOptions&) -> std::unique_ptr<Engine> { return std::make_unique<LibuvEngine>(); }},
    EngineEntry{"threads", "thread-pool", "a work-stealing pool: tasks run in parallel; FIFO per object only",
                &always_available,
                [](const EngineOptions& options) -> std::unique_ptr<Engine> {
                    return std::make_unique<ThreadsEngine>(options.workers);
                }},
    EngineEntry{"sim", "", "one thread on a virtual clock: takes no real time to wait and repeats exactly",
                &always_available,
                [](const EngineOptions& options) -> std::unique_ptr<Engine> {
                    return std::make_unique<SimEngine>(options.pass_cost);
                }},
};

}  // namespace

std::span<const EngineEntry> engines() noexcept { return entries; }

const EngineEntry* find_engine(std::string_view name) noexcept {
    for (const EngineEntry& entry : entries) {
        if (name == entry.name || (!entry.alias.empty() && name == entry.alias)) return &entry;
    }
    return nullptr;
}

}  // namespace asyncrun
