// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/ready_queue.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace asyncrun {

/// The ready queue of one worker of several: only its owner adds, at the back; the owner and thieves take
/// from the front, so that it stays first in, first out. A ring that grows; adding and taking cost one atomic
/// read-modify-write each.
///
/// Indices only grow, which is what makes taking safe: whoever advances `head_` from the value under which it
/// read the slots has read what was there. Source: the stealing of half a FIFO is Go's `runqgrab` and Tokio's
/// `queue.rs`; the ring that grows is Chase & Lev, "Dynamic circular work-stealing deque" (2005).
class WorkQueue {
  public:
    /// `shared`: other threads look at it. If not, plain stores do.
    explicit WorkQueue(bool shared) : shared_(shared) { grow(0, 0); }
    WorkQueue(const WorkQueue&) = delete;
    WorkQueue& operator=(const WorkQueue&) = delete;

    /// Any thread; exact only while the owner adds nothing.
    bool empty() const noexcept {
        return head_.load(std::memory_order_seq_cst) >= tail_.load(std::memory_order_seq_cst);
    }

    /// Owner: how many items there are; thieves may take some at any moment.
    uint64_t size() const noexcept {
        return tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_acquire);
    }

    /// Owner. A sequentially consistent operation if shared: what the owner reads next, it reads after the
    /// item is visible.
    void push(ReadyItem& item) {
        const uint64_t tail = tail_.load(std::memory_order_relaxed);
        if (tail - head_seen_ > mask_) [[unlikely]]
            make_room(tail);
        slots_[tail & mask_].store(&item, std::memory_order_relaxed);
        if (shared_) {
            tail_.exchange(tail + 1, std::memory_order_seq_cst);
        } else {
            tail_.store(tail + 1, std::memory_order_release);
        }
    }

    /// Owner. Null if empty.
    ReadyItem* pop() noexcept {
        const uint64_t tail = tail_.load(std::memory_order_relaxed);
        uint64_t head = head_.load(std::memory_order_acquire);
        while (head != tail) {
            ReadyItem* item = slots_[head & mask_].load(std::memory_order_relaxed);
            if (!shared_) {
                head_.store(head + 1, std::memory_order_release);
                return item;
            }
            if (head_.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel,
                                            std::memory_order_acquire)) {
                return item;
            }
        }
        return nullptr;
    }

    /// Moves half of another's items to the back of this queue, which the caller owns; the oldest is returned
    /// to be run now. Null if there was none. `moved` is set to how many were taken.
    ReadyItem* steal_half(WorkQueue& victim, uint64_t& moved) {
        std::array<ReadyItem*, most_stolen> items;
        uint64_t count;
        uint64_t head = victim.head_.load(std::memory_order_acquire);
        do {
            const uint64_t tail = victim.tail_.load(std::memory_order_acquire);
            if (head >= tail) return nullptr;
            count = std::min<uint64_t>((tail - head + 1) / 2, most_stolen);
            // After the tail: the ring that holds everything up to it.
            const Ring* ring = victim.ring_.load(std::memory_order_acquire);
            for (uint64_t i = 0; i < count; ++i) {
                items[i] = ring->slots[(head + i) & ring->mask].load(std::memory_order_relaxed);
            }
        } while (!victim.head_.compare_exchange_weak(head, head + count, std::memory_order_acq_rel,
                                                     std::memory_order_acquire));
        for (uint64_t i = 1; i < count; ++i) push(*items[i]);
        moved = count;
        return items[0];
    }

  private:
    static constexpr uint64_t most_stolen = 256;
    struct Ring {
        explicit Ring(uint64_t size) : mask(size - 1), slots(new std::atomic<ReadyItem*>[size]) {}
        uint64_t mask;
        std::unique_ptr<std::atomic<ReadyItem*>[]> slots;
    };

    [[gnu::noinline]] void make_room(uint64_t tail) {
        head_seen_ = head_.load(std::memory_order_acquire);
        if (tail - head_seen_ > mask_) grow(head_seen_, tail);
    }
    /// Thieves may still read an old ring: all are kept. Together they are no larger than the newest.
    void grow(uint64_t head, uint64_t tail) {
        auto ring = std::make_unique<Ring>(rings_.empty() ? 1024 : (mask_ + 1) * 2);
        for (uint64_t i = head; i != tail; ++i) {
            ring->slots[i & ring->mask].store(slots_[i & mask_].load(std::memory_order_relaxed),
                                              std::memory_order_relaxed);
        }
        mask_ = ring->mask;
        slots_ = ring->slots.get();
        ring_.store(ring.get(), std::memory_order_release);
        rings_.push_back(std::move(ring));
    }

    // The owner's.
    std::atomic<ReadyItem*>* slots_ = nullptr;
    uint64_t mask_ = 0;
    uint64_t head_seen_ = 0;  ///< head_ was at least this
    std::vector<std::unique_ptr<Ring>> rings_;
    const bool shared_;
    // Everybody's.
    std::atomic<uint64_t> tail_{0};
    std::atomic<Ring*> ring_{nullptr};
    alignas(64) std::atomic<uint64_t> head_{0};
};

}  // namespace asyncrun
