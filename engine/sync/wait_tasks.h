// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/coroutine.h"
#include "engine/runtime/timer.h"
#include "engine/sync/watch.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace asyncrun {

enum class ReturnWhen : uint8_t { first_completed, first_exception, all_completed };

/// What asyncio.wait gives: each future once, in the order of the arguments.
struct WaitResult {
    std::vector<Ref<FutureBase>> done;
    std::vector<Ref<FutureBase>> pending;
};

/// Operation: asyncio.wait (3.11.7): waits for the first or all of some futures, or for a time. Cancels
/// nothing, raises nothing of theirs; being cancelled leaves them running. `done` is what is done when the
/// waiting task runs on. ValueError `Set of Tasks/Futures is empty.`
class WaitTasks {
  public:
    explicit WaitTasks(std::span<const Ref<FutureBase>> futures,
                       ReturnWhen return_when = ReturnWhen::all_completed,
                       std::optional<Duration> timeout = {});
    ~WaitTasks();
    WaitTasks(const WaitTasks&) = delete;
    WaitTasks& operator=(const WaitTasks&) = delete;
    Wait start(Task& task, ErrorRef& error);
    Wait resume(Task& task, ErrorRef& error);
    WaitResult result() const;

  private:
    class Shared;
    Ref<Shared> shared_;
};

inline Await<WaitTasks> wait_tasks(std::span<const Ref<FutureBase>> futures,
                                   ReturnWhen return_when = ReturnWhen::all_completed,
                                   std::optional<Duration> timeout = {}) {
    return Await<WaitTasks>(futures, return_when, timeout);
}

/// What wait_tasks stands for besides the waiting task: outlives the operation while callbacks are
/// outstanding.
class WaitTasks::Shared final : public Counted, public Watch {
  public:
    Shared(std::span<const Ref<FutureBase>> futures, ReturnWhen return_when, std::optional<Duration> timeout);

  private:
    friend class WaitTasks;
    class Limit final : public Timer {
      public:
        Shared* shared = nullptr;

      private:
        void fire() noexcept override { shared->wake(); }
    };
    void completed(Child& child) noexcept override;
    void let_go() noexcept override { release(); }
    void wake() noexcept;

    SpinLock lock_;
    ReturnWhen return_when_;
    bool settled_ = false;
    Task* task_ = nullptr;  ///< while it waits
    size_t left_ = 0;
    std::optional<Duration> timeout_;
    Limit limit_;
};

}  // namespace asyncrun
