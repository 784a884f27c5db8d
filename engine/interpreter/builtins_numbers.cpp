// SPDX-License-Identifier: MIT
#include "engine/interpreter/builtin_functions.h"
#include "engine/interpreter/operations.h"
#include "engine/interpreter/text_format.h"
#include "engine/interpreter/unicode.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace asyncrun::builtin {
namespace {

std::string_view without_blanks(std::string_view text) {
    size_t begin = 0;
    for (size_t at = 0; at < text.size();) {
        if (!unicode::is_space(unicode::decode(text, at))) break;
        begin = at;
    }
    size_t end = begin;
    for (size_t at = begin; at < text.size();) {
        if (!unicode::is_space(unicode::decode(text, at))) end = at;
    }
    return text.substr(begin, end - begin);
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// The text without the underscores that Python allows between digits; false if one stands elsewhere.
bool drop_underscores(std::string_view text, std::string& out) {
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '_') {
            out += text[i];
        } else if (i == 0 || i + 1 == text.size() || !is_digit(text[i - 1]) || !is_digit(text[i + 1])) {
            return false;
        }
    }
    return true;
}

[[noreturn]] void too_large() { raise_error("OverflowError", "integer does not fit into 64 bits"); }

int64_t parse_integer(const std::string& text) {
    const auto invalid = [&]() {
        raise_error("ValueError", "invalid literal for int() with base 10: " + to_repr(Value(text)));
    };
    std::string digits;
    if (!drop_underscores(without_blanks(text), digits)) invalid();
    const bool negative = !digits.empty() && digits[0] == '-';
    const std::string_view body =
        std::string_view(digits).substr(!digits.empty() && (negative || digits[0] == '+'));
    if (body.empty() || !std::all_of(body.begin(), body.end(), is_digit)) invalid();
    uint64_t magnitude = 0;
    const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), magnitude);
    constexpr uint64_t limit = uint64_t{1} << 63;
    if (error != std::errc() || magnitude > limit || (magnitude == limit && !negative)) too_large();
    return static_cast<int64_t>(negative ? 0 - magnitude : magnitude);
}

/// What decimal digits too large or too small for a double are: infinity or zero.
double beyond_doubles(std::string_view digits) {
    const size_t e = std::min(digits.find_first_of("eE"), digits.size());
    const size_t point = std::min(digits.substr(0, e).find('.'), e);
    const size_t first = digits.substr(0, e).find_first_of("123456789");
    if (first == std::string_view::npos) return 0.0;
    const double place =
        first < point ? static_cast<double>(point - first) : -static_cast<double>(first - point);
    if (e == digits.size()) return place > 0 ? std::numeric_limits<double>::infinity() : 0.0;
    std::string_view exponent = digits.substr(e + 1);
    const bool negative = exponent.front() == '-';
    if (negative || exponent.front() == '+') exponent.remove_prefix(1);
    double power = 0;
    for (const char c : exponent) power = power * 10 + (c - '0');
    return place + (negative ? -power : power) > 0 ? std::numeric_limits<double>::infinity() : 0.0;
}

double parse_real(const std::string& text) {
    const auto invalid = [&]() {
        raise_error("ValueError", "could not convert string to float: " + to_repr(Value(text)));
    };
    std::string digits;
    if (!drop_underscores(without_blanks(text), digits)) invalid();
    const bool negative = !digits.empty() && digits[0] == '-';
    const std::string_view body =
        std::string_view(digits).substr(!digits.empty() && (negative || digits[0] == '+'));
    const std::string word = unicode::lower(body);
    double value = 0;
    if (word == "inf" || word == "infinity") {
        value = std::numeric_limits<double>::infinity();
    } else if (word == "nan") {
        value = std::numeric_limits<double>::quiet_NaN();
    } else {
        if (body.empty() || !(is_digit(body[0]) || body[0] == '.')) invalid();
        const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), value);
        if (error == std::errc::invalid_argument || end != body.data() + body.size()) invalid();
        if (error == std::errc::result_out_of_range) value = beyond_doubles(body);
    }
    return negative ? -value : value;
}

int64_t integer_of(double value, const char* what) {
    if (std::isnan(value)) raise_error("ValueError", std::string("cannot convert float NaN to ") + what);
    if (std::isinf(value))
        raise_error("OverflowError", std::string("cannot convert float infinity to ") + what);
    if (value >= 0x1p63 || value < -0x1p63) too_large();
    return static_cast<int64_t>(value);
}

/// The magnitude rounded half to even at 10^places, from its exact decimal digits.
double round_to_tens(double magnitude, int64_t places) {
    if (places > 310) return 0.0;
    char buffer[1500];
    const auto [end, error] =
        std::to_chars(buffer, buffer + sizeof buffer, magnitude, std::chars_format::fixed, 1080);
    const std::string_view exact(buffer, end);
    const size_t point = exact.find('.');
    std::string whole(exact.substr(0, point));
    const auto cut = static_cast<size_t>(places);
    if (whole.size() < cut) return 0.0;
    if (whole.size() == cut) whole.insert(0, 1, '0');
    const size_t kept = whole.size() - cut;
    const bool above_half_digit = whole[kept] > '5';
    const bool at_half_digit = whole[kept] == '5';
    const bool more = whole.find_first_not_of('0', kept + 1) != std::string::npos ||
                      exact.substr(point + 1).find_first_not_of('0') != std::string_view::npos;
    const bool odd = (whole[kept - 1] - '0') % 2 != 0;
    std::fill(whole.begin() + static_cast<ptrdiff_t>(kept), whole.end(), '0');
    if (above_half_digit || (at_half_digit && (more || odd))) {
        size_t at = kept;
        while (at > 0 && whole[at - 1] == '9') whole[--at] = '0';
        if (at > 0) {
            ++whole[at - 1];
        } else {
            whole.insert(0, 1, '1');
        }
    }
    double value = 0;
    const auto [parsed, failed] = std::from_chars(whole.data(), whole.data() + whole.size(), value);
    if (failed == std::errc::result_out_of_range) return std::numeric_limits<double>::infinity();
    return value;
}

double round_real(double value, int64_t digits) {
    if (!std::isfinite(value) || value == 0 || digits > 323) return value;
    const double magnitude = std::fabs(value);
    double rounded = 0;
    if (digits >= 0) {
        char buffer[700];
        const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, magnitude,
                                                std::chars_format::fixed, static_cast<int>(digits));
        if (std::from_chars(buffer, end, rounded).ec == std::errc::result_out_of_range) rounded = 0;
    } else {
        rounded = round_to_tens(magnitude, digits < -1000 ? 1000 : -digits);
    }
    if (std::isinf(rounded)) raise_error("OverflowError", "rounded value too large to represent");
    return std::copysign(rounded, value);
}

int64_t round_integer(int64_t value, int64_t digits) {
    if (digits >= 0) return value;
    if (digits < -19) return 0;
    __extension__ using Wide = __int128;
    Wide unit = 1;
    for (int64_t i = 0; i < -digits; ++i) unit *= 10;
    Wide quotient = value / unit;
    Wide remainder = value % unit;
    if (remainder < 0) {
        remainder += unit;
        --quotient;
    }
    if (remainder * 2 > unit || (remainder * 2 == unit && quotient % 2 != 0)) ++quotient;
    const Wide result = quotient * unit;
    if (result > std::numeric_limits<int64_t>::max() || result < std::numeric_limits<int64_t>::min())
        too_large();
    return static_cast<int64_t>(result);
}

}  // namespace

Value to_int(Arguments arguments, Evaluation&) {
    const Value& x = arguments[0];
    if (x.is_integral()) return x.integer();
    if (x.is_real()) return integer_of(x.real(), "integer");
    if (x.is_string()) return parse_integer(x.text());
    raise_error("TypeError", "int() argument must be a string, a bytes-like object or a real number, not '" +
                                 type_name(x) + "'");
}

Value to_float(Arguments arguments, Evaluation&) {
    const Value& x = arguments[0];
    if (x.is_number()) return x.number();
    if (x.is_string()) return parse_real(x.text());
    raise_error("TypeError",
                "float() argument must be a string or a real number, not '" + type_name(x) + "'");
}

Value to_bool(Arguments arguments, Evaluation&) { return truth(arguments[0]); }

Value abs(Arguments arguments, Evaluation&) {
    const Value& x = arguments[0];
    if (x.is_real()) return std::fabs(x.real());
    if (!x.is_integral()) raise_error("TypeError", "bad operand type for abs(): '" + type_name(x) + "'");
    if (x.integer() == std::numeric_limits<int64_t>::min()) too_large();
    return x.integer() < 0 ? -x.integer() : x.integer();
}

Value round(Arguments arguments, Evaluation&) {
    const Value& x = arguments[0];
    if (!x.is_number()) raise_error("TypeError", "type " + type_name(x) + " doesn't define __round__ method");
    const bool has_digits = arguments.size() > 1 && !arguments[1].is_none();
    if (!has_digits) {
        if (!x.is_real()) return x.integer();
        const double floored = std::floor(x.real());
        const double above = x.real() - floored;
        const bool up = above > 0.5 || (above == 0.5 && std::fmod(floored, 2.0) != 0);
        return integer_of(up ? floored + 1 : floored, "integer");
    }
    const int64_t digits = as_index(arguments[1]);
    if (x.is_real()) return round_real(x.real(), digits);
    return round_integer(x.integer(), digits);
}

}  // namespace asyncrun::builtin
