// SPDX-License-Identifier: MIT
#pragma once

#include "engine/sync/condition.h"

#include <atomic>
#include <cstdint>

namespace asyncrun {

class BarrierWait;
class BarrierChange;

/// asyncio.Barrier (3.11.7): tasks wait for each other until `parties` have arrived; then all go on, and the
/// barrier can be used again once the last has left. Built on a Condition as there, with the trips that its
/// lock may cost. Must outlive its waiters. Any thread of the engine.
class Barrier {
  public:
    /// ValueError `parties must be > 0`.
    explicit Barrier(int64_t parties);

    /// Gives the arrival's index, from 0. BrokenBarrierError if the barrier is or becomes broken or is reset.
    Await<BarrierWait> wait() noexcept;
    /// Back to the initial state; whoever waits gets a BrokenBarrierError.
    Await<BarrierChange> reset() noexcept;
    /// Breaks it for good.
    Await<BarrierChange> abort() noexcept;

    int64_t parties() const noexcept { return parties_; }
    /// How many wait for it to fill.
    int64_t waiting() const noexcept {
        return state() == State::filling ? count_.load(std::memory_order_relaxed) : 0;
    }
    bool broken() const noexcept { return state() == State::broken; }

  private:
    friend class BarrierWait;
    friend class BarrierChange;
    enum class State : uint8_t { filling, draining, resetting, broken };
    State state() const noexcept { return state_.load(std::memory_order_relaxed); }
    void change(State state) noexcept { state_.store(state, std::memory_order_relaxed); }

    Condition condition_;  ///< its lock guards the rest; atomic only for those who look without it
    const int64_t parties_;
    std::atomic<int64_t> count_{0};
    std::atomic<State> state_{State::filling};
};

/// Operation: arrives at a barrier and waits for the others.
class BarrierWait : private ConditionWait {
  public:
    static constexpr bool may_wait_again = true;

    explicit BarrierWait(Barrier& barrier) noexcept : ConditionWait(barrier.condition_), barrier_(&barrier) {}
    Wait start(Task& task, ErrorRef& error);
    Wait resume(Task& task, ErrorRef& error);
    int64_t result() const noexcept { return index_; }

  private:
    enum class Phase : uint8_t { entering, blocked, arrived };
    Wait go_on(Task& task, Wait wait, ErrorRef& error);
    Wait leave(Wait wait);

    Barrier* barrier_;
    int64_t index_ = 0;
    Phase phase_ = Phase::entering;
};

/// Operation: resets or aborts a barrier; waits for its lock.
class BarrierChange : private LockAcquire {
  public:
    enum class Kind : uint8_t { reset, abort };

    BarrierChange(Barrier& barrier, Kind kind) noexcept
        : LockAcquire(barrier.condition_.lock()), barrier_(&barrier), kind_(kind) {}
    Wait start(Task& task, ErrorRef& error);
    Wait resume(Task& task, ErrorRef& error);

  private:
    Wait change(Wait wait);

    Barrier* barrier_;
    Kind kind_;
};

inline Await<BarrierWait> Barrier::wait() noexcept { return Await<BarrierWait>(*this); }
inline Await<BarrierChange> Barrier::reset() noexcept {
    return Await<BarrierChange>(*this, BarrierChange::Kind::reset);
}
inline Await<BarrierChange> Barrier::abort() noexcept {
    return Await<BarrierChange>(*this, BarrierChange::Kind::abort);
}

}  // namespace asyncrun
