// SPDX-License-Identifier: MIT
#include "engine/language/format_spec.h"

#include "engine/language/utf8.h"

#include <utility>

namespace asyncrun {

namespace {

constexpr int largest_number = 10'000;
constexpr std::string_view types = "bcdeEfFgGnosxX%";

bool is_align(char c) { return c == '<' || c == '>' || c == '=' || c == '^'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class SpecParser {
  public:
    SpecParser(std::string_view text, FormatSpec& out) : text_(text), out_(out) {}

    std::optional<FormatSpecError> parse() {
        parse_align();
        if (peek() == '+' || peek() == '-' || peek() == ' ') out_.sign = take();
        if (peek() == '#') take(), out_.alternate = true;
        if (peek() == '0') take(), out_.zero = true;
        if (!parse_number("width", out_.width)) return error_;
        if (peek() == ',' || peek() == '_') {
            out_.grouping = take();
            if (peek() == ',' || peek() == '_') return fail(i_, i_ + 1, "a format has one of ',' and '_'");
        }
        const size_t point = i_;
        if (peek() == '.') {
            take();
            if (!parse_number("precision", out_.precision)) return error_;
            if (out_.precision < 0)
                return fail(point, point + 1, "digits are missing after '.' in the format");
        }
        const size_t type = i_;
        if (i_ < text_.size()) {
            if (types.find(peek()) == std::string_view::npos) return unknown_type();
            out_.type = take();
        }
        if (i_ < text_.size())
            return fail(i_, text_.size(),
                        "the format should end after its type '" + std::string(1, out_.type) + "'");
        return check(type, point);
    }

  private:
    char peek() const { return i_ < text_.size() ? text_[i_] : '\0'; }
    char take() { return text_[i_++]; }

    std::optional<FormatSpecError> fail(size_t begin, size_t end, std::string message) {
        error_ = FormatSpecError{begin, end, std::move(message)};
        return error_;
    }

    void parse_align() {
        if (text_.empty()) return;
        const CodePoint first = decode_utf8(text_, 0);
        if (first.length < text_.size() && is_align(text_[first.length])) {
            out_.fill = text_.substr(0, first.length);
            out_.align = text_[first.length];
            i_ = first.length + 1;
        } else if (is_align(text_[0])) {
            out_.align = take();
        }
    }

    bool parse_number(const char* what, int& number) {
        const size_t begin = i_;
        while (is_digit(peek())) {
            number = (number < 0 ? 0 : number) * 10 + (take() - '0');
            if (number > largest_number) {
                while (is_digit(peek())) take();
                fail(begin, i_,
                     std::string("a format's ") + what + " goes up to " + std::to_string(largest_number));
                return false;
            }
        }
        return true;
    }

    std::optional<FormatSpecError> unknown_type() {
        const CodePoint point = decode_utf8(text_, i_);
        const std::string symbol(text_.substr(i_, point.length));
        if (i_ + point.length < text_.size())
            return fail(i_, text_.size(), "'" + std::string(text_.substr(i_)) + "' is not a format");
        return fail(i_, i_ + point.length,
                    "'" + symbol + "' is not a format type, which is one of b c d e E f F g G n o s x X %");
    }

    /// Combinations that no value can be formatted with.
    std::optional<FormatSpecError> check(size_t type, size_t point) {
        const std::string_view integers = "bcdoxX";
        const bool integer = out_.type != 0 && integers.find(out_.type) != std::string_view::npos;
        const std::string name(1, out_.type);
        if (integer && out_.precision >= 0)
            return fail(point, type, "a precision is not allowed with the integer format '" + name + "'");
        const bool ungrouped = out_.type == 's' || out_.type == 'c' || out_.type == 'n' ||
                               (out_.grouping == ',' && integer && out_.type != 'd');
        if (out_.grouping != 0 && out_.type != 0 && ungrouped) {
            return fail(type, type + 1,
                        std::string("'") + out_.grouping + "' is not allowed with the format '" + name + "'");
        }
        if (out_.type == 's' && (out_.sign != 0 || out_.alternate || out_.align == '=')) {
            return fail(0, text_.size(), "a sign, '#' and '=' are not allowed with the format 's'");
        }
        if (out_.type == 'c' && (out_.sign != 0 || out_.alternate)) {
            return fail(0, text_.size(), "a sign and '#' are not allowed with the format 'c'");
        }
        return std::nullopt;
    }

    std::string_view text_;
    FormatSpec& out_;
    size_t i_ = 0;
    std::optional<FormatSpecError> error_;
};

}  // namespace

std::optional<FormatSpecError> parse_format_spec(std::string_view text, FormatSpec& out) {
    out = {};
    return SpecParser(text, out).parse();
}

}  // namespace asyncrun
