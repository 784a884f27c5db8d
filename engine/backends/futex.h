// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/clock.h"

#include <atomic>
#include <cstdint>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace asyncrun {

/// Sleeps while `word` is `expected`, at most for `timeout` (`Duration::max()`: without limit). Returns also
/// for no reason: the caller looks at the word again. Source: futex(2).
inline void futex_wait(std::atomic<uint32_t>& word, uint32_t expected, Duration timeout) noexcept {
    timespec limit{};
    if (timeout != Duration::max()) {
        if (timeout <= Duration::zero()) return;
        limit.tv_sec = timeout.count() / 1'000'000'000;
        limit.tv_nsec = timeout.count() % 1'000'000'000;
    }
    syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, timeout == Duration::max() ? nullptr : &limit,
            nullptr, 0);
}

/// Wakes one thread that sleeps on `word`. Async-signal-safe.
inline void futex_wake(std::atomic<uint32_t>& word) noexcept {
    syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

}  // namespace asyncrun
