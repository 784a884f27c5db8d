// SPDX-License-Identifier: MIT
#pragma once

#include "engine/backends/one_thread_engine.h"
#include "engine/backends/timer_queue.h"

#include <atomic>
#include <cstdint>
#include <vector>

namespace asyncrun {

/// Something beside the timers that has events on the simulator's clock: the workers of an executor, a
/// network.
class VirtualSource {
  public:
    /// When its next event is, `never` if none is to come.
    virtual TimePoint next_event() const noexcept = 0;
    /// Lets its events up to and including `now` happen, in order. What completes it hands to Engine::post: the loop
    /// sees it in the poll that comes next.
    virtual void advance_to(TimePoint now) = 0;

  protected:
    ~VirtualSource() = default;
};

/// The simulator: a loop on a virtual clock that jumps to the next event when nothing is ready. Takes no real
/// time for waiting and repeats to the last event on every machine.
///
/// Each pass: poll (jump if nothing is ready, then completions of sources) → the clock moves on by
/// `pass_cost` → timers due by now → the batch (details D3).
class SimEngine final : public OneThreadEngine {
  public:
    explicit SimEngine(Duration pass_cost = Duration::zero());

    const Capabilities& capabilities() const noexcept override { return capabilities_; }
    TimePoint now() const noexcept override { return now_; }
    void start_timer(Timer& timer) override;
    bool cancel_timer(Timer& timer) noexcept override;
    void open_io(IoHandle& handle) override;
    void close_io(IoHandle& handle) noexcept override;
    bool start_io(IoOperation& operation) override;
    void cancel_io(IoOperation& operation) noexcept override;
    bool pass_virtual_time(Duration amount) override;

    /// A source must be removed before it dies. The order of addition is the order among sources at one
    /// instant.
    void add_source(VirtualSource& source) { sources_.push_back(&source); }
    void remove_source(VirtualSource& source) noexcept { std::erase(sources_, &source); }

  protected:
    bool pending() const noexcept override;
    void poll(bool block) override;
    void queue_due_timers() override;
    void wake() noexcept override;

  private:
    /// Nothing is left on the virtual clock: waits in real time for work outside the loop to post.
    void sleep();
    /// The earliest event of any source.
    TimePoint next_source_event() const noexcept;
    /// Moves the clock, letting the sources' events on the way happen at their instants.
    void move_to(TimePoint target);

    Capabilities capabilities_;
    Duration pass_cost_;
    TimePoint now_{};
    TimerQueue timers_;
    std::vector<VirtualSource*> sources_;
    std::atomic<uint32_t> wakes_{0};
};

}  // namespace asyncrun
