// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/clock.h"
#include "engine/runtime/ready_queue.h"

#include <cstdint>

namespace asyncrun {

/// One deadline on an engine. The owner sets `deadline`, hands it to Engine::start_timer, and keeps it in place until it
/// ran or was cancelled. When due, the engine queues it as a ReadyItem; on its turn `fire()` is called.
/// Timers of one engine come in order of (deadline, sequence), never early.
class Timer : public ReadyItem {
  public:
    enum class State : uint8_t {
        idle,    ///< not started, cancelled, or has run
        armed,   ///< waits for its deadline
        queued,  ///< due: stands in the ready queue
    };

    TimePoint deadline{};

    bool armed() const noexcept { return state == State::armed; }

    void run() noexcept final {
        state = State::idle;
        fire();
    }

    // The engine's part: nobody else touches what follows.
    uint64_t sequence = 0;      ///< order of creation among equal deadlines; once queued: its place in the ready queue
    Timer* previous = nullptr;  ///< links of a wheel slot
    Timer* next = nullptr;
    void* engine_data = nullptr;  ///< libuv: its handle
    uint32_t place = 0;           ///< index in the near heap, or slot number in the wheel
    uint8_t level = 0;            ///< which part of the timer queue holds it
    State state = State::idle;

  protected:
    /// The timer's callback: make something ready. May destroy the timer.
    virtual void fire() noexcept = 0;

    Timer() = default;
    ~Timer() = default;
};

}  // namespace asyncrun
