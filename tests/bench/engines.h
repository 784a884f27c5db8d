// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/engine.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace asyncrun::bench {

/// An engine under its name in the results.
struct NamedEngine {
    std::string name;
    std::function<std::unique_ptr<Engine>()> make;
};

/// The engines with a real clock that this machine has.
std::vector<NamedEngine> engines();

}  // namespace asyncrun::bench
