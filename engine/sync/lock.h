// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/coroutine.h"
#include "engine/sync/waiter.h"

namespace asyncrun {

class LockAcquire;

/// asyncio.Lock (3.11.7): mutual exclusion among tasks, FIFO without barging: whoever comes while somebody
/// queues, queues too, even while the lock is free between its release and the next owner's step. No owner:
/// any task may release. Must outlive its waiters. Any thread of the engine.
class Lock {
  public:
    bool locked() const noexcept { return locked_.load(std::memory_order_acquire); }
    /// Returns at once if the lock is free and nobody queues.
    Await<LockAcquire> acquire() noexcept;
    /// RuntimeError `Lock is not acquired.` if it is free.
    void release() {
        if (!try_release()) [[unlikely]]
            throw Exception(errors::runtime(), "Lock is not acquired.");
    }
    /// Like release(), but false instead of the error.
    bool try_release() noexcept {
        ParallelGuard guard(lock_);
        if (!locked_.load(std::memory_order_relaxed)) return false;
        locked_.store(false, std::memory_order_release);
        wake_first();
        return true;
    }
    /// How many tasks queue that were neither woken nor cancelled.
    size_t waiting() const noexcept {
        ParallelGuard guard(lock_);
        return waiters_.pending();
    }

  private:
    friend class LockAcquire;
    /// Only ever the first: if it was woken or cancelled before, it passes the lock on when it runs.
    void wake_first() noexcept {
        if (!waiters_.empty()) waiters_.front()->task->wake();
    }

    WaiterList waiters_;
    mutable SpinLock lock_;
    std::atomic<bool> locked_{false};
};

/// Operation: acquires a lock.
class LockAcquire {
  public:
    explicit LockAcquire(Lock& lock) noexcept : lock_(&lock) {}
    Wait start(Task& task, ErrorRef&) {
        {
            ParallelGuard guard(lock_->lock_);
            if (!lock_->locked_.load(std::memory_order_relaxed) && lock_->waiters_.all_cancelled()) {
                lock_->locked_.store(true, std::memory_order_relaxed);
                return Wait::done;
            }
            task.begin_wait();
            lock_->waiters_.push(waiter_, task);
        }
        task.check_cancel();
        return Wait::suspended;
    }
    Wait resume(Task& task, ErrorRef& error) {
        {
            ParallelGuard guard(lock_->lock_);
            lock_->waiters_.remove(waiter_);
            if (task.end_wait() == Task::WaitEnd::woken) [[likely]] {
                lock_->locked_.store(true, std::memory_order_relaxed);
                return Wait::done;
            }
            if (!lock_->locked_.load(std::memory_order_relaxed)) lock_->wake_first();
        }
        error = task.cancelled_error();
        return Wait::failed;
    }

  protected:
    Waiter waiter_;
    Lock* lock_;
};

inline Await<LockAcquire> Lock::acquire() noexcept { return Await<LockAcquire>(*this); }

}  // namespace asyncrun
