// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace asyncrun {

/// Figures as people read them: three significant digits and a unit. Not finite: "–".
namespace human {

/// "850 ns", "1.23 µs", "45.6 ms", "1.50 s", "12.3 min".
std::string duration(double ns);
/// "12", "1,234,567", "123 M".
std::string count(double value);
/// "8.00 KiB", "1.50 GiB".
std::string bytes(double value);
/// "950 /s", "1.23 M/s".
std::string rate(double per_second);
/// "98.4 %" for 0.984.
std::string percent(double ratio);

/// How many columns a terminal needs for UTF-8 text (one for each code point).
size_t width(std::string_view text);
/// The text with spaces on the right or left up to `columns`; too long a text is cut with "…".
std::string left(std::string_view text, size_t columns);
std::string right(std::string_view text, size_t columns);

}  // namespace human
}  // namespace asyncrun
