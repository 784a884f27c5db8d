// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/engine.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace asyncrun {

/// What engines are made with.
struct EngineOptions {
    unsigned workers = 0;   ///< `threads`: how many; 0 is one per core
    Duration pass_cost{};   ///< `sim`: what each pass of the loop costs
};

/// One row of the table of engines.
struct EngineEntry {
    std::string_view name;
    std::string_view alias;        ///< another name, or empty
    std::string_view description;  ///< one line
    /// Empty if the engine can run here, else the reason why not.
    std::string (*probe)();
    std::unique_ptr<Engine> (*make)(const EngineOptions&);
};

/// All engines that this build knows, in the order in which they are listed and run.
std::span<const EngineEntry> engines();
/// By name or alias; null if there is none.
const EngineEntry* find_engine(std::string_view name);

}  // namespace asyncrun
