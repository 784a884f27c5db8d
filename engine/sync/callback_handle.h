// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/clock.h"
#include "engine/runtime/context.h"
#include "engine/runtime/future.h"
#include "engine/runtime/self_owned.h"

#include <atomic>
#include <functional>

namespace asyncrun {

class Runtime;
class CallbackHandle;

/// A function that the loop calls, outside any task. What it throws is reported (`callback_failed`) and the
/// run goes on.
using Callback = std::function<void(CallbackHandle&)>;

/// A callback that waits for its turn: asyncio.Handle and TimerHandle. Counted, with atomic counts in every
/// run, since call_soon_threadsafe makes one on a foreign thread. Keeps itself alive until its turn.
class CallbackHandle : public SelfOwned {
  public:
    /// Takes the callback back: true if it had neither run nor been cancelled. A thread of the run.
    bool cancel();
    bool cancelled() const noexcept { return status_.load(std::memory_order_acquire) == Status::cancelled; }
    /// The callback's own copy of the context in which it was made.
    Ref<Context>& context() noexcept { return context_; }

    void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
    }

  protected:
    CallbackHandle(Callback callback, Ref<Context> context) noexcept
        : callback_(std::move(callback)), context_(std::move(context)) {}
    virtual ~CallbackHandle() = default;

    /// The callback's turn. The handle may be gone afterwards.
    void call() noexcept;
    /// Takes the item out of where it waits: true if it will not have its turn. One that has it does nothing.
    virtual bool withdraw() noexcept { return false; }
    /// Whether cancel() must leave a callback alone that could not be withdrawn.
    virtual bool bound_to_run() const noexcept { return false; }

  private:
    enum class Status : uint8_t { waiting, ran, cancelled };
    void abandon() noexcept override { release(); }
    void let_go() noexcept {
        if (end_owning()) release();
    }

    std::atomic<uint32_t> references_{1};
    std::atomic<Status> status_{Status::waiting};
    Callback callback_;
    Ref<Context> context_;
};

/// The context of the running task or callback, to be handed on; null if it has none.
Ref<Context> capture_context();

/// loop.call_soon: in the next iteration, behind everything queued.
Ref<CallbackHandle> call_soon(Callback callback, Ref<Context> context = capture_context());
/// loop.call_later: a timer also when `delay` <= 0.
Ref<CallbackHandle> call_later(Duration delay, Callback callback, Ref<Context> context = capture_context());
/// loop.call_at: a timer also when `when` has passed.
Ref<CallbackHandle> call_at(TimePoint when, Callback callback, Ref<Context> context = capture_context());
/// loop.call_soon_threadsafe: call_soon from any thread; wakes the loop. On a foreign thread hand over no
/// context that the loop's thread also uses.
Ref<CallbackHandle> call_soon_threadsafe(Runtime& runtime, Callback callback, Ref<Context> context = {});
/// future.add_done_callback. Cancelling the handle is remove_done_callback: false once the future is done.
Ref<CallbackHandle> on_done(Ref<FutureBase> future, Callback callback,
                            Ref<Context> context = capture_context());

}  // namespace asyncrun
