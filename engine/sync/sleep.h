// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/task.h"
#include "engine/runtime/timer.h"

namespace asyncrun {

/// asyncio.sleep: suspends the task until a deadline on the engine's clock. Resumes one iteration after the
/// one whose poll found the deadline due. A deadline of `never` waits for a cancel alone, without a timer.
/// The delay that is zero or less is no Sleep but a YieldNow. Never early; after resume() `lateness()` says
/// how late.
class Sleep final : public Timer {
  public:
    explicit Sleep(TimePoint until) noexcept { deadline = until; }
    Wait start(Task& task, ErrorRef&) {
        task_ = &task;
        task.begin_wait();
        if (deadline != never) this_thread.engine->start_timer(*this);
        task.check_cancel();
        return Wait::suspended;
    }
    Wait resume(Task& task, ErrorRef& error) {
        if (task.end_wait() == Task::WaitEnd::woken) [[likely]]
            return Wait::done;
        this_thread.engine->cancel_timer(*this);
        error = task.cancelled_error();
        return Wait::failed;
    }
    Duration lateness() const noexcept { return this_thread.engine->now() - deadline; }

  private:
    void fire() noexcept override { task_->wake(); }
    Task* task_ = nullptr;
};

}  // namespace asyncrun
