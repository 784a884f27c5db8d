// SPDX-License-Identifier: MIT
#include "engine/language/identifier.h"

#include <algorithm>
#include <iterator>

namespace asyncrun {

bool is_identifier(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !text.empty() && letter(text[0]) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

bool is_reserved_word(std::string_view text) {
    static constexpr std::string_view words[] = {
        "False",    "None",  "True",   "and",  "as",   "assert", "async", "await",    "break", "class",
        "continue", "def",   "del",    "elif", "else", "except", "false", "finally",  "for",   "from",
        "global",   "if",    "import", "in",   "is",   "lambda", "none",  "nonlocal", "not",   "or",
        "pass",     "raise", "return", "true", "try",  "while",  "with",  "yield"};
    return std::binary_search(std::begin(words), std::end(words), text);
}

}  // namespace asyncrun
