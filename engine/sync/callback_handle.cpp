// SPDX-License-Identifier: MIT
#include "engine/sync/callback_handle.h"

#include "engine/runtime/runtime.h"
#include "engine/runtime/timer.h"

namespace asyncrun {
namespace {

/// The callback that runs now, if any.
constinit thread_local CallbackHandle* running = nullptr;

class SoonHandle final : public CallbackHandle, public ReadyItem {
  public:
    SoonHandle(Runtime& runtime, Callback callback, Ref<Context> context)
        : CallbackHandle(std::move(callback), std::move(context)) {
        begin_owning(runtime);
    }
    void run() noexcept override { call(); }
};

class TimerHandle final : public CallbackHandle, public Timer {
  public:
    TimerHandle(TimePoint when, Callback callback, Ref<Context> context)
        : CallbackHandle(std::move(callback), std::move(context)), turn_(*this) {
        deadline = when;
        begin_owning(*this_thread.runtime);
    }

  private:
    class Turn final : public ReadyItem {
      public:
        explicit Turn(TimerHandle& handle) noexcept : handle_(handle) {}
        void run() noexcept override { handle_.call(); }

      private:
        TimerHandle& handle_;
    };
    void fire() noexcept override {
        // Parallel engines fire timers under a lock that a function of the user's must not run under.
        if (parallel()) {
            schedule(turn_);
        } else {
            call();
        }
    }
    bool withdraw() noexcept override { return this_thread.engine->cancel_timer(*this); }

    Turn turn_;
};

class DoneHandle final : public CallbackHandle, public DoneCallback {
  public:
    DoneHandle(Ref<FutureBase> future, Callback callback, Ref<Context> context)
        : CallbackHandle(std::move(callback), std::move(context)), future_(std::move(future)) {
        begin_owning(*this_thread.runtime);
    }
    void run() noexcept override { call(); }

  private:
    bool withdraw() noexcept override { return future_->remove_callback(*this); }
    bool bound_to_run() const noexcept override { return true; }
    Ref<FutureBase> future_;
};

/// Held by the caller before the loop can run it; the object's first reference is its own.
template <class Handle, class... Args>
Ref<Handle> make(Args&&... args) {
    return Ref<Handle>(new Handle(std::forward<Args>(args)...));
}

}  // namespace

bool CallbackHandle::cancel() {
    if (bound_to_run() && !withdraw()) return false;
    Status expected = Status::waiting;
    if (!status_.compare_exchange_strong(expected, Status::cancelled, std::memory_order_acq_rel))
        return false;
    if (bound_to_run() || withdraw()) let_go();
    return true;
}

void CallbackHandle::call() noexcept {
    Status expected = Status::waiting;
    if (status_.compare_exchange_strong(expected, Status::ran, std::memory_order_acq_rel)) {
        CallbackHandle* const outer = std::exchange(running, this);
        try {
            callback_(*this);
        } catch (...) {
            this_thread.runtime->report(
                {"callback_failed", "Exception in callback", current_error(), nullptr});
        }
        running = outer;
        callback_ = nullptr;
    }
    let_go();
}

Ref<Context> capture_context() {
    if (running) return running->context();
    if (!this_thread.task) return {};
    const Ref<Context>* context = this_thread.task->context_if_any();
    return context ? *context : Ref<Context>();
}

Ref<CallbackHandle> call_soon(Callback callback, Ref<Context> context) {
    auto handle = make<SoonHandle>(*this_thread.runtime, std::move(callback), std::move(context));
    schedule(*handle);
    return handle;
}

Ref<CallbackHandle> call_later(Duration delay, Callback callback, Ref<Context> context) {
    const TimePoint now = this_thread.engine->now();
    return call_at(delay >= never - now ? never : now + delay, std::move(callback), std::move(context));
}

Ref<CallbackHandle> call_at(TimePoint when, Callback callback, Ref<Context> context) {
    auto handle = make<TimerHandle>(when, std::move(callback), std::move(context));
    this_thread.engine->start_timer(*handle);
    return handle;
}

Ref<CallbackHandle> call_soon_threadsafe(Runtime& runtime, Callback callback, Ref<Context> context) {
    auto handle = make<SoonHandle>(runtime, std::move(callback), std::move(context));
    runtime.engine().post(*handle);
    return handle;
}

Ref<CallbackHandle> on_done(Ref<FutureBase> future, Callback callback, Ref<Context> context) {
    FutureBase& followed = *future;
    auto handle = make<DoneHandle>(std::move(future), std::move(callback), std::move(context));
    followed.add_callback(*handle);
    return handle;
}

}  // namespace asyncrun
