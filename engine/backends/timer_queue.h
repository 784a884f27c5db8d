// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/timer.h"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace asyncrun {

/// The timers of engines without their own: exact order by (deadline, sequence), O(1) to arm and cancel far
/// timers.
///
/// Far timers lie unsorted in three wheels of 4096 slots (262 µs, 16.8 ms and 1.07 s wide: together 73
/// minutes; later ones in a list). When the cursor reaches a slot, its timers move to a binary heap of near
/// timers, which is exact. Arming and cancelling a far timer links and unlinks it (7 ns here); a near one
/// costs O(log near). One thread, or under the owner's lock. Memory: 200 KiB, and nothing per timer beyond
/// the Timer itself but 8 bytes while it is near. Source: Varghese & Lauck, "Hashed and hierarchical timing
/// wheels" (1987).
class TimerQueue {
  public:
    TimerQueue();

    void start(Timer& timer);
    /// True if the timer was armed here.
    bool cancel(Timer& timer) noexcept;

    bool empty() const noexcept { return count_ == 0; }
    size_t size() const noexcept { return count_; }

    /// The earliest deadline, exactly; `never` if there is none. Moves timers towards the heap, so that later
    /// starts before that deadline cost O(log near): for the virtual clock, which jumps there.
    TimePoint earliest();
    /// When a real loop should wake: the earliest deadline, or, where timers come thick (many within one
    /// slot), the slot's last one: waking once for all of them costs a fraction of the CPU and at most one
    /// slot width of lateness. May be a moment too early where many far timers come together; then pop_due()
    /// has something to sort.
    TimePoint next_wake() const;

    /// Takes out the next timer that is due, in order; null when none is.
    Timer* pop_due(TimePoint now);

  private:
    static constexpr unsigned slot_bits = 12;
    static constexpr uint32_t slots = 1u << slot_bits;
    static constexpr unsigned levels = 3;
    // Slot widths as powers of two of nanoseconds. The lowest is the trade between wake-ups and lateness that
    // targets.md's table of slot widths shows: 262 µs keep p99 lateness near 0.3 ms at half the CPU of exact
    // wake-ups.
    static constexpr unsigned shifts[levels] = {18, 24, 30};
    static constexpr uint8_t near = 3, overflow = 4;
    static constexpr size_t crowded = 8;  ///< timers in a slot from which next_wake() waits for the last one
    static constexpr size_t examined =
        256;  ///< timers of a slot that next_wake() looks at before it takes its bounds

    struct Wheel {
        std::vector<Timer*> heads = std::vector<Timer*>(slots, nullptr);
        std::array<uint64_t, slots / 64> bits{};
        size_t count = 0;
        /// The first occupied slot at or after tick `from`, as a tick; only valid if count > 0.
        int64_t next_tick(int64_t from) const noexcept;
    };

    static bool before(const Timer& a, const Timer& b) noexcept {
        return a.deadline != b.deadline ? a.deadline < b.deadline : a.sequence < b.sequence;
    }
    void place(Timer& timer);
    void link(Timer*& head, Timer& timer) noexcept;
    void unlink(Timer*& head, Timer& timer) noexcept;
    void push_near(Timer& timer);
    void remove_near(uint32_t index) noexcept;
    void sift_up(uint32_t index) noexcept;
    void sift_down(uint32_t index) noexcept;
    /// Moves the cursor: everything up to `tick` of the lowest wheel becomes near, the rest moves down as it
    /// fits.
    void advance(int64_t tick);
    void empty_slot(unsigned level, int64_t tick);
    void replace_overflow();
    /// The lowest-wheel tick at which the first occupied slot of any wheel starts. Only valid if some timer
    /// is not near.
    int64_t next_start() const noexcept;

    std::array<Wheel, levels> wheels_;
    Timer* overflow_ = nullptr;
    size_t overflow_count_ = 0;
    std::vector<Timer*> near_;
    int64_t cursor_ = 0;  ///< lowest-wheel tick up to which (inclusive) timers are near
    uint64_t sequence_ = 0;
    size_t count_ = 0;
};

}  // namespace asyncrun
