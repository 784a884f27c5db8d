// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/value.h"

#include <cstdint>

namespace asyncrun {

/// One task's stream of random numbers: SplitMix64, so that what a task draws depends on its ancestry and not
/// on scheduling (scenario-language.md, section 7). A spawn draws one number with next() and starts the child
/// there. The same seed gives the same numbers on every machine. One thread.
class Random {
  public:
    explicit Random(uint64_t state = 0) noexcept : state_(state) {}

    uint64_t next() noexcept {
        state_ += 0x9E3779B97F4A7C15u;
        uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }
    uint64_t state() const noexcept { return state_; }

    /// In [0, 1), 53 bits.
    double random() noexcept { return static_cast<double>(next() >> 11) * 0x1p-53; }
    double uniform(double a, double b) noexcept { return a + (b - a) * random(); }
    /// In [a, b]. ValueError, before drawing, when b < a.
    int64_t randint(int64_t a, int64_t b);
    double exponential(double mean) noexcept;
    double normal(double mean, double deviation) noexcept;
    /// OverflowError when the result is beyond doubles, as Python's math.exp.
    double lognormal(double mu, double sigma);
    /// An item of a list (or a character of a string). Draws, then IndexError if there is none.
    Value choice(const Value& sequence);

  private:
    uint64_t state_;
};

}  // namespace asyncrun
