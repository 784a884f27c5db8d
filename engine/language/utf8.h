// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace asyncrun {

/// One code point of a text and the bytes it takes. An invalid byte is one of length 1 with `valid == false`.
struct CodePoint {
    char32_t value = 0;
    size_t length = 0;
    bool valid = false;
};

/// The code point that starts at `offset` (less than the text's size). Overlong forms and surrogates are
/// invalid.
CodePoint decode_utf8(std::string_view text, size_t offset);

/// Appends a code point (not a surrogate, at most U+10FFFF).
void append_utf8(std::string& out, char32_t code_point);

/// The offset of the first byte that is no UTF-8, if there is one.
std::optional<size_t> find_invalid_utf8(std::string_view text);

/// How many terminal columns a code point takes: 0 (combining, control), 1 or 2 (East Asian wide, emoji).
int display_width(char32_t code_point);

}  // namespace asyncrun
