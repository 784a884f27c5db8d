// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/coroutine.h"

#include <cstdint>
#include <string>
#include <vector>

namespace asyncrun {

class TaskGroupExit;

/// asyncio.TaskGroup (3.11.7): tasks that end with the piece of code that made them. The first that fails
/// cancels the others and the parent's body; what failed comes out together as an ExceptionGroup. Tasks are
/// cancelled in the order of their creation.
///
/// enter(parent) … create_task in the body, or anywhere while it is open … TaskGroupExit, always. Stays in
/// place until then. Any thread of the engine.
class TaskGroup {
  public:
    TaskGroup() = default;
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;
    ~TaskGroup();

    void enter(Task& parent);
    template <class T>
    TaskHandle<T> create_task(Coro<T> body) {
        check_open();
        TaskHandle<T> task = asyncrun::spawn(std::move(body));
        add(task.ref());
        return task;
    }
    /// For those who make tasks themselves: before making one. RuntimeError unless the group takes tasks.
    void check_open() const;
    /// …and after.
    void add(const Ref<Task>& task);
    /// Waits for the tasks. `error`: how the body ended, null if well; raises how the whole ends.
    Await<TaskGroupExit> exit(ErrorRef error);

    /// Tasks whose end the group has not noticed.
    size_t size() const noexcept;

  private:
    friend class TaskGroupExit;
    class Member final : public DoneCallback, public Pooled {
      public:
        Member(TaskGroup& group, Ref<Task> task) noexcept : group_(group), task_(std::move(task)) {}
        void run() noexcept override { group_.task_done(*this); }

      private:
        friend class TaskGroup;
        TaskGroup& group_;
        Ref<Task> task_;
        Member* previous_ = nullptr;
        Member* next_ = nullptr;
    };
    void task_done(Member& member) noexcept;
    void remove(Member& member) noexcept;
    /// Cancels the live tasks; returns them meanwhile.
    std::vector<Ref<Task>> begin_abort();
    static void cancel(const std::vector<Ref<Task>>& tasks);
    /// Lock held.
    bool open_ended() const noexcept { return size_ > 0 || busy_ > 0; }
    std::string repr() const;

    mutable SpinLock lock_;
    bool entered_ = false;
    bool exiting_ = false;
    bool aborting_ = false;
    bool parent_cancel_requested_ = false;
    bool parent_waits_ = false;
    unsigned busy_ = 0;  ///< threads that are cancelling on the group's behalf
    Task* parent_ = nullptr;
    Member* first_ = nullptr;
    Member* last_ = nullptr;
    size_t size_ = 0;
    std::vector<ErrorRef> errors_;
};

/// Operation: leaves a task group: waits for its tasks, cancelling them first if the body failed. On the
/// parent's step.
class TaskGroupExit {
  public:
    static constexpr bool may_wait_again = true;

    /// `error`: how the body ended, null if well.
    TaskGroupExit(TaskGroup& group, ErrorRef error) noexcept
        : group_(&group), body_error_(std::move(error)) {}
    Wait start(Task& task, ErrorRef& error);
    Wait resume(Task& task, ErrorRef& error);

  private:
    Wait wait(Task& task, ErrorRef& error);

    TaskGroup* group_;
    ErrorRef body_error_;
    ErrorRef cancellation_;  ///< to be passed on
};

inline Await<TaskGroupExit> TaskGroup::exit(ErrorRef error) {
    return Await<TaskGroupExit>(*this, std::move(error));
}

/// Runs `body(group)`, a coroutine function, with a task group of its own around it.
template <class Body>
Coro<> with_task_group(Body body) {
    TaskGroup group;
    group.enter(*this_thread.task);
    ErrorRef error;
    try {
        co_await body(group);
    } catch (...) {
        error = current_error();
    }
    co_await group.exit(std::move(error));
}

}  // namespace asyncrun
