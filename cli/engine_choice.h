// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace asyncrun {

/// An engine as the command line shows it.
struct EngineStatus {
    std::string name;
    std::string alias;  ///< a second name, or empty
    std::string description;
    std::string unavailable;  ///< why it cannot be used here; empty when it can
};

/// Every engine of the registry, probed.
std::vector<EngineStatus> probe_engines();

/// The engines that a run is to use.
struct EngineChoice {
    std::vector<std::string> names;     ///< in the order asked for, each once
    std::vector<EngineStatus> skipped;  ///< those that `all` stood for and that are unavailable
    bool several = false;               ///< more than one was asked for, whatever is available
};
/// Resolves what --engine and [run] engine say: names, several separated by commas, `all`. Throws
/// CommandError: unknown (exit code 2), named and unavailable (5). `known` is what probe_engines gives.
EngineChoice choose_engines(const std::vector<std::string>& asked, const std::vector<EngineStatus>& known);

}  // namespace asyncrun
