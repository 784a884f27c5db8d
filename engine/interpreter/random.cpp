// SPDX-License-Identifier: MIT
#include "engine/interpreter/random.h"

#include "engine/interpreter/operations.h"

#include <cmath>
#include <limits>
#include <numbers>

namespace asyncrun {

int64_t Random::randint(int64_t a, int64_t b) {
    if (b < a) {
        raise_error("ValueError",
                    "empty range for randint(" + std::to_string(a) + ", " + std::to_string(b) + ")");
    }
    __extension__ using Wide = __int128;
    const Wide width = static_cast<Wide>(b) - a + 1;
    const Wide result = a + static_cast<Wide>(std::floor(random() * static_cast<double>(width)));
    // The product can round up to the full width of a huge range.
    return result > b ? b : static_cast<int64_t>(result);
}

double Random::exponential(double mean) noexcept { return -mean * std::log1p(-random()); }

double Random::normal(double mean, double deviation) noexcept {
    const double r1 = random();
    const double r2 = random();
    return mean + deviation * std::sqrt(-2.0 * std::log1p(-r1)) * std::cos(2.0 * std::numbers::pi * r2);
}

double Random::lognormal(double mu, double sigma) {
    const double exponent = normal(mu, sigma);
    const double result = std::exp(exponent);
    if (std::isinf(result) && std::isfinite(exponent)) raise_error("OverflowError", "math range error");
    return result;
}

Value Random::choice(const Value& sequence) {
    if (!sequence.is_list() && !sequence.is_string()) {
        raise_error("TypeError", "choice() takes a list, not " + type_name(sequence));
    }
    const int64_t size = length(sequence);
    const double u = random();
    if (size == 0) raise_error("IndexError", "cannot choose from an empty sequence");
    return subscript(sequence, static_cast<int64_t>(std::floor(u * static_cast<double>(size))));
}

}  // namespace asyncrun
