// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/runner.h"

#include <atomic>
#include <optional>
#include <thread>

namespace asyncrun {

/// Watches one run from a thread of its own: ends it at its time limit or at interrupt_current_run(), and reports its
/// progress. Joined when destroyed.
class Watchdog {
  public:
    enum class Cause : uint8_t { none, time_limit, interrupted };

    Watchdog(Runtime& runtime, std::optional<Duration> time_limit, std::function<void(const Progress&)> on_progress);
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    /// Why it ended the run.
    Cause cause() const noexcept { return cause_.load(std::memory_order_acquire); }

  private:
    void watch();

    Engine& engine_;
    const Runtime& runtime_;
    const std::optional<Duration> time_limit_;
    const std::function<void(const Progress&)> on_progress_;
    std::atomic<Cause> cause_{Cause::none};
    std::atomic<bool> over_{false};
    std::thread thread_;
};

}  // namespace asyncrun
