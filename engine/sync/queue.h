// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/coroutine.h"
#include "engine/sync/queue_storage.h"
#include "engine/sync/waiter.h"

#include <cstdint>
#include <optional>
#include <type_traits>

namespace asyncrun {

template <class T>
class QueueGet;
template <class T>
class QueuePut;
class QueueJoin;

/// What a queue is besides its items: who waits, and how many items are unfinished.
class QueueBase {
  public:
    /// Waits until every item that was put is finished; returns at once if all are.
    Await<QueueJoin> join() noexcept;
    /// Says that an item taken earlier is dealt with. ValueError `task_done() called too many times`.
    void task_done() {
        if (!try_task_done()) [[unlikely]]
            throw Exception(errors::value(), "task_done() called too many times");
    }
    /// Like task_done(), but false instead of the error.
    bool try_task_done() noexcept {
        ParallelGuard guard(lock_);
        if (unfinished_ == 0) return false;
        if (--unfinished_ == 0) joiners_.wake_all();
        return true;
    }
    /// Items put and not yet finished.
    uint64_t unfinished() const noexcept {
        ParallelGuard guard(lock_);
        return unfinished_;
    }
    /// How many tasks wait to get or put an item and were neither woken nor cancelled; joiners do not count.
    size_t waiting() const noexcept {
        ParallelGuard guard(lock_);
        return getters_.pending() + putters_.pending();
    }
    size_t waiting_getters() const noexcept {
        ParallelGuard guard(lock_);
        return getters_.pending();
    }
    size_t waiting_putters() const noexcept {
        ParallelGuard guard(lock_);
        return putters_.pending();
    }
    /// 0: without limit.
    uint64_t max_size() const noexcept { return max_size_ == unlimited ? 0 : max_size_; }

  protected:
    static constexpr uint64_t unlimited = UINT64_MAX;

    explicit QueueBase(int64_t max_size) noexcept
        : max_size_(max_size > 0 ? static_cast<uint64_t>(max_size) : unlimited) {}
    QueueBase(const QueueBase&) = delete;
    QueueBase& operator=(const QueueBase&) = delete;
    ~QueueBase() = default;

    mutable SpinLock lock_;
    const uint64_t max_size_;
    uint64_t unfinished_ = 0;
    WaiterList getters_;
    WaiterList putters_;
    WaiterList joiners_;

  private:
    friend class QueueJoin;
};

/// asyncio.Queue, LifoQueue and PriorityQueue (3.11.7): a bounded or unbounded channel between tasks.
/// A wake-up is a hint, not a hand-over: whoever was woken looks again, and another task may have been
/// faster; then it queues again at the end. A cancelled task that was woken passes the hint on. Must outlive
/// its waiters. Any thread of the engine.
template <class T>
class Queue final : public QueueBase {
    static_assert(std::is_nothrow_move_constructible_v<T>);

  public:
    /// `max_size` <= 0: without limit.
    explicit Queue(int64_t max_size = 0, QueueOrder order = QueueOrder::fifo) noexcept
        : QueueBase(max_size), items_(order) {}

    /// Waits while the queue is full. `priority` counts in a priority queue only.
    Await<QueuePut<T>> put(T item, Priority priority = {}) {
        return Await<QueuePut<T>>(*this, std::move(item), priority);
    }
    /// Waits while the queue is empty; gives the item.
    Await<QueueGet<T>> get() noexcept { return Await<QueueGet<T>>(*this); }
    /// QueueFull if there is no room.
    void put_nowait(T item, Priority priority = {}) {
        if (!try_put(item, priority)) throw Exception(errors::queue_full(), "");
    }
    /// QueueEmpty if there is no item.
    T get_nowait() {
        std::optional<T> item = try_get();
        if (!item) throw Exception(errors::queue_empty(), "");
        return std::move(*item);
    }
    /// Moves the item in, or leaves it and answers false.
    bool try_put(T& item, Priority priority = {}) {
        ParallelGuard guard(lock_);
        if (is_full()) return false;
        insert(item, priority);
        return true;
    }
    std::optional<T> try_get() {
        ParallelGuard guard(lock_);
        if (items_.size() == 0) return std::nullopt;
        return std::optional<T>(extract());
    }

    QueueOrder order() const noexcept { return items_.order(); }
    size_t size() const noexcept {
        ParallelGuard guard(lock_);
        return items_.size();
    }
    bool empty() const noexcept { return size() == 0; }
    bool full() const noexcept {
        ParallelGuard guard(lock_);
        return is_full();
    }

  private:
    friend class QueueGet<T>;
    friend class QueuePut<T>;

    bool is_full() const noexcept { return items_.size() >= max_size_; }
    void insert(T& item, Priority priority) {
        items_.push(std::move(item), priority);
        ++unfinished_;
        if (!getters_.empty()) getters_.wake_one();
    }
    T extract() {
        T item = items_.pop();
        if (!putters_.empty()) putters_.wake_one();
        return item;
    }

    QueueStorage<T> items_;
};

/// Operation: takes an item; waits while there is none. `result()` moves it out.
template <class T>
class QueueGet {
  public:
    static constexpr bool may_wait_again = true;

    explicit QueueGet(Queue<T>& queue) noexcept : queue_(&queue) {}
    Wait start(Task& task, ErrorRef&) {
        if (!parallel() && queue_->items_.size() != 0) [[likely]] {
            item_.emplace(queue_->extract());
            return Wait::done;
        }
        return start_slow(task);
    }
    Wait resume(Task& task, ErrorRef& error) {
        {
            ParallelGuard guard(queue_->lock_);
            const bool woken = task.wait_state() == Task::WaitState::woken;
            queue_->getters_.remove_if_listed(waiter_);
            if (task.end_wait() == Task::WaitEnd::woken) [[likely]] {
                if (queue_->items_.size() != 0) {
                    item_.emplace(queue_->extract());
                    return Wait::done;
                }
                task.begin_wait();
                queue_->getters_.push(waiter_, task);
            } else {
                if (woken && queue_->items_.size() != 0) queue_->getters_.wake_one();
                error = task.cancelled_error();
                return Wait::failed;
            }
        }
        task.check_cancel();
        return Wait::suspended;
    }
    T result() noexcept { return std::move(*item_); }

  private:
    // Out of line, so that the way without a wait is short enough to be inlined.
    [[gnu::noinline]] Wait start_slow(Task& task) {
        {
            ParallelGuard guard(queue_->lock_);
            if (queue_->items_.size() != 0) {
                item_.emplace(queue_->extract());
                return Wait::done;
            }
            task.begin_wait();
            queue_->getters_.push(waiter_, task);
        }
        task.check_cancel();
        return Wait::suspended;
    }

    Waiter waiter_;
    Queue<T>* queue_;
    std::optional<T> item_;
};

/// Operation: puts an item; waits while the queue is full.
template <class T>
class QueuePut {
  public:
    static constexpr bool may_wait_again = true;

    QueuePut(Queue<T>& queue, T item, Priority priority = {}) noexcept
        : queue_(&queue), item_(std::move(item)), priority_(priority) {}
    Wait start(Task& task, ErrorRef&) {
        if (!parallel() && !queue_->is_full()) [[likely]] {
            queue_->insert(item_, priority_);
            return Wait::done;
        }
        return start_slow(task);
    }
    Wait resume(Task& task, ErrorRef& error) {
        {
            ParallelGuard guard(queue_->lock_);
            const bool woken = task.wait_state() == Task::WaitState::woken;
            queue_->putters_.remove_if_listed(waiter_);
            if (task.end_wait() == Task::WaitEnd::woken) [[likely]] {
                if (!queue_->is_full()) {
                    queue_->insert(item_, priority_);
                    return Wait::done;
                }
                task.begin_wait();
                queue_->putters_.push(waiter_, task);
            } else {
                if (woken && !queue_->is_full()) queue_->putters_.wake_one();
                error = task.cancelled_error();
                return Wait::failed;
            }
        }
        task.check_cancel();
        return Wait::suspended;
    }

  private:
    [[gnu::noinline]] Wait start_slow(Task& task) {
        {
            ParallelGuard guard(queue_->lock_);
            if (!queue_->is_full()) {
                queue_->insert(item_, priority_);
                return Wait::done;
            }
            task.begin_wait();
            queue_->putters_.push(waiter_, task);
        }
        task.check_cancel();
        return Wait::suspended;
    }

    Waiter waiter_;
    Queue<T>* queue_;
    T item_;
    Priority priority_;
};

/// Operation: waits until all items are finished.
class QueueJoin {
  public:
    explicit QueueJoin(QueueBase& queue) noexcept : queue_(&queue) {}
    Wait start(Task& task, ErrorRef&) {
        {
            ParallelGuard guard(queue_->lock_);
            if (queue_->unfinished_ == 0) return Wait::done;
            task.begin_wait();
            queue_->joiners_.push(waiter_, task);
        }
        task.check_cancel();
        return Wait::suspended;
    }
    Wait resume(Task& task, ErrorRef& error) {
        {
            ParallelGuard guard(queue_->lock_);
            queue_->joiners_.remove_if_listed(waiter_);
            if (task.end_wait() == Task::WaitEnd::woken) [[likely]]
                return Wait::done;
        }
        error = task.cancelled_error();
        return Wait::failed;
    }

  private:
    Waiter waiter_;
    QueueBase* queue_;
};

inline Await<QueueJoin> QueueBase::join() noexcept { return Await<QueueJoin>(*this); }

}  // namespace asyncrun
