// SPDX-License-Identifier: MIT
#include "engine/backends/one_thread_engine.h"

#include "engine/runtime/this_thread.h"

namespace asyncrun {
namespace {

/// Stands in the ready queue for an item that was withdrawn.
class Nothing final : public ReadyItem {
  public:
    void run() noexcept override {}
};
Nothing nothing;

}  // namespace

OneThreadEngine::~OneThreadEngine() { take_posted(); }

Engine::End OneThreadEngine::run() {
    stop_ = false;
    const End end = run_passes();
    meter_.move_to(poll_time);
    poll_sampling = PollMeter::sampling;
    return end;
}

/// Inlined into the pass: with one task alone a pass is a single item, and the call would show.
[[gnu::always_inline]] inline bool OneThreadEngine::run_batch() {
    size_t left = ready_.size();
    since_poll_ += static_cast<unsigned>(left);
    for (; left > 0; --left) {
        if (interrupted().load(std::memory_order_relaxed)) [[unlikely]]
            return false;
        // With many live tasks the items are not in cache; fetching a few ahead hides most of it.
        if (left > 4) __builtin_prefetch(ready_.peek(4));
        meter_.run(ready_.pop());
    }
    return true;
}

Engine::End OneThreadEngine::run_passes() {
    for (;;) {
        ++counters.passes;
        if (ready_.empty()) [[unlikely]] {
            if (interrupted().load(std::memory_order_relaxed)) return End::interrupted;
            if (!pending() && !has_external_work() && !has_posted()) return End::idle;
            poll(true);
            since_poll_ = 0;
            meter_.waited();
        } else if (since_poll_ >= poll_interval) {
            poll(false);
            since_poll_ = 0;
        }
        if (has_posted()) [[unlikely]]
            take_posted();
        if (timers_armed_) queue_due_timers();
        if (!run_batch()) return End::interrupted;
        if (stop_) return End::stopped;
    }
}

void OneThreadEngine::post(ReadyItem& item) noexcept {
    auto* posted = new Posted{posted_.load(std::memory_order_relaxed), &item};
    while (!posted_.compare_exchange_weak(posted->next, posted, std::memory_order_seq_cst,
                                          std::memory_order_relaxed)) {
    }
    if (asleep_.load(std::memory_order_seq_cst) && asleep_.exchange(false, std::memory_order_seq_cst)) wake();
}

bool OneThreadEngine::begin_sleep() noexcept {
    asleep_.store(true, std::memory_order_seq_cst);
    if (posted_.load(std::memory_order_seq_cst) || interrupted().load(std::memory_order_seq_cst)) {
        asleep_.store(false, std::memory_order_relaxed);
        return false;
    }
    return true;
}

void OneThreadEngine::take_posted() {
    Posted* newest = posted_.exchange(nullptr, std::memory_order_acquire);
    Posted* oldest = nullptr;
    while (newest) {
        Posted* next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    while (oldest) {
        Posted* next = oldest->next;
        ready_.push(*oldest->item);
        delete oldest;
        oldest = next;
    }
}

bool OneThreadEngine::withdraw(Timer& timer) noexcept {
    if (timer.state != Timer::State::queued) return false;
    ready_.replace(timer.sequence, nothing);
    timer.state = Timer::State::idle;
    return true;
}

}  // namespace asyncrun
