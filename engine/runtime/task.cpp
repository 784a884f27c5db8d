// SPDX-License-Identifier: MIT
#include "engine/runtime/task.h"

#include "engine/runtime/runtime.h"

namespace asyncrun {

Task::Task(Runtime& runtime) { runtime.adopt(*this); }

Task::Info& Task::make_info() {
    auto* fresh = new Info;
    Info* other = nullptr;
    if (info_.compare_exchange_strong(other, fresh, std::memory_order_acq_rel, std::memory_order_acquire)) return *fresh;
    delete fresh;
    return *other;
}

std::string Task::name() const {
    if (const Info* info = info_.load(std::memory_order_acquire)) {
        ParallelGuard guard(lock());
        if (!info->name.empty()) return info->name;
    }
    return "Task-" + std::to_string(number());
}

void Task::set_name(std::string name) {
    Info& own = info();
    ParallelGuard guard(lock());
    own.name.swap(name);
}

unsigned Task::uncancel() noexcept {
    ParallelGuard guard(lock());
    if (cancel_requests_ > 0) --cancel_requests_;
    return cancel_requests_;
}

bool Task::cancel(const CancelMessage& message) {
    Ref<FutureBase> inner;
    for (bool counted = false;;) {
        {
            ParallelGuard guard(lock());
            if (done() || ended_) return counted;
            if (!counted) ++cancel_requests_;
            counted = true;
            const bool pending = wait_.load(std::memory_order_acquire) == WaitState::pending;
            const bool has_info = message || info_.load(std::memory_order_acquire);
            if (pending && !awaited_ && claim(WaitState::cancelled)) {
                if (has_info) info().wait_message = message;
                if (this_thread.observer) [[unlikely]]
                    this_thread.observer->task_woken(*this);
                schedule(*this);
                return true;
            }
            // A future that refused is done and about to wake this task.
            if (!pending || !awaited_ || awaited_ == inner.get()) {
                if (has_info) info().must_message = message;
                must_cancel_.store(true, std::memory_order_release);
                return true;
            }
            inner = Ref<FutureBase>(awaited_);
        }
        // The lock is not held while the request travels inwards: the inner future may be a task whose end comes back
        // here. If the future refuses, on several threads the task may wait for something else by now: look again.
        if (inner->cancel(message)) return true;
    }
}

void Task::check_cancel_slow() {
    Ref<FutureBase> inner;
    CancelMessage message;
    {
        ParallelGuard guard(lock());
        if (!must_cancel_.load(std::memory_order_acquire)) return;
        const Info* info = info_.load(std::memory_order_acquire);
        if (info) message = info->must_message;
        if (awaited_) {
            inner = Ref<FutureBase>(awaited_);
        } else {
            if (!claim(WaitState::cancelled)) return;
            must_cancel_.store(false, std::memory_order_relaxed);
            if (info) info_.load(std::memory_order_relaxed)->wait_message = message;
            schedule(*this);
            return;
        }
    }
    if (inner->cancel(message)) must_cancel_.store(false, std::memory_order_release);
}

ErrorRef Task::cancelled_error() const {
    CancelMessage message;
    if (const Info* info = info_.load(std::memory_order_acquire)) {
        ParallelGuard guard(lock());
        message = cancelled_wait_ ? info->wait_message : info->must_message;
    }
    return make_error(errors::cancelled(), message.value_or(""));
}

bool Task::cancelled_before_start() noexcept {
    if (!take_cancel()) return false;
    give_message_once();
    end(State::cancelled, cancelled_error());
    return true;
}

void Task::finish() noexcept {
    bool cancelled;
    {
        // A cancel comes either before this and counts, or after it and is refused.
        ParallelGuard guard(lock());
        cancelled = take_cancel();
        ended_ = true;
    }
    if (cancelled) {
        end(State::cancelled, cancelled_error());
    } else {
        end(State::finished, nullptr);
    }
}

void Task::finish(ErrorRef error) noexcept {
    const bool cancelled = error->is_cancellation();
    if (cancelled) give_message_once();
    end(cancelled ? State::cancelled : State::failed, std::move(error));
}

void Task::end(State state, ErrorRef error) noexcept {
    {
        ParallelGuard guard(lock());
        ended_ = true;
    }
    if (this_thread.observer) [[unlikely]]
        this_thread.observer->task_done(*this);
    this_thread.runtime->ended(*this, state);
    complete(state, std::move(error));
}

void Task::acquire_cpu() noexcept {
    for (unsigned spins = 0; on_cpu_.exchange(true, std::memory_order_acquire);) {
        while (on_cpu_.load(std::memory_order_relaxed)) {
            if (++spins < 256) {
                __builtin_ia32_pause();
            } else {
                sched_yield();
            }
        }
    }
}

}  // namespace asyncrun
