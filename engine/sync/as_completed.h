// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/timer.h"
#include "engine/sync/queue.h"
#include "engine/sync/watch.h"

#include <optional>
#include <span>

namespace asyncrun {

class AsCompletedNext;

/// asyncio.as_completed (3.11.7): hands out futures in the order in which they complete; turns() times in
/// all, whoever asks. After the timeout every turn that is left raises TimeoutError; nothing is cancelled.
/// Counted.
class AsCompleted final : public Counted, private Watch {
  public:
    /// Starts to watch. A future that comes twice has one turn.
    static Ref<AsCompleted> make(std::span<const Ref<FutureBase>> futures,
                                 std::optional<Duration> timeout = {});

    size_t turns() const noexcept { return Watch::size(); }
    /// Waits for the next future that completes and gives it; raises its failure, or TimeoutError.
    Await<AsCompletedNext> next();

  private:
    friend class AsCompletedNext;
    class Limit final : public Timer {
      public:
        AsCompleted* all = nullptr;

      private:
        void fire() noexcept override { all->expire(); }
    };
    explicit AsCompleted(size_t futures) : Watch(futures) {}
    ~AsCompleted() override = default;
    void completed(Child& child) noexcept override;
    void let_go() noexcept override { release(); }
    void expire() noexcept;

    SpinLock lock_;
    size_t left_ = 0;
    bool limited_ = false;
    Limit limit_;
    Queue<Ref<FutureBase>> done_;  ///< null stands for a turn after the timeout
};

/// Operation: one turn of as_completed. Fails with the future's own failure; `result()` is the finished
/// future.
class AsCompletedNext {
  public:
    static constexpr bool may_wait_again = true;

    explicit AsCompletedNext(Ref<AsCompleted> all) : all_(std::move(all)), get_(all_->done_) {}
    Wait start(Task& task, ErrorRef& error) { return outcome(get_.start(task, error), error); }
    Wait resume(Task& task, ErrorRef& error) { return outcome(get_.resume(task, error), error); }
    Ref<FutureBase> result() noexcept { return std::move(future_); }

  private:
    Wait outcome(Wait wait, ErrorRef& error);

    Ref<AsCompleted> all_;
    QueueGet<Ref<FutureBase>> get_;
    Ref<FutureBase> future_;
};

inline Await<AsCompletedNext> AsCompleted::next() { return Await<AsCompletedNext>(Ref<AsCompleted>(this)); }

}  // namespace asyncrun
