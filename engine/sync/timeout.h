// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/coroutine.h"
#include "engine/runtime/timer.h"

#include <atomic>
#include <cstdint>
#include <optional>

namespace asyncrun {

/// asyncio.timeout and timeout_at (3.11.7): bounds the time of a piece of a task. At the deadline the task is
/// cancelled; leaving the piece turns that cancellation into a TimeoutError, unless somebody else asked for
/// one too (counted by Task::cancelling()). Neither entering nor leaving suspends.
///
/// enter(task) … body … `error = exit(task, error)`. Stays in place while entered. Other tasks may reschedule
/// it or look. An expiry due at entry is queued like any callback: the body runs until its first suspension.
class Timeout final : private Timer {
  public:
    enum class State : uint8_t { created, active, expiring, expired, finished };

    /// Counted from now, in one reading of the clock.
    explicit Timeout(Duration delay) noexcept;
    /// `never`: without a deadline.
    explicit Timeout(TimePoint when) noexcept;
    ~Timeout();
    Timeout(const Timeout&) = delete;
    Timeout& operator=(const Timeout&) = delete;

    /// RuntimeError `Timeout has already been entered`.
    void enter(Task& task);
    /// `error`: how the body ended, null if well. Returns how the whole ends.
    [[nodiscard]] ErrorRef exit(Task& task, ErrorRef error);
    /// RuntimeError `Timeout has not been entered`, `Cannot change state of finished Timeout` (or expiring,
    /// expired).
    void reschedule(TimePoint when);

    /// The deadline; `never` if there is none.
    TimePoint when() const noexcept { return when_.load(std::memory_order_relaxed); }
    bool expired() const noexcept { return state() == State::expiring || state() == State::expired; }
    State state() const noexcept { return state_.load(std::memory_order_acquire); }

  private:
    class Soon;
    void fire() noexcept override { expire(); }
    void expire() noexcept;
    void arm(bool due);
    void arm_soon();
    void disarm() noexcept;
    void check_active() const;

    Task* task_ = nullptr;
    Ref<Soon> soon_;  ///< the expiry that was due at once
    std::atomic<TimePoint> when_;
    unsigned cancelling_ = 0;
    std::atomic<State> state_{State::created};
    bool due_;            ///< at entry: the deadline has passed already
    bool timed_ = false;  ///< the timer was started
    SpinLock lock_;       ///< among enter, exit and reschedule
};

/// Runs a coroutine under a timeout of its own.
template <class T>
Coro<T> with_timeout(Duration delay, Coro<T> body) {
    Timeout timeout(delay);
    timeout.enter(*this_thread.task);
    ErrorRef error;
    if constexpr (std::is_void_v<T>) {
        try {
            co_await body;
        } catch (...) {
            error = current_error();
        }
        error = timeout.exit(*this_thread.task, std::move(error));
        if (error) raise(std::move(error));
    } else {
        std::optional<T> result;
        try {
            result.emplace(co_await body);
        } catch (...) {
            error = current_error();
        }
        error = timeout.exit(*this_thread.task, std::move(error));
        if (error) raise(std::move(error));
        co_return std::move(*result);
    }
}

}  // namespace asyncrun
