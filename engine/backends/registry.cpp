// SPDX-License-Identifier: MIT
#include "engine/backends/registry.h"

#include "engine/backends/epoll/epoll_engine.h"
#include "engine/backends/sim/sim_engine.h"

namespace asyncrun {
namespace {

std::string always() { return {}; }

const EngineEntry table[] = {
    {"epoll", "", "a loop of our own on epoll, with nanosecond waits (the default)", always,
     [](const EngineOptions&) -> std::unique_ptr<Engine> { return std::make_unique<EpollEngine>(); }},
    {"sim", "", "a simulator on a virtual clock: the ideal run, the same on every machine", always,
     [](const EngineOptions& o) -> std::unique_ptr<Engine> { return std::make_unique<SimEngine>(o.pass_cost); }},
};

}  // namespace

std::span<const EngineEntry> engines() { return table; }

const EngineEntry* find_engine(std::string_view name) {
    for (const EngineEntry& entry : table) {
        if (entry.name == name || (!entry.alias.empty() && entry.alias == name)) return &entry;
    }
    return nullptr;
}

}  // namespace asyncrun
