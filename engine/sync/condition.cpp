// SPDX-License-Identifier: MIT
#include "engine/sync/condition.h"

namespace asyncrun {

void Condition::check_notify() const {
    if (!locked()) throw Exception(errors::runtime(), "cannot notify on un-acquired lock");
}

void Condition::notify(size_t count) {
    check_notify();
    ParallelGuard guard(waiters_lock_);
    while (count > 0 && waiters_.wake_one()) --count;
}

void Condition::notify_all() {
    check_notify();
    ParallelGuard guard(waiters_lock_);
    waiters_.wake_all();
}

Wait ConditionWait::start(Task& task, ErrorRef& error) {
    acquiring_ = cancelled_acquiring_ = false;
    if (!condition_->locked()) {
        error = make_error(errors::runtime(), "cannot wait on un-acquired lock");
        return Wait::failed;
    }
    {
        // Waiting begins before the lock is free, or a notification by its next owner on another thread could
        // be missed. On one thread nobody sees the difference.
        ParallelGuard guard(condition_->waiters_lock_);
        task.begin_wait();
        condition_->waiters_.push(waiter_, task);
    }
    condition_->lock_->try_release();
    task.check_cancel();
    return Wait::suspended;
}

Wait ConditionWait::resume(Task& task, ErrorRef& error) {
    if (acquiring_) return acquire(task, LockAcquire::resume(task, error), error);
    {
        ParallelGuard guard(condition_->waiters_lock_);
        condition_->waiters_.remove_if_listed(waiter_);
        if (task.end_wait() == Task::WaitEnd::cancelled) wait_error_ = task.cancelled_error();
    }
    acquiring_ = true;
    return acquire(task, LockAcquire::start(task, error), error);
}

Wait ConditionWait::acquire(Task& task, Wait wait, ErrorRef& error) {
    while (wait == Wait::failed) {
        cancelled_acquiring_ = true;
        error = nullptr;
        wait = LockAcquire::start(task, error);
    }
    if (wait == Wait::suspended) return wait;
    if (cancelled_acquiring_) wait_error_ = make_error(errors::cancelled());
    if (!wait_error_) return Wait::done;
    error = std::move(wait_error_);
    return Wait::failed;
}

}  // namespace asyncrun
