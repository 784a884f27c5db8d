// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/engine.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace asyncrun {

/// What a run may choose about its engine. Each engine takes what concerns it.
struct EngineOptions {
    unsigned workers = 0;  ///< threads that run tasks, on engines with several; 0: one per usable core
    Duration pass_cost{};  ///< `sim`: how far the virtual clock moves on with each pass
};

/// One implementation under test.
struct EngineEntry {
    std::string_view name;
    std::string_view alias;        ///< a second name, or empty
    std::string_view description;  ///< one line
    /// Why it cannot run on this machine; empty if it can.
    std::string (*unavailable)();
    /// Throws std::system_error if the system refuses something it needs.
    std::unique_ptr<Engine> (*make)(const EngineOptions& options);
};

/// Every engine, in the order in which they are listed. A new one is a row here and passes tests/contract/.
std::span<const EngineEntry> engines() noexcept;

/// The engine of that name or alias; null if there is none.
const EngineEntry* find_engine(std::string_view name) noexcept;

}  // namespace asyncrun
