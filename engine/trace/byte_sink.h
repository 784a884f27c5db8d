// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string_view>

namespace asyncrun {

/// Where writers put their output, piece by piece. Throws when it cannot take it; the writer then stops.
using ByteSink = std::function<void(std::string_view)>;

}  // namespace asyncrun
