// SPDX-License-Identifier: MIT
#include "engine/runtime/frame_pool.h"

#include "engine/runtime/spin_lock.h"

#include <atomic>
#include <mutex>
#include <utility>

namespace asyncrun {
namespace {

/// A list of pieces that a thread handed on, linked through its first piece.
struct Batch {
    Batch* next_piece;
    Batch* next_batch;
};

struct Shelf {
    std::atomic<Batch*> batches{nullptr};
    SpinLock lock;
};

/// What is left of a block after the thread that cut pieces off it ended.
struct Rest {
    Rest* next;
    char* end;
};

constinit Shelf shelves[FramePool::largest / FramePool::granularity + 1];
constinit Rest* rests = nullptr;
constinit SpinLock rests_lock;

void put(Shelf& shelf, Batch* batch) noexcept {
    const std::lock_guard guard(shelf.lock);
    batch->next_batch = shelf.batches.load(std::memory_order_relaxed);
    shelf.batches.store(batch, std::memory_order_relaxed);
}

}  // namespace

void* FramePool::take_elsewhere(Lists& lists, size_t index) {
    Shelf& shelf = shelves[index];
    if (shelf.batches.load(std::memory_order_relaxed)) {
        const std::lock_guard guard(shelf.lock);
        if (Batch* batch = shelf.batches.load(std::memory_order_relaxed)) {
            shelf.batches.store(batch->next_batch, std::memory_order_relaxed);
            auto* piece = reinterpret_cast<Piece*>(batch);
            lists.free[index] = piece->next;
            lists.count[index] = 0;
            for (Piece* p = piece->next; p; p = p->next) ++lists.count[index];
            return piece;
        }
    }
    const size_t bytes = index * granularity;
    if (static_cast<size_t>(lists.end - lists.begin) < bytes) {
        const std::lock_guard guard(rests_lock);
        if (rests && static_cast<size_t>(rests->end - reinterpret_cast<char*>(rests)) >= bytes) {
            lists.begin = reinterpret_cast<char*>(rests);
            lists.end = rests->end;
            rests = rests->next;
        } else {
            lists.begin = static_cast<char*>(::operator new(block));
            lists.end = lists.begin + block;
        }
    }
    return std::exchange(lists.begin, lists.begin + bytes);
}

void FramePool::hand_on(Lists& lists, size_t index) noexcept {
    Piece* const first = lists.free[index];
    Piece* last = first;
    for (uint32_t i = 1; i < most_spare / 2; ++i) last = last->next;
    lists.free[index] = last->next;
    lists.count[index] -= most_spare / 2;
    last->next = nullptr;
    put(shelves[index], reinterpret_cast<Batch*>(first));
}

void FramePool::retire_thread() noexcept {
    Lists& lists = lists_;
    for (size_t index = 1; index < classes; ++index) {
        if (!lists.free[index]) continue;
        lists.count[index] = 0;
        put(shelves[index], reinterpret_cast<Batch*>(std::exchange(lists.free[index], nullptr)));
    }
    if (static_cast<size_t>(lists.end - lists.begin) >= sizeof(Rest)) {
        const std::lock_guard guard(rests_lock);
        rests = new (lists.begin) Rest{rests, lists.end};
    }
    lists.begin = lists.end = nullptr;
}

}  // namespace asyncrun
