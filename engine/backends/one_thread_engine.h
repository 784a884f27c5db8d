// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/engine.h"
#include "engine/runtime/poll_meter.h"

#include <atomic>

namespace asyncrun {

/// The loop that all one-thread engines share, so that they differ only in how they wait: asyncio's pass
/// (base_events.py `_run_once`): poll → posted items → due timers → the batch that is queued now.
///
/// A busy loop does not poll on every pass: at the latest after `poll_interval` items (a system call costs as
/// much as twenty of them). Timers are looked at on every pass while some are armed.
class OneThreadEngine : public Engine {
  public:
    ~OneThreadEngine() override;
    End run() override;
    void stop() noexcept override { stop_ = true; }
    ReadyQueue* ready_queue() noexcept override { return &ready_; }
    void schedule(ReadyItem& item) noexcept override { ready_.push(item); }
    void post(ReadyItem& item) noexcept override;

  protected:
    /// On a virtual clock how long items really took is of no interest, and not the same twice.
    explicit OneThreadEngine(bool real_time = true) noexcept : meter_(real_time) {}

    /// Whether timers, I/O or other sources of this engine can still make something ready.
    virtual bool pending() const noexcept = 0;
    /// Looks for events and queues what they completed. Blocks until something happens if `block`; must then
    /// return when wake() is called.
    virtual void poll(bool block) = 0;
    /// Queues the timers that are due now, in order.
    virtual void queue_due_timers() = 0;

    /// True if posted items wait. For poll() to look at after it declared that it sleeps.
    bool has_posted() const noexcept { return posted_.load(std::memory_order_acquire) != nullptr; }
    /// Queues the posted items.
    void take_posted();
    /// Between these two a post or an interrupt calls wake(). begin_sleep() is false if there is no reason to sleep.
    bool begin_sleep() noexcept;
    void end_sleep() noexcept { asleep_.store(false, std::memory_order_relaxed); }

    /// While false, queue_due_timers() is not called: no timer is armed.
    void look_for_timers(bool armed) noexcept { timers_armed_ = armed; }

    ReadyQueue& ready() noexcept { return ready_; }
    /// Queues a timer that is due.
    void queue_timer(Timer& timer) {
        timer.state = Timer::State::queued;
        timer.sequence = ready_.next_position();
        ready_.push(timer);
    }
    /// Takes a timer out of the ready queue before its turn. False if it does not stand there.
    bool withdraw(Timer& timer) noexcept;

  private:
    static constexpr unsigned poll_interval = 256;
    struct Posted {
        Posted* next;
        ReadyItem* item;
    };
    End run_passes();
    /// False if interrupted in the middle.
    bool run_batch();

    ReadyQueue ready_;
    bool stop_ = false;
    bool timers_armed_ = true;
    unsigned since_poll_ = 0;
    PollMeter meter_;
    alignas(64) std::atomic<Posted*> posted_{nullptr};  ///< newest first
    std::atomic<bool> asleep_{false};
};

}  // namespace asyncrun
