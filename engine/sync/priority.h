// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <compare>
#include <cstdint>

namespace asyncrun {

/// What a priority queue orders by: a whole number or a float, compared exactly as Python does (2**53 + 1 is
/// more than 2.0**53). No NaN.
class Priority {
  public:
    constexpr Priority(int64_t value = 0) noexcept : integer_(value), is_float_(false) {}
    constexpr Priority(int value) noexcept : Priority(static_cast<int64_t>(value)) {}
    constexpr Priority(double value) noexcept : float_(value), is_float_(true) {}

    friend bool operator<(const Priority& a, const Priority& b) noexcept {
        if (a.is_float_) return b.is_float_ ? a.float_ < b.float_ : compare(b.integer_, a.float_) > 0;
        return b.is_float_ ? compare(a.integer_, b.float_) < 0 : a.integer_ < b.integer_;
    }

  private:
    /// The sign of `whole - number`.
    static int compare(int64_t whole, double number) noexcept {
        constexpr double limit = 9223372036854775808.0;
        if (number >= limit) return -1;
        if (number < -limit) return 1;
        const double floor = std::floor(number);
        const auto below = static_cast<int64_t>(floor);
        if (whole != below) return whole < below ? -1 : 1;
        return number > floor ? -1 : 0;
    }

    union {
        int64_t integer_;
        double float_;
    };
    bool is_float_;
};

}  // namespace asyncrun
