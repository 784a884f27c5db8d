// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/engine.h"
#include "engine/runtime/self_owned.h"
#include "engine/runtime/spin_lock.h"
#include "engine/runtime/task.h"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace asyncrun {

/// How many tasks a run saw.
struct TaskCounts {
    uint64_t spawned = 0;
    uint64_t done = 0;  ///< ended in any way
    uint64_t failed = 0;
    uint64_t cancelled = 0;
    uint64_t live = 0;
    uint64_t live_max = 0;
};

/// Tells what went wrong outside any awaiting code: asyncio's exception handler. Kinds as in the language's
/// `on_report`.
struct Report {
    std::string kind;  ///< never_retrieved, callback_failed, task_destroyed, …
    std::string text;
    ErrorRef error;  ///< or null
    Task* task = nullptr;
};

/// What one run owns above the engine: its live tasks in order of creation, their numbering and counts, the
/// failures that nobody has looked at yet. One per run; `this_thread.runtime` on every thread that runs its
/// tasks.
class Runtime {
  public:
    explicit Runtime(Engine& engine) : engine_(engine) {}
    /// Abandons the tasks that are still alive: they are destroyed without running.
    ~Runtime();
    Runtime(const Runtime&) = delete;
    Runtime& operator=(const Runtime&) = delete;

    Engine& engine() noexcept { return engine_; }
    /// How many tasks live and are done, roughly, for a look from another thread while the run goes on.
    std::pair<uint64_t, uint64_t> glimpse() const noexcept {
        const uint64_t live = __atomic_load_n(&counts_.live, __ATOMIC_RELAXED);
        const uint64_t spawned = __atomic_load_n(&numbers_, __ATOMIC_RELAXED);
        return {live, spawned > live ? spawned - live : 0};
    }
    TaskCounts counts() const noexcept {
        TaskCounts counts = counts_;
        counts.spawned = numbers_;
        counts.done = numbers_ - counts.live;
        return counts;
    }

    /// Called with each report while set; otherwise they are only counted by kind.
    std::function<void(const Report&)> on_report;
    void report(const Report& report);

    /// The live tasks in order of creation. The engine must not run tasks on other threads meanwhile, or the
    /// answer is a snapshot.
    std::vector<Ref<Task>> live_tasks();
    /// Tasks that failed and whose error nobody retrieved, in order of failure.
    std::vector<Ref<Task>> lost_failures();
    /// Releases the live tasks without running them (deadlock, interruption, end), and what waits for them or
    /// for a callback's turn. Engine not running, now and later.
    void abandon() noexcept;

    /// asyncio.run(): runs the engine until `main` is done, then cancels and awaits what is left.
    /// `main_done` is called in the iteration in which main's end is noticed, before the cancellations.
    /// Returns `idle` for a deadlock (the tasks are left as they are, for the report) and `interrupted`
    /// likewise.
    Engine::End run_main(Task& main, const std::function<void()>& main_done = {});

    // For Task.
    void adopt(Task& task) noexcept {
        ParallelGuard guard(lock_);
        const uint64_t number = ++numbers_;
        task.number_low_ = static_cast<uint32_t>(number);
        if (number >> 32) [[unlikely]]
            task.info().number_high = number >> 32 << 32;
        task.previous_ = last_;
        (last_ ? last_->next_ : first_) = &task;
        last_ = &task;
        if (++counts_.live > counts_.live_max) counts_.live_max = counts_.live;
    }
    void ended(Task& task, FutureBase::State state) noexcept {
        ParallelGuard guard(lock_);
        (task.previous_ ? task.previous_->next_ : first_) = task.next_;
        (task.next_ ? task.next_->previous_ : last_) = task.previous_;
        task.previous_ = task.next_ = nullptr;
        --counts_.live;
        if (state != FutureBase::State::finished) [[unlikely]]
            ended_badly(task, state);
    }
    // For SelfOwned. Locked in every run: a handle may be made on a thread that is not the loop's.
    void keep(SelfOwned& object) noexcept;
    bool forget(SelfOwned& object) noexcept;

  private:
    /// Locked: counts, and remembers a failure until somebody looks at it.
    void ended_badly(Task& task, FutureBase::State state) noexcept;

    Engine& engine_;
    SpinLock lock_;
    Task* first_ = nullptr;
    Task* last_ = nullptr;
    SpinLock self_owned_lock_;
    SelfOwned* self_owned_ = nullptr;
    uint64_t numbers_ = 0;
    TaskCounts counts_;  ///< but for `spawned` and `done`
    std::vector<Ref<Task>> failures_;
};

inline Task::Task(Runtime& runtime) { runtime.adopt(*this); }

inline void Task::finish() noexcept {
    if (parallel() || must_cancel_.load(std::memory_order_relaxed) || this_thread.observer) [[unlikely]] {
        finish_slow();
        return;
    }
    wait_.store(WaitState::ended, std::memory_order_relaxed);
    this_thread.runtime->ended(*this, State::finished);
    complete_alone();
}

/// Makes a runtime and its engine current on this thread for its lifetime.
class EnterRuntime {
  public:
    explicit EnterRuntime(Runtime& runtime) noexcept : outer_(this_thread) {
        this_thread.runtime = &runtime;
        this_thread.engine = &runtime.engine();
        this_thread.ready = runtime.engine().ready_queue();
        this_thread.task = nullptr;
    }
    ~EnterRuntime() { this_thread = outer_; }
    EnterRuntime(const EnterRuntime&) = delete;
    EnterRuntime& operator=(const EnterRuntime&) = delete;

  private:
    ThreadState outer_;
};

}  // namespace asyncrun
