// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace asyncrun {

class Task;

/// Watches tasks for a trace. The runtime calls it at each event while one is installed (ThreadState::observer); without
/// one each event costs a branch. Called on the thread of the event; must not schedule anything.
class Observer {
  public:
    virtual ~Observer() = default;
    virtual void task_created(Task& task) = 0;
    virtual void task_done(Task& task) = 0;
    virtual void poll_begin(Task& task) = 0;
    virtual void poll_end(Task& task) = 0;
    virtual void task_woken(Task& task) = 0;
};

}  // namespace asyncrun
