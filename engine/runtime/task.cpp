// SPDX-License-Identifier: MIT
#include "engine/runtime/task.h"

#include "engine/runtime/runtime.h"

namespace asyncrun {

Task::Task(Runtime& runtime) { runtime.adopt(*this); }

std::string Task::name() const {
    if (info_ && !info_->name.empty()) return info_->name;
    return "Task-" + std::to_string(number());
}

unsigned Task::uncancel() noexcept {
    ParallelGuard guard(lock());
    if (cancel_requests_ > 0) --cancel_requests_;
    return cancel_requests_;
}

bool Task::cancel(const CancelMessage& message) {
    Ref<FutureBase> inner;
    {
        ParallelGuard guard(lock());
        if (done()) return false;
        ++cancel_requests_;
        if (wait_.load(std::memory_order_acquire) == WaitState::pending) {
            if (awaited_) {
                inner = Ref<FutureBase>(awaited_);
            } else if (claim(WaitState::cancelled)) {
                if (message || info_) info().wait_message = message;
                if (this_thread.observer) [[unlikely]]
                    this_thread.observer->task_woken(*this);
                schedule(*this);
                return true;
            }
        }
        if (!inner) {
            if (message || info_) info().must_message = message;
            must_cancel_.store(true, std::memory_order_release);
            return true;
        }
    }
    // The lock is not held while the request travels inwards: the inner future may be a task whose end comes back here.
    if (inner->cancel(message)) return true;
    ParallelGuard guard(lock());
    if (message || info_) info().must_message = message;
    must_cancel_.store(true, std::memory_order_release);
    return true;
}

void Task::check_cancel_slow() {
    Ref<FutureBase> inner;
    CancelMessage message;
    {
        ParallelGuard guard(lock());
        if (!must_cancel_.load(std::memory_order_acquire)) return;
        if (info_) message = info_->must_message;
        if (awaited_) {
            inner = Ref<FutureBase>(awaited_);
        } else {
            if (!claim(WaitState::cancelled)) return;
            must_cancel_.store(false, std::memory_order_relaxed);
            if (info_) info_->wait_message = message;
            schedule(*this);
            return;
        }
    }
    if (inner->cancel(message)) must_cancel_.store(false, std::memory_order_release);
}

ErrorRef Task::cancelled_error() const {
    CancelMessage message;
    if (info_) message = cancelled_wait_ ? info_->wait_message : info_->must_message;
    return make_error(errors::cancelled(), message.value_or(""));
}

bool Task::cancelled_before_start() noexcept {
    if (!take_cancel()) return false;
    end(State::cancelled, cancelled_error());
    return true;
}

void Task::finish() noexcept {
    if (take_cancel()) {
        end(State::cancelled, cancelled_error());
    } else {
        end(State::finished, nullptr);
    }
}

void Task::finish(ErrorRef error) noexcept {
    const bool cancelled = error->is_cancellation();
    end(cancelled ? State::cancelled : State::failed, std::move(error));
}

void Task::end(State state, ErrorRef error) noexcept {
    ended_ = true;
    if (this_thread.observer) [[unlikely]]
        this_thread.observer->task_done(*this);
    this_thread.runtime->ended(*this, state);
    complete(state, std::move(error));
}

void Task::acquire_cpu() noexcept {
    for (unsigned spins = 0; on_cpu_.exchange(true, std::memory_order_acquire); ++spins) {
        if (spins < 256) {
            __builtin_ia32_pause();
        } else {
            sched_yield();
        }
    }
}

}  // namespace asyncrun
