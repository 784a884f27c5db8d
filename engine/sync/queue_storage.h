// SPDX-License-Identifier: MIT
#pragma once

#include "engine/sync/priority.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace asyncrun {

enum class QueueOrder : uint8_t { fifo, lifo, priority };

/// Where a queue keeps its items until they are taken: a growable ring for fifo (2 ns in and out) and lifo, a
/// heap by (priority, arrival) otherwise. One thread at a time.
template <class T>
class QueueStorage {
  public:
    explicit QueueStorage(QueueOrder order) noexcept : order_(order) {}
    ~QueueStorage() {
        if (order_ != QueueOrder::priority) {
            while (head_ != tail_) std::destroy_at(place(head_++));
        }
        if (slots_) std::allocator<T>().deallocate(slots_, capacity_);
    }
    QueueStorage(const QueueStorage&) = delete;
    QueueStorage& operator=(const QueueStorage&) = delete;

    QueueOrder order() const noexcept { return order_; }
    size_t size() const noexcept { return tail_ - head_; }

    void push(T&& item, Priority priority) {
        if (order_ == QueueOrder::priority) [[unlikely]] {
            push_heap(std::move(item), priority);
        } else {
            if (tail_ - head_ == capacity_) [[unlikely]]
                grow();
            std::construct_at(place(tail_), std::move(item));
        }
        ++tail_;
    }
    T pop() {
        if (order_ == QueueOrder::fifo) [[likely]]
            return take(place(head_++));
        return pop_other();
    }

  private:
    struct Entry {
        Priority priority;
        uint64_t arrival;
        T item;
    };
    static bool later(const Entry& a, const Entry& b) noexcept {
        if (b.priority < a.priority) return true;
        return !(a.priority < b.priority) && b.arrival < a.arrival;
    }
    T* place(uint64_t index) const noexcept { return slots_ + (index & mask_); }
    static T take(T* from) noexcept {
        T item = std::move(*from);
        std::destroy_at(from);
        return item;
    }
    // Out of line, so that the fifo's way is short enough to be inlined where it is used.
    [[gnu::noinline]] void push_heap(T&& item, Priority priority) {
        heap_.push_back({priority, arrivals_++, std::move(item)});
        std::push_heap(heap_.begin(), heap_.end(), later);
    }
    [[gnu::noinline]] T pop_other() {
        --tail_;
        if (order_ == QueueOrder::lifo) return take(place(tail_));
        std::pop_heap(heap_.begin(), heap_.end(), later);
        T item = std::move(heap_.back().item);
        heap_.pop_back();
        return item;
    }
    [[gnu::noinline]] void grow() {
        const size_t bigger = capacity_ ? capacity_ * 2 : 16;
        T* slots = std::allocator<T>().allocate(bigger);
        size_t count = 0;
        for (uint64_t i = head_; i != tail_; ++i) std::construct_at(slots + count++, take(place(i)));
        if (slots_) std::allocator<T>().deallocate(slots_, capacity_);
        slots_ = slots;
        capacity_ = bigger;
        mask_ = bigger - 1;
        head_ = 0;
        tail_ = count;
    }

    T* slots_ = nullptr;
    uint64_t mask_ = 0;
    uint64_t head_ = 0;
    uint64_t tail_ = 0;  ///< of a heap: the number of items
    size_t capacity_ = 0;
    QueueOrder order_;
    uint64_t arrivals_ = 0;
    std::vector<Entry> heap_;
};

}  // namespace asyncrun
