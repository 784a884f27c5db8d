// SPDX-License-Identifier: MIT
#include "engine/interpreter/text_format.h"
#include "engine/interpreter/unicode.h"

#include <algorithm>
#include <charconv>
#include <cmath>

// Follows CPython 3.11, Python/formatter_unicode.c and Python/pystrtod.c.
namespace asyncrun {
namespace {

[[noreturn]] void value_error(std::string message) { raise_error("ValueError", std::move(message)); }

[[noreturn]] void unknown_code(const FormatSpec& spec, const std::string& type) {
    value_error(std::string("Unknown format code '") + spec.type + "' for object of type '" + type + "'");
}

/// What is put around digits: a number's text in parts, so that padding can go between sign and digits.
struct NumberText {
    std::string sign;    ///< "-", "+", " " or nothing
    std::string prefix;  ///< "0x" ...
    std::string digits;  ///< before the point; grouped
    std::string rest;    ///< point, fraction, exponent, percent sign
};

/// Inserts separators every `group` digits from the right, with zeros in front up to `min_width` characters.
std::string group_digits(const std::string& digits, char separator, int group, int64_t min_width) {
    std::string reversed;
    auto remaining = static_cast<int64_t>(digits.size());
    int64_t at = remaining;
    while (true) {
        const int64_t n = std::min<int64_t>(group, std::max({remaining, min_width, int64_t{1}}));
        const int64_t from_digits = std::clamp<int64_t>(remaining, 0, n);
        for (int64_t i = 0; i < from_digits; ++i) reversed += digits[static_cast<size_t>(--at)];
        reversed.append(static_cast<size_t>(n - from_digits), '0');
        remaining -= from_digits;
        min_width -= n;
        if (remaining <= 0 && min_width <= 0) break;
        reversed += separator;
        --min_width;
    }
    std::reverse(reversed.begin(), reversed.end());
    return reversed;
}

/// The 0 before the width counts only if no other fill is given.
bool zero_padded(const FormatSpec& spec) noexcept { return spec.zero && spec.fill.empty(); }

std::string_view fill_of(const FormatSpec& spec) noexcept {
    if (!spec.fill.empty()) return spec.fill;
    return spec.zero ? "0" : " ";
}

char number_align(const FormatSpec& spec) noexcept {
    if (spec.align) return spec.align;
    return zero_padded(spec) ? '=' : '>';
}

void append_padded(std::string& out, std::string_view before, std::string_view body, int64_t length,
                   const FormatSpec& spec, char align) {
    const int64_t padding = std::max<int64_t>(0, spec.width - length);
    const std::string_view pad = fill_of(spec);
    int64_t left = 0;
    if (align == '>') left = padding;
    if (align == '^') left = padding / 2;
    const auto fill = [&](int64_t n) {
        for (int64_t i = 0; i < n; ++i) out += pad;
    };
    fill(left);
    out += before;
    if (align == '=') fill(padding);
    out += body;
    if (align == '<' || align == '^') fill(padding - left);
}

void append_number(std::string& out, NumberText number, const FormatSpec& spec, int group) {
    const char align = number_align(spec);
    const std::string before = number.sign + number.prefix;
    if (spec.grouping && !number.digits.empty()) {
        const auto other = static_cast<int64_t>(before.size() + number.rest.size());
        const bool zeros = fill_of(spec) == "0" && align == '=';
        number.digits = group_digits(number.digits, spec.grouping, group,
                                     zeros ? std::max<int64_t>(0, spec.width - other) : 0);
    }
    const std::string body = number.digits + number.rest;
    append_padded(out, before, body, static_cast<int64_t>(before.size() + body.size()), spec, align);
}

std::string sign_text(bool negative, const FormatSpec& spec) {
    if (negative) return "-";
    return spec.sign == 0 || spec.sign == '-' ? "" : std::string(1, spec.sign);
}

void append_formatted_string(std::string& out, const StringObject& string, const FormatSpec& spec,
                             const std::string& type) {
    if (spec.sign) {
        value_error(spec.sign == ' ' ? "Space not allowed in string format specifier"
                                     : "Sign not allowed in string format specifier");
    }
    if (spec.alternate) value_error("Alternate form (#) not allowed in string format specifier");
    if (spec.align == '=') value_error("'=' alignment not allowed in string format specifier");
    if (spec.type && spec.type != 's') unknown_code(spec, type);
    if (spec.grouping) value_error(std::string("Cannot specify '") + spec.grouping + "' with 's'.");
    const int64_t length =
        spec.precision >= 0 ? std::min<int64_t>(spec.precision, string.length()) : string.length();
    append_padded(out, {}, string.slice(0, length), length, spec, spec.align ? spec.align : '<');
}

void append_formatted_integer(std::string& out, int64_t value, const FormatSpec& spec) {
    if (spec.precision >= 0) value_error("Precision not allowed in integer format specifier");
    if (spec.type == 'c') {
        if (spec.sign) value_error("Sign not allowed with integer format specifier 'c'");
        if (spec.alternate) value_error("Alternate form (#) not allowed with integer format specifier 'c'");
        if (value < 0 || value > 0x10FFFF) raise_error("OverflowError", "%c arg not in range(0x110000)");
        std::string text;
        unicode::append(text, static_cast<char32_t>(value));
        append_padded(out, {}, text, 1, spec, number_align(spec));
        return;
    }
    int base = 10;
    NumberText number;
    switch (spec.type) {
        case 'b': base = 2, number.prefix = "0b"; break;
        case 'o': base = 8, number.prefix = "0o"; break;
        case 'x': base = 16, number.prefix = "0x"; break;
        case 'X': base = 16, number.prefix = "0X"; break;
        default: break;
    }
    if (!spec.alternate) number.prefix.clear();
    number.sign = sign_text(value < 0, spec);
    const uint64_t magnitude = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
    char buffer[72];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, magnitude, base);
    number.digits.assign(buffer, end);
    if (spec.type == 'X') {
        for (char& c : number.digits) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c;
    }
    append_number(out, std::move(number), spec, base == 10 ? 3 : 4);
}

/// The digits of a finite magnitude in one of to_chars' formats with a precision.
std::string digits_of(double magnitude, std::chars_format format, int64_t precision) {
    std::string buffer(static_cast<size_t>(precision) + 340, '\0');
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), magnitude, format,
                                            static_cast<int>(precision));
    buffer.resize(static_cast<size_t>(end - buffer.data()));
    return buffer;
}

/// 'g' with `precision` significant digits; `add_dot_0` is the rule of the empty type: a float looks like a
/// float.
std::string general(double magnitude, int64_t precision, bool alternate, bool add_dot_0) {
    if (precision == 0) precision = 1;
    const std::string text = digits_of(magnitude, std::chars_format::scientific, precision - 1);
    const size_t e = text.find('e');
    int exponent = 0;
    std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), text.data() + text.size(), exponent);
    std::string digits = text.substr(0, 1) + (e > 2 ? text.substr(2, e - 2) : "");
    const int64_t point = exponent + 1;
    const bool use_exponent = point <= -4 || point > precision - (add_dot_0 ? 1 : 0);
    if (!alternate) {
        while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
    }
    if (use_exponent) {
        std::string out = digits.substr(0, 1);
        if (digits.size() > 1 || alternate) out += "." + digits.substr(1);
        return out + text.substr(e);
    }
    std::string out;
    if (point <= 0) {
        out = "0." + std::string(static_cast<size_t>(-point), '0') + digits;
        if (magnitude == 0 && !alternate) out = "0";
    } else {
        const auto whole = static_cast<size_t>(point);
        if (digits.size() < whole) digits.append(whole - digits.size(), '0');
        out = digits.substr(0, whole);
        if (digits.size() > whole || alternate) out += "." + digits.substr(whole);
    }
    if (add_dot_0 && out.find('.') == std::string::npos) out += ".0";
    return out;
}

/// Nothing but digits after the point, as in {x:.3f}: what log lines mostly have, without intermediate
/// strings.
bool is_plain_fixed(const FormatSpec& spec) noexcept {
    return spec.type == 'f' && spec.width < 0 && !spec.sign && !spec.alternate && !spec.grouping &&
           spec.precision < 40;
}

void append_formatted_real(std::string& out, double value, const FormatSpec& spec) {
    int64_t precision = spec.precision;
    if (is_plain_fixed(spec) && std::isfinite(value)) {
        char buffer[400];
        const auto [end, error] =
            std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed,
                          precision < 0 ? 6 : static_cast<int>(precision));
        out.append(buffer, end);
        return;
    }
    const char type = static_cast<char>(spec.type >= 'A' && spec.type <= 'Z' ? spec.type + 32 : spec.type);
    if (type == '%') value *= 100;
    const bool negative = std::signbit(value) && !std::isnan(value);
    const double magnitude = std::fabs(value);
    std::string text;
    if (!std::isfinite(value)) {
        text = std::isnan(value) ? "nan" : "inf";
    } else if (type == 0 && precision < 0) {
        append_real(text, magnitude);
    } else {
        if (precision < 0) precision = 6;
        switch (type) {
            case 'e': text = digits_of(magnitude, std::chars_format::scientific, precision); break;
            case 'f':
            case '%': text = digits_of(magnitude, std::chars_format::fixed, precision); break;
            default: text = general(magnitude, precision, spec.alternate, type == 0);
        }
    }
    if (std::isfinite(value) && spec.alternate && text.find('.') == std::string::npos) {
        text.insert(std::min(text.find('e'), text.size()), 1, '.');
    }
    if (spec.type >= 'A' && spec.type <= 'Z') {
        for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
    NumberText number;
    number.sign = sign_text(negative, spec);
    if (std::isfinite(value)) {
        const size_t whole = std::min(text.find_first_not_of("0123456789"), text.size());
        number.digits = text.substr(0, whole);
        number.rest = text.substr(whole);
    } else {
        number.rest = text;
    }
    if (type == '%') number.rest += '%';
    append_number(out, std::move(number), spec, 3);
}

}  // namespace

void append_formatted(std::string& out, const Value& value, const FormatSpec& spec) {
    if (says_nothing(spec)) {
        append_str(out, value);
        return;
    }
    switch (value.kind()) {
        case Kind::string: append_formatted_string(out, value.string(), spec, "str"); break;
        case Kind::boolean:
        case Kind::integer:
            switch (spec.type) {
                case 0:
                case 'b':
                case 'c':
                case 'd':
                case 'o':
                case 'x':
                case 'X':
                case 'n': append_formatted_integer(out, value.integer(), spec); break;
                case 'e':
                case 'E':
                case 'f':
                case 'F':
                case 'g':
                case 'G':
                case '%': append_formatted_real(out, static_cast<double>(value.integer()), spec); break;
                default: unknown_code(spec, type_name(value));
            }
            break;
        case Kind::real:
            if (spec.type && std::string_view("eEfFgGn%").find(spec.type) == std::string_view::npos) {
                unknown_code(spec, "float");
            }
            append_formatted_real(out, value.real(), spec);
            break;
        default:
            raise_error("TypeError",
                        "unsupported format string passed to " + type_name(value) + ".__format__");
    }
}

}  // namespace asyncrun
