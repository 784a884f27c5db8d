// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/ref.h"

#include <atomic>
#include <cstdint>

#include <sched.h>

namespace asyncrun {

/// A one-byte lock for a few instructions at a time. Spins, then yields its time slice: on a machine with fewer cores
/// than threads the owner may be off the CPU.
class SpinLock {
  public:
    void lock() noexcept {
        for (uint32_t spins = 0; held_.exchange(true, std::memory_order_acquire); ++spins) {
            while (held_.load(std::memory_order_relaxed)) {
                if (++spins < 64) {
                    __builtin_ia32_pause();
                } else {
                    sched_yield();
                }
            }
        }
    }
    void unlock() noexcept { held_.store(false, std::memory_order_release); }

  private:
    std::atomic<bool> held_{false};
};

/// Holds a SpinLock if the process runs objects on several threads now; otherwise costs one branch.
class ParallelGuard {
  public:
    explicit ParallelGuard(SpinLock& lock) noexcept : lock_(parallel() ? &lock : nullptr) {
        if (lock_) [[unlikely]]
            lock_->lock();
    }
    ~ParallelGuard() {
        if (lock_) [[unlikely]]
            lock_->unlock();
    }
    ParallelGuard(const ParallelGuard&) = delete;
    ParallelGuard& operator=(const ParallelGuard&) = delete;

  private:
    SpinLock* lock_;
};

}  // namespace asyncrun
