// SPDX-License-Identifier: MIT
#include "engine/backends/sim/sim_engine.h"

#include "engine/backends/futex.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace asyncrun {
namespace {

[[noreturn]] void no_sockets() {
    throw std::system_error(ENOTSUP, std::generic_category(), "sockets on a virtual clock");
}

}  // namespace

SimEngine::SimEngine(Duration pass_cost) : OneThreadEngine(false), pass_cost_(pass_cost) { capabilities_.virtual_time = true; }

void SimEngine::start_timer(Timer& timer) { timers_.start(timer); }

bool SimEngine::cancel_timer(Timer& timer) noexcept { return withdraw(timer) || timers_.cancel(timer); }

bool SimEngine::pending() const noexcept { return !timers_.empty() || next_source_event() != never; }

TimePoint SimEngine::next_source_event() const noexcept {
    TimePoint first = never;
    for (const VirtualSource* source : sources_) first = std::min(first, source->next_event());
    return first;
}

void SimEngine::move_to(TimePoint target) {
    for (;;) {
        const TimePoint event = next_source_event();
        if (event > target || event == never) break;
        now_ = std::max(now_, event);
        for (VirtualSource* source : sources_) source->advance_to(now_);
    }
    now_ = std::max(now_, target);
}

void SimEngine::poll(bool block) {
    // A source's event need not complete anything (a job goes on): then look again.
    while (block && ready().empty() && !has_posted() && !interrupted().load(std::memory_order_relaxed)) {
        const TimePoint next = std::min(timers_.earliest(), next_source_event());
        if (next == never) {
            // Without such work the run is over: a job may just have been parked for good.
            if (has_external_work()) sleep();
            return;
        }
        move_to(std::max(next, now_));
        if (timers_.earliest() <= now_) break;
    }
}

void SimEngine::queue_due_timers() {
    move_to(now_);
    // What the sources posted at this instant was seen by this pass's poll.
    if (has_posted()) take_posted();
    move_to(now_ + pass_cost_);
    if (timers_.empty()) return;
    while (Timer* timer = timers_.pop_due(now_)) queue_timer(*timer);
}

void SimEngine::sleep() {
    const uint32_t seen = wakes_.load(std::memory_order_acquire);
    if (!begin_sleep()) return;
    ++counters.waits;
    futex_wait(wakes_, seen, Duration::max());
    counters.wakeups += wakes_.load(std::memory_order_relaxed) != seen;
    end_sleep();
}

void SimEngine::wake() noexcept {
    wakes_.fetch_add(1, std::memory_order_release);
    futex_wake(wakes_);
}

bool SimEngine::pass_virtual_time(Duration amount) {
    move_to(now_ + amount);
    return true;
}

void SimEngine::open_io(IoHandle&) { no_sockets(); }
void SimEngine::close_io(IoHandle&) noexcept {}
bool SimEngine::start_io(IoOperation&) { no_sockets(); }
void SimEngine::cancel_io(IoOperation&) noexcept {}

}  // namespace asyncrun
