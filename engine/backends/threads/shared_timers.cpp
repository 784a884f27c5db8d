// SPDX-License-Identifier: MIT
#include "engine/backends/threads/shared_timers.h"

namespace asyncrun {

constinit thread_local SharedTimers* SharedTimers::firing_ = nullptr;

/// Holds the lock, unless this thread already does because it runs timers.
class SharedTimers::Guard {
  public:
    explicit Guard(SharedTimers& timers) : mutex_(firing_ == &timers ? nullptr : &timers.mutex_) {
        if (mutex_) mutex_->lock();
    }
    ~Guard() {
        if (mutex_) mutex_->unlock();
    }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

  private:
    std::mutex* mutex_;
};

bool SharedTimers::start(Timer& timer) {
    const Guard guard(*this);
    timers_.start(timer);
    count_.store(timers_.size(), std::memory_order_seq_cst);
    if (const auto deadline = timer.deadline.time_since_epoch().count();
        deadline < next_wake_.load(std::memory_order_relaxed)) {
        next_wake_.store(deadline, std::memory_order_relaxed);
    }
    if (timer.deadline >= kept_) return false;
    kept_ = timer.deadline;
    return true;
}

bool SharedTimers::cancel(Timer& timer) noexcept {
    const Guard guard(*this);
    const bool armed = timers_.cancel(timer);
    count_.store(timers_.size(), std::memory_order_seq_cst);
    return armed;
}

size_t SharedTimers::run_portion(TimePoint now) {
    size_t ran = 0;
    for (; ran < portion; ++ran) {
        Timer* timer = timers_.pop_due(now);
        if (!timer) break;
        timer->run();
    }
    count_.store(timers_.size(), std::memory_order_seq_cst);
    next_wake_.store(timers_.next_wake().time_since_epoch().count(), std::memory_order_relaxed);
    return ran;
}

TimePoint SharedTimers::keep_time(TimePoint now) {
    const Guard guard(*this);
    const TimePoint next = timers_.next_wake();
    next_wake_.store(next.time_since_epoch().count(), std::memory_order_relaxed);
    // An earlier timer was cancelled meanwhile: the old time stays, so that a program that starts and cancels
    // a timer over and over does not tell the timekeeper each time. It wakes once for nothing.
    if (kept_ <= now || kept_ > next) kept_ = next;
    return kept_;
}

}  // namespace asyncrun
