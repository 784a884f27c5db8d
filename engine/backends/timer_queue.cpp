// SPDX-License-Identifier: MIT
#include "engine/backends/timer_queue.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace asyncrun {
namespace {

int64_t ticks(TimePoint t, unsigned shift) { return t.time_since_epoch().count() >> shift; }

}  // namespace

TimerQueue::TimerQueue() { near_.reserve(256); }

int64_t TimerQueue::Wheel::next_tick(int64_t from) const noexcept {
    const auto start = static_cast<uint32_t>(from) & (slots - 1);
    uint32_t word = start / 64;
    uint64_t bits_here = bits[word] & (~uint64_t{0} << (start % 64));
    for (uint32_t i = 0; i <= slots / 64; ++i) {
        if (bits_here) {
            const uint32_t slot = word * 64 + static_cast<uint32_t>(std::countr_zero(bits_here));
            return from + ((slot - start) & (slots - 1));
        }
        word = (word + 1) % (slots / 64);
        bits_here = bits[word];
    }
    return from;
}

void TimerQueue::link(Timer*& head, Timer& timer) noexcept {
    timer.previous = nullptr;
    timer.next = head;
    if (head) head->previous = &timer;
    head = &timer;
}

void TimerQueue::unlink(Timer*& head, Timer& timer) noexcept {
    if (timer.previous) {
        timer.previous->next = timer.next;
    } else {
        head = timer.next;
    }
    if (timer.next) timer.next->previous = timer.previous;
}

void TimerQueue::place(Timer& timer) {
    const int64_t tick0 = ticks(timer.deadline, shifts[0]);
    if (tick0 <= cursor_) {
        push_near(timer);
        return;
    }
    for (unsigned level = 0; level < levels; ++level) {
        const unsigned up = shifts[level] - shifts[0];
        const int64_t tick = tick0 >> up;
        if (tick - (cursor_ >> up) >= slots) continue;
        Wheel& wheel = wheels_[level];
        const auto slot = static_cast<uint32_t>(tick) & (slots - 1);
        link(wheel.heads[slot], timer);
        wheel.bits[slot / 64] |= uint64_t{1} << (slot % 64);
        ++wheel.count;
        timer.place = slot;
        timer.level = static_cast<uint8_t>(level);
        return;
    }
    link(overflow_, timer);
    ++overflow_count_;
    timer.level = overflow;
}

void TimerQueue::start(Timer& timer) {
    timer.sequence = ++sequence_;
    timer.state = Timer::State::armed;
    ++count_;
    place(timer);
}

bool TimerQueue::cancel(Timer& timer) noexcept {
    if (timer.state != Timer::State::armed) return false;
    timer.state = Timer::State::idle;
    --count_;
    if (timer.level == near) {
        remove_near(timer.place);
    } else if (timer.level == overflow) {
        unlink(overflow_, timer);
        --overflow_count_;
    } else {
        Wheel& wheel = wheels_[timer.level];
        unlink(wheel.heads[timer.place], timer);
        if (!wheel.heads[timer.place]) wheel.bits[timer.place / 64] &= ~(uint64_t{1} << (timer.place % 64));
        --wheel.count;
    }
    return true;
}

void TimerQueue::empty_slot(unsigned level, int64_t tick) {
    Wheel& wheel = wheels_[level];
    const auto slot = static_cast<uint32_t>(tick) & (slots - 1);
    Timer* timer = std::exchange(wheel.heads[slot], nullptr);
    wheel.bits[slot / 64] &= ~(uint64_t{1} << (slot % 64));
    while (timer) {
        Timer* next = timer->next;
        --wheel.count;
        place(*timer);
        timer = next;
    }
}

void TimerQueue::replace_overflow() {
    Timer* timer = std::exchange(overflow_, nullptr);
    overflow_count_ = 0;
    while (timer) {
        Timer* next = timer->next;
        place(*timer);
        timer = next;
    }
}

void TimerQueue::advance(int64_t tick) {
    const int64_t old = std::exchange(cursor_, tick);
    // From the lowest wheel up: what a higher wheel gives down finds the lower ones free of slots that have
    // passed.
    for (unsigned level = 0; level < levels; ++level) {
        const unsigned up = shifts[level] - shifts[0];
        int64_t from = (old >> up) + 1;
        while (wheels_[level].count != 0) {
            const int64_t occupied = wheels_[level].next_tick(from);
            if (occupied > tick >> up) break;
            empty_slot(level, occupied);
            from = occupied + 1;
        }
    }
    const unsigned top = shifts[levels - 1] - shifts[0];
    if (overflow_count_ != 0 && (old >> top) != (tick >> top)) replace_overflow();
}

int64_t TimerQueue::next_start() const noexcept {
    int64_t first = INT64_MAX;
    for (unsigned level = 0; level < levels; ++level) {
        if (wheels_[level].count == 0) continue;
        const unsigned up = shifts[level] - shifts[0];
        first = std::min(first, wheels_[level].next_tick((cursor_ >> up) + 1) << up);
    }
    // What overflows is later than anything in the wheels.
    if (first != INT64_MAX) return first;
    for (const Timer* t = overflow_; t; t = t->next) first = std::min(first, ticks(t->deadline, shifts[0]));
    return first;
}

TimePoint TimerQueue::earliest() {
    if (count_ == 0) return never;
    while (near_.empty()) advance(next_start());
    return near_[0]->deadline;
}

TimePoint TimerQueue::next_wake() const {
    if (count_ == 0) return never;
    const auto slot_start = [](unsigned level, int64_t tick) {
        return TimePoint(Duration{tick << shifts[level]});
    };
    if (!near_.empty()) {
        const TimePoint first = near_[0]->deadline;
        if (near_.size() < crowded) return first;
        const TimePoint slot_end = slot_start(0, ticks(first, shifts[0]) + 1);
        if (near_.size() > examined) return slot_end;
        TimePoint last = first;
        for (const Timer* t : near_) last = std::max(last, t->deadline);
        return std::min(last, slot_end);
    }
    TimePoint wake = never;
    if (wheels_[0].count != 0) {
        const int64_t tick = wheels_[0].next_tick(cursor_ + 1);
        TimePoint first = never, last{};
        size_t crowd = 0;
        for (const Timer* t = wheels_[0].heads[static_cast<uint32_t>(tick) & (slots - 1)]; t; t = t->next) {
            if (++crowd > examined) break;
            first = std::min(first, t->deadline);
            last = std::max(last, t->deadline);
        }
        wake = crowd < crowded ? first : crowd > examined ? slot_start(0, tick + 1) : last;
    }
    for (unsigned level = 1; level < levels; ++level) {
        if (wheels_[level].count == 0) continue;
        const int64_t tick = wheels_[level].next_tick((cursor_ >> (shifts[level] - shifts[0])) + 1);
        if (slot_start(level, tick) >= wake) continue;
        TimePoint first = never;
        size_t crowd = 0;
        for (const Timer* t = wheels_[level].heads[static_cast<uint32_t>(tick) & (slots - 1)]; t;
             t = t->next) {
            // Too many to look at: at the slot's start they come down to where they are sorted.
            first = ++crowd > examined ? slot_start(level, tick) : std::min(first, t->deadline);
            if (crowd > examined) break;
        }
        wake = std::min(wake, first);
    }
    // What overflows is later than anything in the wheels, and looked through again when the top wheel turns
    // so far.
    constexpr unsigned top = levels - 1;
    if (wake == never) wake = slot_start(top, (cursor_ >> (shifts[top] - shifts[0])) + slots);
    return wake;
}

Timer* TimerQueue::pop_due(TimePoint now) {
    if (count_ == 0) return nullptr;
    const int64_t tick = ticks(now, shifts[0]);
    // What is near comes before everything in the wheels. One slot after the other becomes near, so that a loop that has
    // fallen behind sorts small heaps that stay in the cache instead of everything that is due.
    while (near_.empty()) {
        const int64_t next = next_start();
        if (next > tick) {
            if (tick > cursor_) advance(tick);
            return nullptr;
        }
        advance(next);
    }
    if (near_[0]->deadline > now) return nullptr;
    Timer* timer = near_[0];
    remove_near(0);
    --count_;
    timer->state = Timer::State::queued;
    return timer;
}

void TimerQueue::push_near(Timer& timer) {
    timer.level = near;
    timer.place = static_cast<uint32_t>(near_.size());
    near_.push_back(&timer);
    sift_up(timer.place);
}

void TimerQueue::remove_near(uint32_t index) noexcept {
    Timer* last = near_.back();
    near_.pop_back();
    if (index == near_.size()) return;
    near_[index] = last;
    last->place = index;
    sift_up(index);
    sift_down(last->place);
}

void TimerQueue::sift_up(uint32_t index) noexcept {
    Timer* timer = near_[index];
    while (index > 0) {
        const uint32_t parent = (index - 1) / 2;
        if (!before(*timer, *near_[parent])) break;
        near_[index] = near_[parent];
        near_[index]->place = index;
        index = parent;
    }
    near_[index] = timer;
    timer->place = index;
}

void TimerQueue::sift_down(uint32_t index) noexcept {
    Timer* timer = near_[index];
    const auto size = static_cast<uint32_t>(near_.size());
    for (;;) {
        uint32_t child = index * 2 + 1;
        if (child >= size) break;
        if (child + 1 < size && before(*near_[child + 1], *near_[child])) ++child;
        if (!before(*near_[child], *timer)) break;
        near_[index] = near_[child];
        near_[index]->place = index;
        index = child;
    }
    near_[index] = timer;
    timer->place = index;
}

}  // namespace asyncrun
