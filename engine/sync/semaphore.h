// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/coroutine.h"
#include "engine/sync/waiter.h"

#include <cstdint>

namespace asyncrun {

class SemaphoreAcquire;

/// asyncio.Semaphore and BoundedSemaphore (3.11.7): so many permits, handed over FIFO: a release with
/// somebody waiting reserves the permit for the first of them at once. Must outlive its waiters. Any thread
/// of the engine.
class Semaphore {
  public:
    enum class Bounded : bool { no, yes };

    /// ValueError if `value` is negative.
    explicit Semaphore(int64_t value = 1, Bounded bounded = Bounded::no)
        : value_(value), bound_(value), bounded_(bounded) {
        if (value < 0) throw Exception(errors::value(), "Semaphore initial value must be >= 0");
    }
    /// Whether an acquire would have to wait.
    bool locked() const noexcept {
        ParallelGuard guard(lock_);
        return must_wait();
    }
    /// Permits that nobody has or was promised.
    int64_t value() const noexcept {
        ParallelGuard guard(lock_);
        return value_;
    }
    Await<SemaphoreAcquire> acquire() noexcept;
    /// A bounded one raises ValueError above its initial value.
    void release() {
        if (!try_release()) [[unlikely]]
            throw Exception(errors::value(), "BoundedSemaphore released too many times");
    }
    /// Like release(), but false instead of the error.
    bool try_release() noexcept {
        ParallelGuard guard(lock_);
        if (bounded_ == Bounded::yes && value_ >= bound_) return false;
        ++value_;
        wake_next();
        return true;
    }
    /// How many tasks wait that were neither woken nor cancelled.
    size_t waiting() const noexcept {
        ParallelGuard guard(lock_);
        return waiters_.pending();
    }

  private:
    friend class SemaphoreAcquire;
    // CPython leaves woken waiters in its deque until they run. Here they are taken out and counted, so that
    // finding the next one never walks over them.
    bool must_wait() const noexcept { return value_ == 0 || woken_ != 0 || !waiters_.all_cancelled(); }
    void wake_next() noexcept {
        if (waiters_.wake_one()) {
            --value_;
            ++woken_;
        }
    }

    WaiterList waiters_;
    int64_t value_;
    int64_t bound_;
    uint64_t woken_ = 0;
    mutable SpinLock lock_;
    Bounded bounded_;
};

/// Operation: takes one permit.
class SemaphoreAcquire {
  public:
    explicit SemaphoreAcquire(Semaphore& semaphore) noexcept : semaphore_(&semaphore) {}
    Wait start(Task& task, ErrorRef&) {
        {
            ParallelGuard guard(semaphore_->lock_);
            if (!semaphore_->must_wait()) {
                --semaphore_->value_;
                return Wait::done;
            }
            task.begin_wait();
            semaphore_->waiters_.push(waiter_, task);
        }
        task.check_cancel();
        return Wait::suspended;
    }
    Wait resume(Task& task, ErrorRef& error) {
        {
            ParallelGuard guard(semaphore_->lock_);
            const bool woken = task.wait_state() == Task::WaitState::woken;
            if (woken) {
                --semaphore_->woken_;
            } else {
                semaphore_->waiters_.remove_if_listed(waiter_);
            }
            if (task.end_wait() == Task::WaitEnd::woken) [[likely]] {
                if (semaphore_->value_ > 0) semaphore_->wake_next();
                return Wait::done;
            }
            if (woken) {
                ++semaphore_->value_;
                semaphore_->wake_next();
            }
        }
        error = task.cancelled_error();
        return Wait::failed;
    }

  private:
    Waiter waiter_;
    Semaphore* semaphore_;
};

inline Await<SemaphoreAcquire> Semaphore::acquire() noexcept { return Await<SemaphoreAcquire>(*this); }

}  // namespace asyncrun
