// SPDX-License-Identifier: MIT
#include "engine/language/number_literal.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

namespace asyncrun {

namespace {

/// A unit is a power of ten times a whole number of seconds.
struct Unit {
    std::string_view name;
    int exponent;
    unsigned factor;
};
constexpr Unit units[] = {{"ns", -9, 1}, {"us", -6, 1},  {"ms", -3, 1},
                          {"s", 0, 1},   {"min", 0, 60}, {"h", 0, 3600}};

const Unit* find_unit(std::string_view name) {
    for (const Unit& unit : units) {
        if (unit.name == name) return &unit;
    }
    return nullptr;
}

/// Multiplies a decimal number written out in digits, exactly.
std::string times(std::string digits, unsigned factor) {
    unsigned carry = 0;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
        carry += static_cast<unsigned>(*digit - '0') * factor;
        *digit = static_cast<char>('0' + carry % 10);
        carry /= 10;
    }
    return (carry > 0 ? std::to_string(carry) : std::string()) + digits;
}

}  // namespace

bool is_unit(std::string_view name) { return find_unit(name) != nullptr; }

double parse_decimal(std::string_view digits, std::string_view unit_name) {
    const Unit* unit = find_unit(unit_name);
    std::string mantissa;
    int64_t exponent = unit ? unit->exponent : 0;
    bool fraction = false;
    size_t i = 0;
    for (; i < digits.size() && digits[i] != 'e' && digits[i] != 'E'; ++i) {
        if (digits[i] == '.') {
            fraction = true;
            continue;
        }
        mantissa += digits[i];
        if (fraction) --exponent;
    }
    if (i < digits.size()) {
        std::string_view power = digits.substr(i + 1);
        const bool negative = power.starts_with('-');
        if (negative || power.starts_with('+')) power.remove_prefix(1);
        constexpr int64_t beyond_every_double = 1'000'000'000;
        int64_t value = 0;
        for (const char c : power) value = std::min(beyond_every_double, value * 10 + (c - '0'));
        exponent += negative ? -value : value;
    }
    if (unit && unit->factor > 1) mantissa = times(std::move(mantissa), unit->factor);
    if (mantissa.find_first_not_of('0') == std::string::npos) return 0.0;
    const std::string text = mantissa + 'e' + std::to_string(exponent);
    double value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec == std::errc::result_out_of_range) value = std::strtod(text.c_str(), nullptr);
    return value;
}

}  // namespace asyncrun
