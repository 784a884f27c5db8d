// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace asyncrun {

/// A duration as people write it on a command line: a decimal number and one of the language's units (ns us
/// ms s min h); without a unit, seconds. "1s", "500ms", "1.5". Nothing if it is none, negative, or beyond 100
/// years.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

}  // namespace asyncrun
