// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/ready_queue.h"

#include <atomic>
#include <cstddef>
#include <mutex>

namespace asyncrun {

/// Items from threads that are no workers, first in, first out. Any thread.
class InjectionQueue {
  public:
    /// After it the item is visible to whoever calls empty().
    void push(ReadyItem& item) {
        const std::lock_guard guard(mutex_);
        items_.push(item);
        size_.store(items_.size(), std::memory_order_seq_cst);
    }
    bool empty() const noexcept { return size_.load(std::memory_order_seq_cst) == 0; }
    /// A look that costs nothing and may be a moment old.
    bool seems_empty() const noexcept { return size_.load(std::memory_order_relaxed) == 0; }

    /// Takes a `workers`-th of the items, at least one if there is any: the first is returned, the others are
    /// given to `keep` in order.
    template <class Keep>
    ReadyItem* take_share(size_t workers, Keep keep) {
        const std::lock_guard guard(mutex_);
        if (items_.empty()) return nullptr;
        ReadyItem& first = items_.pop();
        for (size_t left = items_.size() / workers; left > 0; --left) keep(items_.pop());
        size_.store(items_.size(), std::memory_order_seq_cst);
        return &first;
    }

  private:
    std::mutex mutex_;
    ReadyQueue items_;
    std::atomic<size_t> size_{0};
};

}  // namespace asyncrun
