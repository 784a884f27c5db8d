// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/frame_pool.h"
#include "engine/runtime/runtime.h"
#include "engine/runtime/task.h"

#include <concepts>
#include <coroutine>
#include <optional>
#include <type_traits>
#include <utility>

namespace asyncrun {

/// Whether handing over from coroutine to coroutine is a guaranteed tail call. g++ 12 makes it one only when
/// optimising; elsewhere a loop in CoroutineTask::step resumes the next coroutine, so that a million
/// immediate awaits do not grow the stack. Slower by about a nanosecond.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
inline constexpr bool symmetric_transfer_is_tail_call = true;
#else
inline constexpr bool symmetric_transfer_is_tail_call = false;
#endif

inline std::coroutine_handle<> hand_over(std::coroutine_handle<> next) noexcept {
    if constexpr (symmetric_transfer_is_tail_call) {
        return next;
    } else {
        this_thread.transfer = next.address();
        return std::noop_coroutine();
    }
}

/// An await that may have to wait again after it was woken (a queue's get that finds the item gone): the
/// task's next step asks it first, and resumes the coroutine only when it is through.
class RetryPoint {
  public:
    virtual Wait retry(Task& task) = 0;
    std::coroutine_handle<> waiting;

  protected:
    ~RetryPoint() = default;
};

/// A task whose steps are those of a C++ coroutine. Lives in the coroutine's promise.
class CoroutineTask : public Task {
  public:
    /// Where the next step resumes.
    void resume_at(std::coroutine_handle<> innermost) noexcept { resume_ = innermost.address(); }
    void resume_through(RetryPoint& point) noexcept {
        resume_ = &point;
        flags_ |= retrying;
    }
    void finished() noexcept { finish(); }
    void failed(ErrorRef error) noexcept { finish(std::move(error)); }

    void run() noexcept override {
        if (parallel() || this_thread.observer) [[unlikely]] {
            run_watched();
            return;
        }
        // What Step does, without what it does for parallel engines and observers.
        Task* const outer = std::exchange(this_thread.task, this);
        if (flags_ == started || prepare()) resume();
        this_thread.task = outer;
        if (has_ended()) release();
    }

  protected:
    CoroutineTask(Runtime& runtime, std::coroutine_handle<> body) : Task(runtime), resume_(body.address()) {}
    ~CoroutineTask() = default;

  private:
    enum Flag : uint8_t { started = 1, retrying = 2 };
    [[gnu::noinline]] void run_watched() noexcept {
        Step step(*this);
        if (flags_ == started || prepare()) resume();
    }
    void resume() noexcept {
        auto handle = std::coroutine_handle<>::from_address(resume_);
        if constexpr (symmetric_transfer_is_tail_call) {
            handle.resume();
        } else {
            do {
                this_thread.transfer = nullptr;
                handle.resume();
                handle = std::coroutine_handle<>::from_address(this_thread.transfer);
            } while (handle);
        }
    }
    /// False if the step ends without resuming the coroutine.
    bool prepare() noexcept {
        if (!(flags_ & started)) {
            flags_ |= started;
            return !cancelled_before_start();
        }
        auto* point = static_cast<RetryPoint*>(resume_);
        if (point->retry(*this) == Wait::suspended) return false;
        flags_ &= static_cast<uint8_t>(~retrying);
        resume_ = point->waiting.address();
        return true;
    }

    void* resume_;
};

inline CoroutineTask& current_coroutine_task() noexcept {
    return *static_cast<CoroutineTask*>(this_thread.task);
}

template <class T>
class Coro;

namespace detail {

/// What every coroutine's promise holds: its caller while it is awaited, or the task that it is the body of.
template <class T>
class PromiseBase {
  public:
    static void* operator new(size_t size) { return FramePool::take(size); }
    static void operator delete(void* memory, size_t size) noexcept { FramePool::give(memory, size); }

    PromiseBase() noexcept : awaited_{nullptr, nullptr} {}
    PromiseBase(const PromiseBase&) = delete;
    PromiseBase& operator=(const PromiseBase&) = delete;
    ~PromiseBase() {}

    std::suspend_always initial_suspend() const noexcept { return {}; }

    class FinalSuspend {
      public:
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
            PromiseBase& promise = ended.promise();
            if (promise.is_body()) {
                if constexpr (symmetric_transfer_is_tail_call) return std::noop_coroutine();
                return hand_over(nullptr);
            }
            return hand_over(std::coroutine_handle<>::from_address(promise.awaited_.caller));
        }
        void await_resume() const noexcept {}
    };
    FinalSuspend final_suspend() const noexcept { return {}; }

    void unhandled_exception() noexcept {
        if (is_body()) {
            task_.failed(current_error());
        } else {
            awaited_.error = current_error().detach();
        }
    }

    void set_caller(std::coroutine_handle<> caller) noexcept { awaited_.caller = caller.address(); }
    /// After it ended: throws what it failed with.
    void rethrow_failure() {
        if (awaited_.error) [[unlikely]]
            raise(ErrorRef::adopt(std::exchange(awaited_.error, nullptr)));
    }

    /// Makes the coroutine the body of a new task, and queues its first step.
    template <class Promise>
    Ref<Task> start(Runtime& runtime) {
        const auto handle = std::coroutine_handle<Promise>::from_promise(static_cast<Promise&>(*this));
        new (&task_) BodyTask(runtime, handle);
        if (this_thread.observer) [[unlikely]]
            this_thread.observer->task_created(task_);
        // Referenced first: once it is queued, another thread may run it to its end.
        Ref<Task> task(&task_);
        schedule(task_);
        return task;
    }

  protected:
    bool is_body() const noexcept { return this_thread.task == static_cast<const Task*>(&task_); }

    class BodyTask final : public CoroutineTask {
      public:
        BodyTask(Runtime& runtime, std::coroutine_handle<> body) : CoroutineTask(runtime, body) {}
        ~BodyTask() = default;
        void* result_address() noexcept override;

      private:
        void destroy() noexcept override;
    };

    struct Awaited {
        void* caller;
        Error* error;
    };
    union {
        Awaited awaited_;
        BodyTask task_;
    };
};

}  // namespace detail

/// A coroutine object: asynchronous code that was called but not started. `co_await` runs it inside the
/// awaiting task, at the cost of a call (no trip through the loop); `spawn` makes a task of it. Owns the
/// frame; move-only.
template <class T = void>
class [[nodiscard]] Coro {
  public:
    class promise_type;
    using Handle = std::coroutine_handle<promise_type>;

    Coro(Coro&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
    Coro& operator=(Coro&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Coro() {
        if (handle_) handle_.destroy();
    }

    class Awaiter {
      public:
        explicit Awaiter(Handle handle) noexcept : handle_(handle) {}
        bool await_ready() const noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
            handle_.promise().set_caller(caller);
            return hand_over(handle_);
        }
        T await_resume() {
            handle_.promise().rethrow_failure();
            if constexpr (!std::is_void_v<T>) return std::move(*handle_.promise().value_address());
        }

      private:
        Handle handle_;
    };
    Awaiter operator co_await() && noexcept { return Awaiter(handle_); }
    Awaiter operator co_await() & noexcept { return Awaiter(handle_); }

    /// Gives the frame up, to become the body of a task.
    Handle detach() noexcept { return std::exchange(handle_, {}); }

  private:
    explicit Coro(Handle handle) noexcept : handle_(handle) {}
    Handle handle_;
};

template <class T>
class Coro<T>::promise_type : public detail::PromiseBase<T> {
  public:
    promise_type() noexcept {}
    ~promise_type() {
        if (has_value_) value_.~T();
    }
    Coro get_return_object() noexcept { return Coro(Handle::from_promise(*this)); }
    template <class U>
    requires std::convertible_to<U&&, T>
    void return_value(U&& value) {
        new (&value_) T(std::forward<U>(value));
        has_value_ = true;
        if (this->is_body()) this->task_.finished();
    }
    T* value_address() noexcept { return &value_; }

  private:
    union {
        T value_;
    };
    bool has_value_ = false;
};

template <>
class Coro<void>::promise_type : public detail::PromiseBase<void> {
  public:
    Coro get_return_object() noexcept { return Coro(Handle::from_promise(*this)); }
    void return_void() noexcept {
        if (is_body()) task_.finished();
    }
    void* value_address() noexcept { return nullptr; }
};

namespace detail {

template <class T>
void PromiseBase<T>::BodyTask::destroy() noexcept {
    // The task is the promise's first member, at its very address.
    using Promise = typename Coro<T>::promise_type;
    auto* base = reinterpret_cast<PromiseBase*>(this);
    auto handle = std::coroutine_handle<Promise>::from_promise(static_cast<Promise&>(*base));
    this->~BodyTask();
    handle.destroy();
}

template <class T>
void* PromiseBase<T>::BodyTask::result_address() noexcept {
    using Promise = typename Coro<T>::promise_type;
    auto* base = reinterpret_cast<PromiseBase*>(this);
    return static_cast<Promise&>(*base).value_address();
}

}  // namespace detail

/// Awaits the end of a task or future: CPython's `await fut`. A cancel of the waiting task is passed on to
/// it.
class FutureWait final : public DoneCallback {
  public:
    explicit FutureWait(FutureBase& future) noexcept : future_(&future) {}
    Wait start(Task& task, ErrorRef& error) {
        future_->mark_retrieved();
        if (future_->done()) return outcome(error);
        if (future_ == &task) {
            error = make_error(errors::runtime(), "Task cannot await on itself: " + task.name());
            return Wait::failed;
        }
        task_ = &task;
        task.begin_wait(future_);
        future_->add_callback(*this);
        task.check_cancel();
        return Wait::suspended;
    }
    Wait resume(Task& task, ErrorRef& error) {
        if (task.end_wait() == Task::WaitEnd::cancelled && !future_->is_cancelled()) {
            error = task.cancelled_error();
            return Wait::failed;
        }
        return outcome(error);
    }
    void fire() noexcept override { task_->wake(); }
    void run() noexcept override {}

  private:
    Wait outcome(ErrorRef& error) const noexcept {
        if (!future_->error()) [[likely]]
            return Wait::done;
        error = future_->take_error();
        return Wait::failed;
    }
    FutureBase* future_;
    Task* task_ = nullptr;
};

/// One trip through the ready queue: asyncio's sleep(0).
class YieldNow {
  public:
    Wait start(Task& task, ErrorRef&) noexcept {
        schedule(task);
        return Wait::suspended;
    }
    Wait resume(Task& task, ErrorRef& error) {
        if (!task.take_cancel()) [[likely]]
            return Wait::done;
        error = task.cancelled_error();
        return Wait::failed;
    }
};

/// An operation that a task can wait for, as primitives offer it. `start` and `resume` run on the task's own
/// step. An operation with `static constexpr bool may_wait_again = true` may answer `suspended` from
/// `resume`. If it has a `result()`, that is what `co_await` gives.
template <class Op>
concept Operation = requires(Op op, Task& task, ErrorRef& error) {
    { op.start(task, error) } -> std::same_as<Wait>;
    { op.resume(task, error) } -> std::same_as<Wait>;
};

template <class Op>
concept WaitsAgain = requires {
    requires Op::may_wait_again;
};

/// Makes an operation awaitable in a C++ coroutine. May be named while the operation is still incomplete.
template <class Op>
class Await {
    static_assert(Operation<Op>);

  public:
    template <class... Args>
    explicit Await(Args&&... args) : op_(std::forward<Args>(args)...) {}
    Await(const Await&) = delete;
    Await& operator=(const Await&) = delete;

    bool await_ready() {
        ErrorRef error;
        const Wait wait = op_.start(current_coroutine_task(), error);
        if (wait == Wait::failed) [[unlikely]]
            raise(std::move(error));
        return wait == Wait::done;
    }
    void await_suspend(std::coroutine_handle<> waiting) noexcept {
        current_coroutine_task().resume_at(waiting);
    }
    decltype(auto) await_resume() {
        Task& task = current_coroutine_task();
        if (task.waiting()) {
            ErrorRef error;
            if (op_.resume(task, error) == Wait::failed) [[unlikely]]
                raise(std::move(error));
        }
        if constexpr (requires { op_.result(); }) return op_.result();
    }

  private:
    Op op_;
};

template <class Op>
requires WaitsAgain<Op>
class Await<Op> final : private RetryPoint {
    static_assert(Operation<Op>);

  public:
    template <class... Args>
    explicit Await(Args&&... args) : op_(std::forward<Args>(args)...) {}
    Await(const Await&) = delete;
    Await& operator=(const Await&) = delete;

    bool await_ready() {
        const Wait wait = op_.start(current_coroutine_task(), error_);
        return wait != Wait::suspended;
    }
    void await_suspend(std::coroutine_handle<> handle) noexcept {
        waiting = handle;
        current_coroutine_task().resume_through(*this);
    }
    decltype(auto) await_resume() {
        if (error_) [[unlikely]]
            raise(std::move(error_));
        if constexpr (requires { op_.result(); }) return op_.result();
    }

  private:
    Wait retry(Task& task) override { return op_.resume(task, error_); }
    Op op_;
    ErrorRef error_;
};

/// A bare yield is no wait, so it always asks for a cancellation that came meanwhile.
template <>
class Await<YieldNow> {
  public:
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) noexcept {
        CoroutineTask& task = current_coroutine_task();
        task.resume_at(waiting);
        schedule(task);
    }
    void await_resume() {
        Task& task = *this_thread.task;
        if (task.take_cancel()) [[unlikely]]
            raise(task.cancelled_error());
    }
};

inline Await<YieldNow> yield_now() noexcept { return Await<YieldNow>(); }

/// A task and the type of its result. Sharing it shares the task.
template <class T = void>
class TaskHandle {
  public:
    TaskHandle() = default;
    explicit TaskHandle(Ref<Task> task) noexcept : task_(std::move(task)) {}
    Task& operator*() const noexcept { return *task_; }
    Task* operator->() const noexcept { return task_.get(); }
    const Ref<Task>& ref() const noexcept { return task_; }
    /// Task.result(): raises what it failed with, or InvalidStateError while it runs.
    T result() const {
        if (!task_->done()) throw Exception(errors::invalid_state(), "Result is not set.");
        task_->mark_retrieved();
        if (task_->error()) raise(task_->take_error());
        if constexpr (!std::is_void_v<T>) return *static_cast<T*>(task_->result_address());
    }

    class Awaiter : public Await<FutureWait> {
      public:
        explicit Awaiter(Ref<Task> task) : Await<FutureWait>(*task), task_(std::move(task)) {}
        bool await_ready() {
            if (task_->state() == FutureBase::State::finished) {
                task_->mark_retrieved();
                return true;
            }
            return Await<FutureWait>::await_ready();
        }
        T await_resume() {
            Await<FutureWait>::await_resume();
            if constexpr (!std::is_void_v<T>) return *static_cast<T*>(task_->result_address());
        }

      private:
        Ref<Task> task_;
    };
    Awaiter operator co_await() const { return Awaiter(task_); }

  private:
    Ref<Task> task_;
};

/// create_task: the coroutine's first step is queued, nothing of it runs yet. Inside the loop, or before it
/// runs with an EnterRuntime in force.
template <class T>
TaskHandle<T> spawn(Coro<T> body) {
    using Promise = typename Coro<T>::promise_type;
    return TaskHandle<T>(body.detach().promise().template start<Promise>(*this_thread.runtime));
}

/// Awaits a future that is completed by hand; gives its value. The future must live until then.
template <class T>
class FutureAwaiter : public Await<FutureWait> {
  public:
    explicit FutureAwaiter(Future<T>& future) : Await<FutureWait>(future), future_(&future) {}
    T await_resume() {
        Await<FutureWait>::await_resume();
        return *static_cast<T*>(future_->result_address());
    }

  private:
    Future<T>* future_;
};
template <class T>
FutureAwaiter<T> operator co_await(Future<T>& future) {
    return FutureAwaiter<T>(future);
}

}  // namespace asyncrun
