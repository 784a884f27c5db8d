// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/self_owned.h"
#include "engine/sync/shared_wait.h"

namespace asyncrun {

/// The outer future of a shield: ends as the inner one does, but a cancel ends the outer one alone.
class ShieldFuture final : public FutureBase, public Pooled, private SelfOwned {
  public:
    /// Around a future that is not done.
    static Ref<ShieldFuture> make(Ref<FutureBase> inner);
    bool cancel(const CancelMessage& message) override;
    void* result_address() noexcept override { return inner_->result_address(); }

  private:
    class InnerDone final : public DoneCallback {
      public:
        ShieldFuture* shield = nullptr;
        void run() noexcept override { shield->inner_done(); }
    };
    class OuterDone final : public DoneCallback {
      public:
        ShieldFuture* shield = nullptr;
        void run() noexcept override { shield->outer_done(); }
    };
    explicit ShieldFuture(Ref<FutureBase> inner) : inner_(std::move(inner)) {}
    ~ShieldFuture() = default;
    void destroy() noexcept override { delete this; }
    void abandon() noexcept override { release(); }
    void inner_done() noexcept;
    void outer_done() noexcept;
    void drop() noexcept {
        if (open_.release() && end_owning()) release();
    }

    Ref<FutureBase> inner_;
    InnerDone on_inner_;
    OuterDone on_outer_;
    RefCount open_;  ///< callbacks outstanding
};

/// asyncio.shield (3.11.7): a future to await instead of `inner`, which goes on when the awaiting task is
/// cancelled. A finished one is returned as it is. Whoever wants to await it: SharedWait.
inline Ref<FutureBase> shield(Ref<FutureBase> inner) {
    if (inner->done()) return inner;
    return ShieldFuture::make(std::move(inner));
}

/// Awaits a task behind a shield; gives its result.
template <class T>
class ShieldAwaiter : public Await<SharedWait> {
  public:
    explicit ShieldAwaiter(const TaskHandle<T>& task) : Await<SharedWait>(shield(task.ref())), task_(task) {}
    T await_resume() {
        Await<SharedWait>::await_resume();
        if constexpr (!std::is_void_v<T>) return *static_cast<T*>(task_->result_address());
    }

  private:
    TaskHandle<T> task_;
};
template <class T>
ShieldAwaiter<T> shield(const TaskHandle<T>& task) {
    return ShieldAwaiter<T>(task);
}

}  // namespace asyncrun
