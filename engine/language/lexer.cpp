// SPDX-License-Identifier: MIT
#include "engine/language/lexer.h"

#include "engine/language/identifier.h"
#include "engine/language/number_literal.h"
#include "engine/language/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>

namespace asyncrun {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

/// Longest first. Those the language lacks are here too: the parser says what to write instead.
constexpr std::string_view symbols[] = {"**=", "//=", "<<=", ">>=", "...", "===", "!==", "**", "//", "<<",
                                        ">>",  "<=",  ">=",  "==",  "!=",  "<>",  "->",  ":=", "+=", "-=",
                                        "*=",  "/=",  "%=",  "&&",  "||",  "+",   "-",   "*",  "/",  "%",
                                        "<",   ">",   "=",   "(",   ")",   "[",   "]",   "{",  "}",  ",",
                                        ":",   ".",   "&",   "|",   "^",   "~",   "@",   "!",  "?",  ";"};

class Lexer {
  public:
    Lexer(ExpressionReporter& reporter, size_t begin, size_t end)
        : reporter_(reporter), text_(reporter.text().substr(0, end)), i_(begin) {}

    std::vector<Token> run() {
        tokens_.reserve(16);
        while (i_ < text_.size()) {
            const char c = text_[i_];
            if (is_space(c)) {
                ++i_;
            } else if (is_digit(c) || (c == '.' && i_ + 1 < text_.size() && is_digit(text_[i_ + 1]))) {
                number();
            } else if (is_letter(c)) {
                word();
            } else if (c == '\'' || c == '"') {
                string(i_, i_, TokenKind::string);
            } else if (!symbol()) {
                unknown();
            }
        }
        push(TokenKind::end, text_.size());
        return std::move(tokens_);
    }

  private:
    Token& push(TokenKind kind, size_t begin) {
        Token token;
        token.kind = kind;
        token.begin = begin;
        token.end = i_;
        token.text = text_.substr(begin, i_ - begin);
        tokens_.push_back(token);
        return tokens_.back();
    }

    void word() {
        const size_t begin = i_;
        while (i_ < text_.size() && (is_letter(text_[i_]) || is_digit(text_[i_]))) ++i_;
        const std::string_view name = text_.substr(begin, i_ - begin);
        if (i_ < text_.size() && (text_[i_] == '\'' || text_[i_] == '"') && name.size() <= 2) {
            if (name == "f" || name == "F") return string(begin, i_, TokenKind::format_string);
            const auto prefix = [](char c) {
                return std::string_view("rRbBuUfF").find(c) != std::string_view::npos;
            };
            if (std::all_of(name.begin(), name.end(), prefix)) {
                reporter_.error(begin, i_, "the string prefix '" + std::string(name) + "' is not supported",
                                "write '...' or f'...'");
                return string(begin, i_, TokenKind::string);
            }
        }
        push(is_reserved_word(name) ? TokenKind::keyword : TokenKind::name, begin);
    }

    void string(size_t begin, size_t quote, TokenKind kind) {
        const size_t end = skip_quoted(text_, quote, text_.size());
        if (end == std::string_view::npos) {
            reporter_.error(quote, quote + 1, "this quote is never closed",
                            std::string("add a ") + text_[quote] + " at the string's end");
            i_ = text_.size();
            push(TokenKind::string, begin);
            return;
        }
        i_ = end;
        push(kind, begin);
    }

    void digits() {
        while (i_ < text_.size() && is_digit(text_[i_])) ++i_;
    }

    void number() {
        const size_t begin = i_;
        if (text_[i_] == '0' && i_ + 1 < text_.size() &&
            std::string_view("xXoObB").find(text_[i_ + 1]) != std::string_view::npos) {
            word_like();
            reporter_.error(begin, i_, "numbers are written in decimal",
                            "'" + std::string(text_.substr(begin, i_ - begin)) + "' is not");
            push(TokenKind::integer, begin);
            return;
        }
        bool real = false;
        digits();
        if (i_ < text_.size() && text_[i_] == '.') {
            real = true;
            ++i_;
            digits();
        }
        if (i_ < text_.size() && (text_[i_] == 'e' || text_[i_] == 'E')) {
            size_t power = i_ + 1;
            if (power < text_.size() && (text_[power] == '+' || text_[power] == '-')) ++power;
            if (power < text_.size() && is_digit(text_[power])) {
                real = true;
                i_ = power;
                digits();
            }
        }
        const size_t unit = i_;
        const std::string_view value = text_.substr(begin, unit - begin);
        word_like();
        if (i_ > unit) {
            with_unit(begin, unit, value);
        } else if (real) {
            push(TokenKind::real, begin).real = parse_decimal(value, "");
        } else {
            integer(begin, value);
        }
    }

    void word_like() {
        while (i_ < text_.size() && (is_letter(text_[i_]) || is_digit(text_[i_]))) ++i_;
    }

    void with_unit(size_t begin, size_t unit, std::string_view value) {
        const std::string_view name = text_.substr(unit, i_ - unit);
        if (is_unit(name)) {
            push(TokenKind::real, begin).real = parse_decimal(value, name);
            return;
        }
        if (name[0] == '_') {
            reporter_.error(begin, i_, "a number has no '_' between its digits");
        } else {
            reporter_.error(unit, i_, "'" + std::string(name) + "' is not a unit of time", unit_hint(name));
        }
        push(TokenKind::real, begin);
    }

    static std::string unit_hint(std::string_view name) {
        constexpr std::array<std::pair<std::string_view, std::string_view>, 12> known{{{"m", "min"},
                                                                                       {"sec", "s"},
                                                                                       {"secs", "s"},
                                                                                       {"second", "s"},
                                                                                       {"seconds", "s"},
                                                                                       {"msec", "ms"},
                                                                                       {"usec", "us"},
                                                                                       {"nsec", "ns"},
                                                                                       {"minutes", "min"},
                                                                                       {"hr", "h"},
                                                                                       {"hour", "h"},
                                                                                       {"hours", "h"}}};
        for (const auto& [wrong, right] : known) {
            if (wrong == name) return "did you mean '" + std::string(right) + "'?";
        }
        return "the units are " + std::string(unit_names);
    }

    void integer(size_t begin, std::string_view value) {
        if (value.size() > 1 && value[0] == '0' && value.find_first_not_of('0') != std::string_view::npos) {
            reporter_.error(begin, i_, "an integer has no leading zeros");
        }
        Token& token = push(TokenKind::integer, begin);
        const auto result = std::from_chars(value.data(), value.data() + value.size(), token.integer);
        token.too_large = result.ec != std::errc();
    }

    bool symbol() {
        for (const std::string_view candidate : symbols) {
            if (candidate[0] != text_[i_] || text_.substr(i_, candidate.size()) != candidate) continue;
            const size_t begin = i_;
            i_ += candidate.size();
            push(TokenKind::symbol, begin);
            return true;
        }
        return false;
    }

    void unknown() {
        size_t begin = i_;
        const CodePoint first = decode_utf8(text_, i_);
        i_ += first.length;
        std::string hint;
        if (first.value == '#') {
            hint = "expressions have no comments";
            i_ = text_.size();
        } else if (first.value >= 0x2018 && first.value <= 0x201F) {
            hint = "quotes are ' and \"";
            // Up to the quote that answers it, or one character.
            const size_t close = text_.find(first.value < 0x201C ? "\u2019" : "\u201D", i_);
            if (close != std::string_view::npos) i_ = close + 3;
        } else if (first.value >= 0x80) {
            hint = "names are of ASCII letters, digits and '_', text goes in quotes";
            // A word in another script is one error.
            const auto in_word = [](char c) {
                return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
            };
            while (i_ < text_.size() && in_word(text_[i_])) ++i_;
            if (!tokens_.empty() && tokens_.back().end == begin && is_letter(text_[begin - 1])) {
                begin = tokens_.back().begin;
                tokens_.pop_back();
            }
        } else {
            while (i_ < text_.size() && text_[i_] == text_[begin]) ++i_;
        }
        char code[16];
        std::snprintf(code, sizeof code, "U+%04X", static_cast<unsigned>(first.value));
        const bool printable = first.value > 0x20 && first.value != 0x7F;
        std::string symbol;
        append_utf8(symbol, first.value);
        reporter_.error(
            begin, i_,
            "the character " +
                (printable ? "'" + symbol + "'" + (first.value >= 0x80 ? std::string(" (") + code + ")" : "")
                           : std::string(code)) +
                " has no meaning in an expression",
            hint);
        push(TokenKind::unknown, begin);
    }

    ExpressionReporter& reporter_;
    std::string_view text_;
    size_t i_;
    std::vector<Token> tokens_;
};

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::vector<Token> tokenize(ExpressionReporter& reporter, size_t begin, size_t end) {
    return Lexer(reporter, begin, end).run();
}

size_t skip_quoted(std::string_view text, size_t quote, size_t end) {
    for (size_t i = quote + 1; i < end; ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == text[quote]) {
            return i + 1;
        }
    }
    return std::string_view::npos;
}

std::string decode_escapes(ExpressionReporter& reporter, size_t begin, size_t end) {
    const std::string_view text = reporter.text();
    std::string out;
    for (size_t i = begin; i < end;) {
        if (text[i] != '\\' || i + 1 >= end) {
            out += text[i++];
            continue;
        }
        const size_t start = i;
        const char c = text[i + 1];
        i += 2;
        switch (c) {
            case '\n': break;
            case '\\':
            case '\'':
            case '"': out += c; break;
            case 'a': out += '\a'; break;
            case 'b': out += '\b'; break;
            case 'f': out += '\f'; break;
            case 'n': out += '\n'; break;
            case 'r': out += '\r'; break;
            case 't': out += '\t'; break;
            case 'v': out += '\v'; break;
            case 'x':
            case 'u':
            case 'U': {
                const size_t wanted = c == 'x' ? 2 : c == 'u' ? 4 : 8;
                char32_t value = 0;
                size_t digits = 0;
                while (digits < wanted && i < end && hex_value(text[i]) >= 0) {
                    value = value * 16 + static_cast<char32_t>(hex_value(text[i++]));
                    ++digits;
                }
                if (digits < wanted) {
                    reporter.error(
                        start, i,
                        std::string("'\\") + c + "' wants " + std::to_string(wanted) + " hexadecimal digits");
                } else if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
                    reporter.error(start, i, "this is no Unicode character");
                } else {
                    append_utf8(out, value);
                }
                break;
            }
            case 'N': reporter.error(start, i, "characters cannot be given by name", "write \\uXXXX"); break;
            default:
                if (c >= '0' && c <= '7') {
                    char32_t value = static_cast<char32_t>(c - '0');
                    for (int more = 0; more < 2 && i < end && text[i] >= '0' && text[i] <= '7'; ++more) {
                        value = value * 8 + static_cast<char32_t>(text[i++] - '0');
                    }
                    append_utf8(out, value);
                } else {
                    --i;  // the character itself is copied by the next turn
                    reporter.warning(start, start + 1 + decode_utf8(text, i).length,
                                     "unknown escape sequence: the backslash stays",
                                     "write '\\\\' for a backslash");
                    out += '\\';
                    out += text[i++];
                }
                break;
        }
    }
    return out;
}

}  // namespace asyncrun
