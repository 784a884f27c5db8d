// SPDX-License-Identifier: MIT
#include "engine/sync/barrier.h"

namespace asyncrun {

Barrier::Barrier(int64_t parties) : parties_(parties) {
    if (parties < 1) throw Exception(errors::value(), "parties must be > 0");
}

Wait BarrierWait::start(Task& task, ErrorRef& error) {
    phase_ = Phase::entering;
    return go_on(task, LockAcquire::start(task, error), error);
}

Wait BarrierWait::resume(Task& task, ErrorRef& error) {
    return go_on(
        task,
        phase_ == Phase::entering ? LockAcquire::resume(task, error) : ConditionWait::resume(task, error),
        error);
}

Wait BarrierWait::go_on(Task& task, Wait wait, ErrorRef& error) {
    using State = Barrier::State;
    if (wait == Wait::suspended) return wait;
    if (phase_ == Phase::entering) {
        if (wait == Wait::failed) return wait;
        phase_ = Phase::blocked;
    }
    if (phase_ == Phase::blocked) {
        for (;;) {
            if (wait == Wait::suspended) return wait;
            if (wait == Wait::failed) return leave(wait);
            if (barrier_->state() != State::draining && barrier_->state() != State::resetting) break;
            wait = ConditionWait::start(task, error);
        }
        if (barrier_->broken()) {
            error = make_error(errors::broken_barrier(), "Barrier aborted");
            return leave(Wait::failed);
        }
        phase_ = Phase::arrived;
        index_ = barrier_->count_.fetch_add(1, std::memory_order_relaxed);
        if (index_ + 1 == barrier_->parties_) {
            barrier_->change(State::draining);
            barrier_->condition_.notify_all();
            return leave(Wait::done);
        }
    }
    while (wait == Wait::done && barrier_->state() == State::filling)
        wait = ConditionWait::start(task, error);
    if (wait == Wait::suspended) return wait;
    if (wait == Wait::done && barrier_->state() != State::draining) {
        error = make_error(errors::broken_barrier(), "Abort or reset of barrier");
        wait = Wait::failed;
    }
    return leave(wait);
}

Wait BarrierWait::leave(Wait wait) {
    using State = Barrier::State;
    if (phase_ == Phase::arrived && barrier_->count_.fetch_sub(1, std::memory_order_relaxed) == 1) {
        if (barrier_->state() == State::resetting || barrier_->state() == State::draining) {
            barrier_->change(State::filling);
        }
        barrier_->condition_.notify_all();
    }
    barrier_->condition_.lock().try_release();
    return wait;
}

Wait BarrierChange::start(Task& task, ErrorRef& error) { return change(LockAcquire::start(task, error)); }
Wait BarrierChange::resume(Task& task, ErrorRef& error) { return change(LockAcquire::resume(task, error)); }

Wait BarrierChange::change(Wait wait) {
    using State = Barrier::State;
    if (wait != Wait::done) return wait;
    if (kind_ == Kind::abort) {
        barrier_->change(State::broken);
    } else {
        barrier_->change(barrier_->count_.load(std::memory_order_relaxed) > 0 ? State::resetting
                                                                              : State::filling);
    }
    barrier_->condition_.notify_all();
    barrier_->condition_.lock().try_release();
    return wait;
}

}  // namespace asyncrun
