// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/context.h"
#include "engine/runtime/frame_pool.h"
#include "engine/runtime/future.h"
#include "engine/runtime/observer.h"

#include <atomic>
#include <cstdint>
#include <string>

namespace asyncrun {

/// How starting or continuing an operation went.
enum class Wait : uint8_t {
    done,       ///< finished: go on
    suspended,  ///< the task must return to the loop; it will be woken
    failed,     ///< ended with the error that was handed out
};

/// A coroutine being run: asyncio's Task. Abstract over how its steps run (a C++ coroutine, an interpreted
/// program).
///
/// **Waiting.** An operation suspends its task in three moves: `begin_wait` (optionally naming the future
/// that is awaited), registering itself where it will be woken, `check_cancel`. It ends the wait with
/// `end_wait` in the task's next step. A waker calls `wake`; a canceller calls `cancel`; exactly one of them
/// claims the wait and queues the task.
///
/// **Threads.** On parallel engines a task that is woken while its last step still unwinds is held back until
/// that step has returned (`on_cpu`, as in Linux's try_to_wake_up), so an operation may touch its own state
/// after registering.
///
/// **Ownership.** The runtime holds a reference until the task is done; handles hold their own.
class Task : public FutureBase {
  public:
    /// `Task-N`'s N: counts all tasks of the run from 1.
    uint64_t number() const noexcept {
        const Info* info = info_if_any();
        return (info ? info->number_high : 0) | number_low_;
    }
    /// The given name, or `Task-N`.
    std::string name() const;
    void set_name(std::string name);
    /// The name of the coroutine that it runs, for reports.
    virtual std::string coroutine_name() const { return "coroutine"; }
    /// What it waits for and where, for a deadlock report. Loop quiescent.
    virtual std::string waits_for() const { return "something"; }

    /// The run is over and the task will never run again: let go of everything that may refer back to it.
    virtual void abandon() noexcept {}

    /// The number of cancellation requests that were not taken back (Task.cancelling()).
    unsigned cancelling() const noexcept {
        const Info* info = info_if_any();
        return info ? info->cancel_requests.load(std::memory_order_relaxed) : 0;
    }
    /// Takes one request back; returns how many are left (Task.uncancel()).
    unsigned uncancel() noexcept;
    /// Task.cancel() of CPython 3.11.7 (tasks.py:198): counts the request; cancels what the task waits for,
    /// or has CancelledError thrown at its next step. Any thread of the engine.
    bool cancel(const CancelMessage& message) override;

    /// The task's context variables; null while it has none set.
    Ref<Context>& context() { return info().context; }
    const Ref<Context>* context_if_any() const noexcept {
        const Info* info = info_if_any();
        return info ? &info->context : nullptr;
    }

    // ---- for operations, on the task's own step ----

    enum class WaitState : uint8_t {
        none,
        pending,
        woken,
        cancelled,
        ended,  ///< the task's last step is over: no cancel is accepted any more
    };
    enum class WaitEnd : uint8_t { woken, cancelled };

    /// Announces a wait. `awaited` is the future that a cancel is passed on to; null for a wait that ends at
    /// a cancel. It must live until end_wait.
    void begin_wait(FutureBase* awaited = nullptr) noexcept {
        if (parallel() || has_info()) [[unlikely]] {
            set_awaited_slow(awaited);
        } else {
            extra_.store(reinterpret_cast<uintptr_t>(awaited), std::memory_order_relaxed);
        }
        wait_.store(WaitState::pending, std::memory_order_release);
    }
    /// After registering: a cancellation requested before the wait began takes effect now.
    void check_cancel() {
        if (must_cancel_.load(std::memory_order_acquire) || parallel()) [[unlikely]]
            check_cancel_slow();
    }
    /// In the step after the wait: how it ended. `cancelled` has taken the request; cancelled_error() is its
    /// error.
    WaitEnd end_wait() noexcept {
        // A canceller that found the wait pending must not meet the next one: it keeps the lock while it
        // decides.
        ParallelGuard guard(lock());
        const WaitState how = wait_.load(std::memory_order_acquire);
        wait_.store(WaitState::none, std::memory_order_relaxed);
        if (how == WaitState::woken && !must_cancel_.load(std::memory_order_acquire)) [[likely]]
            return WaitEnd::woken;
        must_cancel_.store(false, std::memory_order_relaxed);
        if (Info* info = info_if_any()) info->cancelled_wait = how == WaitState::cancelled;
        return WaitEnd::cancelled;
    }
    /// Whether a wait has begun and was not ended.
    bool waiting() const noexcept { return wait_.load(std::memory_order_relaxed) != WaitState::none; }
    WaitState wait_state() const noexcept { return wait_.load(std::memory_order_relaxed); }
    /// A bare yield is no wait: takes a cancellation that arrived meanwhile. True if there was one.
    bool take_cancel() noexcept {
        if (!must_cancel_.load(std::memory_order_acquire)) [[likely]]
            return false;
        must_cancel_.store(false, std::memory_order_relaxed);
        if (Info* info = info_if_any()) info->cancelled_wait = false;
        return true;
    }
    /// The CancelledError of the request that end_wait or take_cancel took.
    ErrorRef cancelled_error() const;

    /// Ends the wait and queues the task, unless a cancel or another waker was first. True if this call did
    /// it.
    bool wake() noexcept {
        if (!claim(WaitState::woken)) return false;
        if (this_thread.observer) [[unlikely]]
            this_thread.observer->task_woken(*this);
        schedule(*this);
        return true;
    }
    /// Like wake(), but the caller queues the task itself.
    bool claim(WaitState as) noexcept {
        if (!parallel()) [[likely]] {
            if (wait_.load(std::memory_order_relaxed) != WaitState::pending) return false;
            wait_.store(as, std::memory_order_relaxed);
            return true;
        }
        WaitState expected = WaitState::pending;
        return wait_.compare_exchange_strong(expected, as, std::memory_order_acq_rel);
    }

  protected:
    explicit Task(Runtime& runtime);
    ~Task() { delete info_if_any(); }

    /// Around each step: makes the task current. `finish` tells whether the task ended in it.
    class Step {
      public:
        explicit Step(Task& task) noexcept : task_(task), outer_(this_thread.task), parallel_(parallel()) {
            if (parallel_) [[unlikely]]
                task.acquire_cpu();
            this_thread.task = &task;
            if (this_thread.observer) [[unlikely]]
                this_thread.observer->poll_begin(task);
        }
        ~Step() {
            if (this_thread.observer) [[unlikely]]
                this_thread.observer->poll_end(task_);
            this_thread.task = outer_;
            const bool ended = task_.has_ended();
            if (parallel_) [[unlikely]]
                task_.on_cpu_.store(false, std::memory_order_release);
            if (ended) task_.release();
        }
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;

      private:
        Task& task_;
        Task* outer_;
        bool parallel_;  ///< then: a parallel section may begin or end inside the step
    };

    /// Ends the task with a result; becomes a cancellation if one is pending (tasks.py `__step`).
    void finish() noexcept;  // in runtime.h
    /// Ends the task with an error; a CancelledError makes it cancelled.
    void finish(ErrorRef error) noexcept;
    /// Before the first step: a task that is cancelled before it started ends without running. True if so.
    bool cancelled_before_start() noexcept {
        return must_cancel_.load(std::memory_order_acquire) && cancelled_before_start_slow();
    }

    /// After a step: the task ended in it, and the runtime's reference is to be released.
    bool has_ended() const noexcept { return wait_state() == WaitState::ended; }

    uint8_t flags_ = 0;  ///< for the deriving type

  private:
    friend class Runtime;
    friend class TaskList;
    struct Info : Pooled {
        std::string name;
        Ref<Context> context;
        CancelMessage wait_message;  ///< of the cancel that ended a wait
        CancelMessage must_message;  ///< of the cancel that waits for the next step
        std::atomic<unsigned> cancel_requests{0};
        bool cancelled_wait = false;  ///< which message the last taken cancellation has
        uint64_t number_high = 0;  ///< the number's upper half, in its place
        FutureBase* awaited = nullptr;
    };
    bool has_info() const noexcept { return extra_.load(std::memory_order_relaxed) & info_tag; }
    Info* info_if_any() const noexcept {
        const uintptr_t extra = extra_.load(std::memory_order_acquire);
        return extra & info_tag ? reinterpret_cast<Info*>(extra & ~info_tag) : nullptr;
    }
    Info& info() {
        Info* info = info_if_any();
        return info ? *info : make_info();
    }
    Info& make_info();
    /// Under the lock.
    Info& info_locked();
    FutureBase* awaited_locked() const noexcept {
        const Info* info = info_if_any();
        return info ? info->awaited : reinterpret_cast<FutureBase*>(extra_.load(std::memory_order_relaxed));
    }
    void set_awaited_slow(FutureBase* awaited) noexcept;
    void finish_slow() noexcept;
    bool cancelled_before_start_slow() noexcept;
    void acquire_cpu() noexcept;
    void check_cancel_slow();
    enum class CancelAnswer : uint8_t { accepted, refused, passed_on };
    /// One level of a cancel: counts the request once, then takes it, refuses it, or names what the task awaits, for
    /// that to be asked; `inner` is what was asked before, and refused.
    CancelAnswer ask_to_cancel(const CancelMessage& message, bool& counted, Ref<FutureBase>& inner);
    void end(State state, ErrorRef error) noexcept;

    std::atomic<WaitState> wait_{WaitState::none};
    std::atomic<bool> must_cancel_{false};
    std::atomic<bool> on_cpu_{false};
    uint32_t number_low_ = 0;
    static constexpr uintptr_t info_tag = 1;
    /// The future that is awaited; or, tagged, the task's own Info, which then holds that. Few tasks have
    /// one, and all others are 8 bytes smaller for it. On parallel engines written under the lock.
    std::atomic<uintptr_t> extra_{0};
    Task* previous_ = nullptr;  ///< links of the runtime's list of live tasks
    Task* next_ = nullptr;
};

}  // namespace asyncrun
