// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// What Python's str methods know of characters, on UTF-8. Tables are those of CPython 3.11 (Unicode 14).
/// Bytes that are not part of valid UTF-8 are taken as one character each and kept as they are.
namespace asyncrun::unicode {

/// A byte that is no UTF-8 decodes to invalid_base + byte, as Python's surrogateescape does.
inline constexpr char32_t invalid_base = 0xDC00;

/// In code points. O(bytes).
int64_t length(std::string_view text) noexcept;
/// The bytes of the code point at `at` (1 for an invalid byte).
size_t sequence_length(std::string_view text, size_t at) noexcept;
/// Decodes the code point at `at` and moves `at` past it.
char32_t decode(std::string_view text, size_t& at) noexcept;
/// Appends a code point; what `decode` made of an invalid byte becomes that byte again.
void append(std::string& out, char32_t c);

/// str.isprintable of one character: what repr leaves as it is.
bool is_printable(char32_t c) noexcept;
/// str.isspace of one character: what strip and split take for blank.
bool is_space(char32_t c) noexcept;
std::string upper(std::string_view text);
std::string lower(std::string_view text);

}  // namespace asyncrun::unicode
