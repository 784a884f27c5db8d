// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/task.h"

namespace asyncrun {

/// A task's place in the queue of what it waits for: CPython's anonymous inner future. Lives in the
/// operation; the future's state is the task's WaitState, which holds for as long as the waiter is in a list.
class Waiter {
  public:
    Task* task = nullptr;

    /// Its wait goes on: neither woken nor cancelled.
    bool pending() const noexcept { return task->wait_state() == Task::WaitState::pending; }
    /// Its wait was ended by a cancel that the task has not seen yet.
    bool cancelled() const noexcept { return task->wait_state() == Task::WaitState::cancelled; }

  private:
    friend class WaiterList;
    Waiter* next_ = nullptr;
    Waiter* previous_ = nullptr;
};

/// The FIFO of a primitive's waiters, intrusive. Not movable. The primitive's lock guards it.
class WaiterList {
  public:
    WaiterList() noexcept { head_.next_ = head_.previous_ = &head_; }
    WaiterList(const WaiterList&) = delete;
    WaiterList& operator=(const WaiterList&) = delete;

    bool empty() const noexcept { return head_.next_ == &head_; }
    Waiter* front() noexcept { return head_.next_; }
    void push(Waiter& waiter, Task& task) noexcept {
        waiter.task = &task;
        Waiter* last = head_.previous_;
        waiter.next_ = &head_;
        waiter.previous_ = last;
        last->next_ = &waiter;
        head_.previous_ = &waiter;
    }
    void remove(Waiter& waiter) noexcept {
        waiter.next_->previous_ = waiter.previous_;
        waiter.previous_->next_ = waiter.next_;
        waiter.next_ = nullptr;
    }
    /// For a waiter that a waker may have taken out already.
    void remove_if_listed(Waiter& waiter) noexcept {
        if (waiter.next_) remove(waiter);
    }
    Waiter& pop() noexcept {
        Waiter& first = *head_.next_;
        remove(first);
        return first;
    }

    /// Takes waiters out until one could be woken; passes by the cancelled ones. False if there was none.
    bool wake_one() noexcept {
        while (!empty()) {
            if (pop().task->wake()) return true;
        }
        return false;
    }
    /// Takes out and wakes everybody, in order.
    void wake_all() noexcept {
        for (Waiter* w = head_.next_; w != &head_;) {
            // After the wake another thread may run the task, which frees the waiter.
            Waiter* const next = w->next_;
            __builtin_prefetch(next);
            Task* const task = w->task;
            w->next_ = nullptr;
            task->wake();
            w = next;
        }
        head_.next_ = head_.previous_ = &head_;
    }
    /// Whether somebody in it is not cancelled, as `all(w.cancelled() for w in waiters)` asks. O(cancelled
    /// waiters).
    bool all_cancelled() const noexcept {
        for (const Waiter* w = head_.next_; w != &head_; w = w->next_) {
            if (!w->cancelled()) return false;
        }
        return true;
    }
    /// How many are neither woken nor cancelled. O(waiters).
    size_t pending() const noexcept {
        size_t count = 0;
        for (const Waiter* w = head_.next_; w != &head_; w = w->next_) count += w->pending();
        return count;
    }

  private:
    Waiter head_;
};

}  // namespace asyncrun
