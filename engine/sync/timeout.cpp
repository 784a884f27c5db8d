// SPDX-License-Identifier: MIT
#include "engine/sync/timeout.h"

#include "engine/runtime/runtime.h"

namespace asyncrun {

/// An expiry in the ready queue. Unlike a timer it is not taken out again: detached, its turn does nothing.
class Timeout::Soon final : public Counted, public ReadyItem, public SelfOwned {
  public:
    explicit Soon(Timeout& timeout) : timeout_(&timeout) { begin_owning(*this_thread.runtime); }
    void detach() noexcept {
        ParallelGuard guard(lock_);
        timeout_ = nullptr;
    }
    void run() noexcept override {
        {
            // Held over the cancel, so that detach() waits for an expiry under way on another thread.
            ParallelGuard guard(lock_);
            if (timeout_) timeout_->expire();
        }
        if (end_owning()) release();
    }
    void abandon() noexcept override { release(); }

  private:
    SpinLock lock_;
    Timeout* timeout_;
};

namespace {

const char* name(Timeout::State state) noexcept {
    switch (state) {
        case Timeout::State::created: return "created";
        case Timeout::State::active: return "active";
        case Timeout::State::expiring: return "expiring";
        case Timeout::State::expired: return "expired";
        case Timeout::State::finished: break;
    }
    return "finished";
}

}  // namespace

Timeout::Timeout(Duration delay) noexcept : due_(delay <= Duration::zero()) {
    const TimePoint now = this_thread.engine->now();
    when_.store(delay >= never - now ? never : now + delay, std::memory_order_relaxed);
}

Timeout::Timeout(TimePoint when) noexcept
    : when_(when), due_(when != never && when <= this_thread.engine->now()) {}

Timeout::~Timeout() = default;

void Timeout::check_active() const {
    const State now = state();
    if (now == State::active) return;
    if (now == State::created) throw Exception(errors::runtime(), "Timeout has not been entered");
    throw Exception(errors::runtime(), std::string("Cannot change state of ") + name(now) + " Timeout");
}

void Timeout::enter(Task& task) {
    if (state() != State::created) throw Exception(errors::runtime(), "Timeout has already been entered");
    ParallelGuard guard(lock_);
    task_ = &task;
    cancelling_ = task.cancelling();
    state_.store(State::active, std::memory_order_release);
    arm(due_);
}

void Timeout::arm(bool due) {
    const TimePoint when = this->when();
    if (when == never) return;
    if (due) {
        arm_soon();
        return;
    }
    deadline = when;
    timed_ = true;
    this_thread.engine->start_timer(*this);
}

void Timeout::arm_soon() {
    soon_ = Ref<Soon>(new Soon(*this));  // the second reference is its own
    schedule(*soon_);
}

void Timeout::disarm() noexcept {
    if (timed_) {
        timed_ = false;
        this_thread.engine->cancel_timer(*this);
    } else if (soon_) {
        soon_->detach();
        soon_ = nullptr;
    }
}

void Timeout::expire() noexcept {
    task_->cancel(std::nullopt);
    state_.store(State::expiring, std::memory_order_release);
}

void Timeout::reschedule(TimePoint when) {
    ParallelGuard guard(lock_);
    check_active();
    disarm();
    check_active();  // on another thread it may just have expired
    when_.store(when, std::memory_order_relaxed);
    arm(when != never && when <= this_thread.engine->now());
}

ErrorRef Timeout::exit(Task& task, ErrorRef error) {
    ParallelGuard guard(lock_);
    disarm();
    if (state() == State::expiring) {
        state_.store(State::expired, std::memory_order_release);
        if (task.uncancel() <= cancelling_ && error && &error->type() == &errors::cancelled()) {
            return make_error(errors::timeout());
        }
    } else {
        state_.store(State::finished, std::memory_order_release);
    }
    return error;
}

}  // namespace asyncrun
