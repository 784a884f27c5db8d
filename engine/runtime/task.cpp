// SPDX-License-Identifier: MIT
#include "engine/runtime/task.h"

#include "engine/runtime/runtime.h"

#include <vector>

namespace asyncrun {

Task::Info& Task::make_info() {
    ParallelGuard guard(lock());
    return info_locked();
}

Task::Info& Task::info_locked() {
    if (Info* info = info_if_any()) return *info;
    auto* fresh = new Info;
    fresh->awaited = awaited_locked();
    extra_.store(reinterpret_cast<uintptr_t>(fresh) | info_tag, std::memory_order_release);
    return *fresh;
}

void Task::set_awaited_slow(FutureBase* awaited) noexcept {
    ParallelGuard guard(lock());
    if (Info* info = info_if_any()) {
        info->awaited = awaited;
    } else {
        extra_.store(reinterpret_cast<uintptr_t>(awaited), std::memory_order_relaxed);
    }
}

std::string Task::name() const {
    if (const Info* info = info_if_any()) {
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
    Info* info = info_if_any();
    unsigned requests = info ? info->cancel_requests.load(std::memory_order_relaxed) : 0;
    if (requests > 0) info->cancel_requests.store(--requests, std::memory_order_relaxed);
    return requests;
}

Task::CancelAnswer Task::ask_to_cancel(const CancelMessage& message, bool& counted, Ref<FutureBase>& inner) {
    ParallelGuard guard(lock());
    if (done() || has_ended()) return counted ? CancelAnswer::accepted : CancelAnswer::refused;
    Info& own = info_locked();
    FutureBase* const awaited = own.awaited;
    if (!counted) own.cancel_requests.fetch_add(1, std::memory_order_relaxed);
    counted = true;
    const bool pending = wait_.load(std::memory_order_acquire) == WaitState::pending;
    if (pending && !awaited && claim(WaitState::cancelled)) {
        own.wait_message = message;
        if (this_thread.observer) [[unlikely]]
            this_thread.observer->task_woken(*this);
        schedule(*this);
        return CancelAnswer::accepted;
    }
    // A future that refused is done and about to wake this task.
    if (!pending || !awaited || awaited == inner.get()) {
        own.must_message = message;
        must_cancel_.store(true, std::memory_order_release);
        return CancelAnswer::accepted;
    }
    inner = Ref<FutureBase>(awaited);
    return CancelAnswer::passed_on;
}

namespace {

/// Passes a cancel on to what is no task itself, such as a gather, whose children may be tasks again. Refuses when that
/// nests beyond reason: tasks wait for each other in a circle then.
bool cancel_nested(FutureBase& future, const CancelMessage& message) {
    constexpr unsigned deepest = 2000;
    thread_local constinit unsigned depth = 0;
    if (depth >= deepest) return false;
    ++depth;
    const bool accepted = future.cancel(message);
    --depth;
    return accepted;
}

}  // namespace

bool Task::cancel(const CancelMessage& message) {
    // The request travels inwards along tasks that wait for tasks, without recursion, since such a chain may be long. No
    // lock is held meanwhile: an inner task's end comes back here. A future that refuses is done; on several threads
    // the task may wait for something else by now, so it is asked again.
    struct Level {
        Ref<Task> task;
        Ref<FutureBase> inner;
        bool counted = false;
    };
    std::vector<Level> outer;
    Level level{Ref<Task>(this), nullptr, false};
    // Tasks may wait for each other in a circle; the way is compared with a task on it, by Brent's algorithm.
    const Task* milestone = this;
    uint64_t steps = 0, next_milestone = 1;
    for (;;) {
        switch (level.task->ask_to_cancel(message, level.counted, level.inner)) {
            case CancelAnswer::accepted: return true;
            case CancelAnswer::refused:
                if (outer.empty()) return false;
                level = std::move(outer.back());
                outer.pop_back();
                continue;
            case CancelAnswer::passed_on: break;
        }
        auto* task = dynamic_cast<Task*>(level.inner.get());
        if (!task) {
            if (cancel_nested(*level.inner, message)) return true;
        } else if (task != milestone) {
            outer.push_back(std::move(level));
            level = Level{Ref<Task>(task), nullptr, false};
            if (++steps == next_milestone) {
                milestone = task;
                next_milestone *= 2;
            }
        }
    }
}

void Task::check_cancel_slow() {
    Ref<FutureBase> inner;
    CancelMessage message;
    {
        ParallelGuard guard(lock());
        if (!must_cancel_.load(std::memory_order_acquire)) return;
        Info* const info = info_if_any();
        if (info) message = info->must_message;
        if (FutureBase* awaited = awaited_locked()) {
            inner = Ref<FutureBase>(awaited);
        } else {
            if (!claim(WaitState::cancelled)) return;
            must_cancel_.store(false, std::memory_order_relaxed);
            if (info) info->wait_message = message;
            schedule(*this);
            return;
        }
    }
    if (inner->cancel(message)) must_cancel_.store(false, std::memory_order_release);
}

ErrorRef Task::cancelled_error() const {
    CancelMessage message;
    if (const Info* info = info_if_any()) {
        ParallelGuard guard(lock());
        message = info->cancelled_wait ? info->wait_message : info->must_message;
    }
    return make_cancelled_error(message);
}

bool Task::cancelled_before_start_slow() noexcept {
    if (!take_cancel()) return false;
    give_message_once();
    end(State::cancelled, cancelled_error());
    return true;
}

void Task::finish_slow() noexcept {
    bool cancelled;
    {
        // A cancel comes either before this and counts, or after it and is refused.
        ParallelGuard guard(lock());
        cancelled = take_cancel();
        wait_.store(WaitState::ended, std::memory_order_relaxed);
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
        wait_.store(WaitState::ended, std::memory_order_relaxed);
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
