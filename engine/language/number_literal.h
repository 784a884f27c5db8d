// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace asyncrun {

/// The units a number may carry, for messages.
constexpr std::string_view unit_names = "ns us ms s min h";

bool is_unit(std::string_view name);

/// A decimal number (`12`, `0.5`, `1.`, `.5`, `1e3`) times a unit (or none, ""), in seconds: the double
/// nearest to the exact value, so that `9ms` is 0.009. Beyond the range of a double it is infinite or zero,
/// as in Python.
double parse_decimal(std::string_view digits, std::string_view unit);

}  // namespace asyncrun
