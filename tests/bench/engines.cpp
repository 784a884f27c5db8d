// SPDX-License-Identifier: MIT
#include "tests/bench/engines.h"

#include "engine/backends/registry.h"

namespace asyncrun::bench {

std::vector<NamedEngine> engines() {
    std::vector<NamedEngine> found;
    for (const EngineEntry& entry : asyncrun::engines()) {
        if (!entry.unavailable().empty() || entry.name == "sim") continue;
        const auto add = [&](std::string name, unsigned workers) {
            found.push_back(
                {std::move(name), [&entry, workers] { return entry.make({.workers = workers}); }});
        };
        if (entry.name != "threads") {
            add(std::string(entry.name), 0);
            continue;
        }
        for (const unsigned workers : {1u, 2u}) add("threads-" + std::to_string(workers), workers);
    }
    return found;
}

}  // namespace asyncrun::bench
