// SPDX-License-Identifier: MIT
#pragma once

#include "engine/language/expression_reporter.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace asyncrun {

enum class TokenKind : uint8_t { name, keyword, integer, real, string, format_string, symbol, unknown, end };

/// A token of an expression: a range of the decoded text.
struct Token {
    TokenKind kind = TokenKind::end;
    size_t begin = 0;
    size_t end = 0;
    std::string_view text;  ///< the range's text; of `end` empty
    uint64_t integer = 0;
    bool too_large = false;  ///< an integer beyond 64 unsigned bits
    double real = 0;

    bool is(std::string_view words) const {
        return (kind == TokenKind::symbol || kind == TokenKind::keyword) && text == words;
    }
};

/// Splits [begin, end) of the reporter's text. What is no token is reported, and becomes an `unknown` one.
/// The last token is `end`.
std::vector<Token> tokenize(ExpressionReporter& reporter, size_t begin, size_t end);

/// Decodes a Python string's content [begin, end), without prefix and quotes: `\n`, `\x41`, `\u00e9`, `\101`
/// …
std::string decode_escapes(ExpressionReporter& reporter, size_t begin, size_t end);

/// The offset behind the quoted string that starts at `quote` (its opening quote), or npos if nothing closes
/// it before `end`.
size_t skip_quoted(std::string_view text, size_t quote, size_t end);

}  // namespace asyncrun
