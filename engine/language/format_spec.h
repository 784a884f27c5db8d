// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace asyncrun {

/// What stands after the colon in `{x:>8.3f}`, taken apart:
/// [[fill]align][sign][#][0][width][,_][.precision][type] of Python's format mini-language.
struct FormatSpec {
    std::string fill;        ///< one character; empty if not given
    char align = 0;          ///< < > = ^, or 0
    char sign = 0;           ///< + - space, or 0
    bool alternate = false;  ///< #
    bool zero = false;       ///< 0 before the width
    int width = -1;          ///< -1: not given
    char grouping = 0;       ///< , _ or 0
    int precision = -1;      ///< -1: not given
    char type = 0;           ///< one of bcdeEfFgGnosxX%, or 0
};

/// The first thing wrong in a format, as a range of its text.
struct FormatSpecError {
    size_t begin = 0;
    size_t end = 0;
    std::string message;
};

/// Takes a format apart, or says what is wrong with it whatever the value is. Width and precision go up to
/// 10,000.
std::optional<FormatSpecError> parse_format_spec(std::string_view text, FormatSpec& out);

}  // namespace asyncrun
