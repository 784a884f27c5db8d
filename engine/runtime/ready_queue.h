// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace asyncrun {

/// Something that waits for its turn on the loop: a task's next step, a future's callback, a due timer.
/// Lives in its owner; a queue only points to it, so it must stay until it ran or was taken out.
class ReadyItem {
  public:
    /// The item's turn. Called by the engine, never from inside the call that made the item ready.
    virtual void run() noexcept = 0;

  protected:
    ReadyItem() = default;
    ~ReadyItem() = default;
};

/// The FIFO of one-thread engines: a growable power-of-two ring of pointers (2 ns for a push and a pop here,
/// `limits/raw prims`). One thread only.
class ReadyQueue {
  public:
    ReadyQueue() : slots_(allocate(1024)), mask_(1023) {}
    ~ReadyQueue() { std::free(slots_); }
    ReadyQueue(const ReadyQueue&) = delete;
    ReadyQueue& operator=(const ReadyQueue&) = delete;

    bool empty() const noexcept { return head_ == tail_; }
    size_t size() const noexcept { return tail_ - head_; }
    void push(ReadyItem& item) {
        if (tail_ - head_ > mask_) [[unlikely]]
            grow();
        slots_[tail_++ & mask_] = &item;
    }
    /// Where the next push puts its item, for replace(). Never repeats.
    uint64_t next_position() const noexcept { return tail_; }
    ReadyItem& pop() noexcept { return *slots_[head_++ & mask_]; }
    /// The item `ahead` places behind the front, to have its memory fetched early.
    const ReadyItem* peek(size_t ahead) const noexcept { return slots_[(head_ + ahead) & mask_]; }
    /// Replaces the item that was pushed at `position` and must not run any more: for the timer that is cancelled while
    /// it waits here. It must not have been popped.
    void replace(uint64_t position, ReadyItem& with) noexcept { slots_[position & mask_] = &with; }
    void clear() noexcept { head_ = tail_; }

  private:
    static ReadyItem** allocate(size_t count) {
        void* memory = std::malloc(count * sizeof(ReadyItem*));
        if (!memory) throw std::bad_alloc();
        return static_cast<ReadyItem**>(memory);
    }
    [[gnu::noinline]] void grow() {
        const size_t capacity = (mask_ + 1) * 2;
        ReadyItem** bigger = allocate(capacity);
        // Positions stay, so that an item can be found again.
        for (uint64_t i = head_; i != tail_; ++i) bigger[i & (capacity - 1)] = slots_[i & mask_];
        std::free(slots_);
        slots_ = bigger;
        mask_ = capacity - 1;
    }

    ReadyItem** slots_;
    uint64_t mask_;
    uint64_t head_ = 0;
    uint64_t tail_ = 0;
};

}  // namespace asyncrun
