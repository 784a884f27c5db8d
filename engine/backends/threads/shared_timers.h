// SPDX-License-Identifier: MIT
#pragma once

#include "engine/backends/timer_queue.h"

#include <atomic>
#include <mutex>

namespace asyncrun {

/// A timer queue that several workers share. Due timers run under its lock, in order of their deadlines, so
/// that cancel() waits for one that fires on another thread simply by taking the lock. What a timer's fire()
/// does may come back here (another timer is started or cancelled).
class SharedTimers {
  public:
    /// True if the timekeeper sleeps too long for this timer and must look again.
    bool start(Timer& timer);
    /// True if it had not run and will not; it does not run while this returns either.
    bool cancel(Timer& timer) noexcept;

    /// Exact while no other thread starts or cancels timers.
    bool empty() const noexcept { return count_.load(std::memory_order_seq_cst) == 0; }
    /// Whether some timer may be due. A look that costs nothing and may be a moment old.
    bool may_be_due(TimePoint now) const noexcept {
        return now.time_since_epoch().count() >= next_wake_.load(std::memory_order_relaxed);
    }
    /// Runs what is due, unless another thread does so now. True if a timer ran.
    template <class Clock>
    bool run_due(Clock clock) {
        bool any = false;
        for (bool more = true; more;) {
            // In portions, so that others who start and cancel timers get their turn.
            if (firing_ == this || !mutex_.try_lock()) return any;
            const std::lock_guard guard(mutex_, std::adopt_lock);
            firing_ = this;
            const size_t ran = run_portion(clock());
            firing_ = nullptr;
            any |= ran > 0;
            more = ran == portion;
        }
        return any;
    }
    /// When the timekeeper should wake; it is told of timers that are earlier from now on.
    TimePoint keep_time(TimePoint now);

  private:
    static constexpr size_t portion = 256;
    class Guard;
    size_t run_portion(TimePoint now);

    std::mutex mutex_;
    TimerQueue timers_;
    TimePoint kept_ = TimePoint::min();  ///< what the timekeeper sleeps for
    std::atomic<size_t> count_{0};
    std::atomic<Duration::rep> next_wake_{Duration::max().count()};
    static thread_local constinit SharedTimers* firing_;  ///< whose timers this thread runs now
};

}  // namespace asyncrun
