// SPDX-License-Identifier: MIT
#pragma once

#include "engine/sync/future_set.h"
#include "engine/sync/shared_wait.h"
#include "engine/sync/watch.h"

#include <atomic>
#include <span>
#include <vector>

namespace asyncrun {

/// asyncio.gather (3.11.7) as a future: done when all its children are, or failed with the first failure in
/// time, while the others go on. A cancel goes to the children and takes effect when all have ended; a child
/// that was cancelled by others counts as a failure with CancelledError.
///
/// Build it with make(), one add() per argument *in the order in which the arguments become tasks*, then
/// start(). When it is finished, child(i) holds the outcome of argument i: with `return_exceptions` also a
/// failure. Any thread of the engine.
class GatherFuture final : public FutureBase, public Pooled, private Watch {
  public:
    /// For up to `arguments` children.
    static Ref<GatherFuture> make(size_t arguments, bool return_exceptions);

    /// A future that comes twice is followed once.
    void add(Ref<FutureBase> future);
    /// All arguments are there. Without any it is done at once.
    void start() noexcept;
    /// Instead of start(), when making a further argument failed: the children go on, unobserved.
    void discard() noexcept;

    /// False if it is done or all children are.
    bool cancel(const CancelMessage& message) override;

    size_t size() const noexcept { return Watch::size(); }
    FutureBase& child(size_t index) const noexcept { return Watch::future(index); }
    /// Of a finished gather: the error that stands for argument `index` among the results, or null.
    ErrorRef failure(size_t index) const noexcept { return child(index).lasting_error(); }

  private:
    GatherFuture(size_t arguments, bool return_exceptions)
        : Watch(arguments), seen_(arguments), return_exceptions_(return_exceptions) {}
    ~GatherFuture() = default;
    void destroy() noexcept override { delete this; }
    void completed(Child& child) noexcept override;
    void let_go() noexcept override { release(); }
    void finish() noexcept;

    FutureSet seen_;
    RefCount left_;  ///< children that have not completed, and start()
    std::atomic<bool> cancel_requested_{false};
    std::atomic<bool> passing_on_{false};  ///< a cancel goes to the children now
    bool return_exceptions_;
};

/// A running gather of tasks that give a T. `co_await` gives their results in the order of the arguments.
template <class T>
class Gather {
  public:
    explicit Gather(Ref<GatherFuture> future) noexcept : future_(std::move(future)) {}
    GatherFuture& operator*() const noexcept { return *future_; }
    GatherFuture* operator->() const noexcept { return future_.get(); }
    const Ref<GatherFuture>& ref() const noexcept { return future_; }

    class Awaiter : public Await<SharedWait> {
      public:
        explicit Awaiter(Ref<GatherFuture> future)
            : Await<SharedWait>(Ref<FutureBase>(future)), future_(future.get()) {}
        auto await_resume() {
            Await<SharedWait>::await_resume();
            if constexpr (!std::is_void_v<T>) {
                std::vector<T> results;
                results.reserve(future_->size());
                for (size_t i = 0; i < future_->size(); ++i) {
                    results.push_back(*static_cast<T*>(future_->child(i).result_address()));
                }
                return results;
            }
        }

      private:
        GatherFuture* future_;
    };
    Awaiter operator co_await() const { return Awaiter(future_); }

  private:
    Ref<GatherFuture> future_;
};

/// Gathers tasks; the first failure is raised. Inside the loop.
template <class T>
Gather<T> gather(std::span<const TaskHandle<T>> tasks) {
    auto future = GatherFuture::make(tasks.size(), false);
    for (const auto& task : tasks) future->add(task.ref());
    future->start();
    return Gather<T>(std::move(future));
}
template <class T>
Gather<T> gather(const std::vector<TaskHandle<T>>& tasks) {
    return gather(std::span<const TaskHandle<T>>(tasks));
}
template <class T, class... Same>
requires(std::same_as<TaskHandle<T>, Same>&&...) Gather<T> gather(const TaskHandle<T>& first,
                                                                  const Same&... others) {
    return gather(std::vector<TaskHandle<T>>{first, others...});
}

/// Gathers futures of any kind; failures are outcomes like results: look at the children.
Ref<GatherFuture> gather_outcomes(std::span<const Ref<FutureBase>> futures);

}  // namespace asyncrun
