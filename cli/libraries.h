// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace asyncrun {

/// The libraries that are linked, with their versions: for reports.
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace asyncrun
