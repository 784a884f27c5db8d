// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace asyncrun {

/// Spins briefly before a thread goes to sleep, as long as that pays. Sleeping and being woken across cores costs about
/// 13 µs, spinning 0.5 µs, but only while the other side runs on a core of its own; when it does not, every spin is lost
/// (21 µs a round trip). So each miss makes the next attempts rarer, each hit brings them back.
class AdaptiveSpin {
  public:
    static constexpr std::chrono::microseconds limit{10};

    /// Polls `ready` for at most `limit`, if spinning has paid lately. True as soon as `ready()` is.
    template <class Ready>
    bool until(Ready ready) {
        if (skip_ > 0) {
            --skip_;
            return false;
        }
        const auto end = std::chrono::steady_clock::now() + limit;
        do {
            for (int i = 0; i < 16; ++i) {
                if (ready()) {
                    penalty_ = 0;
                    return true;
                }
                __builtin_ia32_pause();
            }
        } while (std::chrono::steady_clock::now() < end);
        penalty_ = std::min<uint32_t>(penalty_ * 2 + 1, 1023);
        skip_ = penalty_;
        return false;
    }

  private:
    uint32_t skip_ = 0;
    uint32_t penalty_ = 0;
};

}  // namespace asyncrun
