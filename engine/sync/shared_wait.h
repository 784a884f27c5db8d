// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/coroutine.h"

namespace asyncrun {

/// Operation: awaits a future and keeps it alive meanwhile. For futures that nobody else need hold: a gather,
/// a shield.
class SharedWait {
  public:
    explicit SharedWait(Ref<FutureBase> future) noexcept : future_(std::move(future)), wait_(*future_) {}
    Wait start(Task& task, ErrorRef& error) { return wait_.start(task, error); }
    Wait resume(Task& task, ErrorRef& error) { return wait_.resume(task, error); }
    FutureBase& future() const noexcept { return *future_; }

  private:
    Ref<FutureBase> future_;
    FutureWait wait_;
};

}  // namespace asyncrun
