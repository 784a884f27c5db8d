// SPDX-License-Identifier: MIT
#pragma once

#include "engine/sync/lock.h"

#include <cstddef>

namespace asyncrun {

class ConditionWait;

/// asyncio.Condition (3.11.7): tasks that hold a lock wait, without it, until another task notifies them. A
/// notified task goes on once it has the lock again. One that is cancelled after it was notified loses the
/// notification. Nobody checks who holds the lock, only that it is held. Must outlive its waiters. Any thread
/// of the engine.
class Condition {
  public:
    Condition() noexcept : lock_(&own_lock_) {}
    /// On a lock that others share; it must outlive the condition.
    explicit Condition(Lock& lock) noexcept : lock_(&lock) {}
    Condition(const Condition&) = delete;
    Condition& operator=(const Condition&) = delete;

    Lock& lock() noexcept { return *lock_; }
    bool locked() const noexcept { return lock_->locked(); }
    Await<LockAcquire> acquire() noexcept { return lock_->acquire(); }
    void release() { lock_->release(); }
    /// RuntimeError `cannot wait on un-acquired lock` without the lock. Ends with the lock held, also when
    /// cancelled.
    Await<ConditionWait> wait() noexcept;
    /// Wakes the first `count` waiters. RuntimeError `cannot notify on un-acquired lock` without the lock.
    void notify(size_t count = 1);
    void notify_all();
    /// How many tasks wait that were neither notified nor cancelled; those who queue for the lock do not
    /// count.
    size_t waiting() const noexcept {
        ParallelGuard guard(waiters_lock_);
        return waiters_.pending();
    }

  private:
    friend class ConditionWait;
    friend class Barrier;
    void check_notify() const;

    WaiterList waiters_;
    Lock own_lock_;
    Lock* lock_;
    mutable SpinLock waiters_lock_;
};

/// Operation: waits for a notification and takes the lock again.
class ConditionWait : protected LockAcquire {
  public:
    static constexpr bool may_wait_again = true;

    explicit ConditionWait(Condition& condition) noexcept
        : LockAcquire(condition.lock()), condition_(&condition) {}
    Wait start(Task& task, ErrorRef& error);
    Wait resume(Task& task, ErrorRef& error);

  protected:
    Condition& condition() const noexcept { return *condition_; }

  private:
    Wait acquire(Task& task, Wait wait, ErrorRef& error);

    Condition* condition_;
    ErrorRef wait_error_;  ///< how the wait itself ended, kept until the lock is held
    bool acquiring_ = false;
    bool cancelled_acquiring_ = false;
};

inline Await<ConditionWait> Condition::wait() noexcept { return Await<ConditionWait>(*this); }

}  // namespace asyncrun
