// SPDX-License-Identifier: MIT
#include "engine/sync/task_group.h"

#include <algorithm>

namespace asyncrun {
namespace {

bool is_cancelled_error(const ErrorRef& error) noexcept {
    return error && &error->type() == &errors::cancelled();
}

/// `BaseExceptionGroup('unhandled errors in a TaskGroup', errors)`.
ErrorRef group_error(std::vector<ErrorRef> members) {
    const bool ordinary = std::all_of(members.begin(), members.end(),
                                      [](const ErrorRef& e) { return e->is_a(errors::exception()); });
    std::string text = "unhandled errors in a TaskGroup (" + std::to_string(members.size()) +
                       " sub-exception" + (members.size() == 1 ? ")" : "s)");
    return make_ref<Error>(ordinary ? errors::exception_group() : errors::base_exception_group(),
                           std::move(text), std::move(members));
}

}  // namespace

TaskGroup::~TaskGroup() {
    // Not empty only when the run was abandoned.
    while (Member* member = first_) {
        first_ = member->next_;
        delete member;
    }
}

std::string TaskGroup::repr() const {
    std::string text = "<TaskGroup";
    if (size_ > 0) text += " tasks=" + std::to_string(size_);
    if (!errors_.empty()) text += " errors=" + std::to_string(errors_.size());
    if (aborting_) {
        text += " cancelling";
    } else if (entered_) {
        text += " entered";
    }
    return text + ">";
}

void TaskGroup::enter(Task& parent) {
    ParallelGuard guard(lock_);
    if (entered_) throw Exception(errors::runtime(), "TaskGroup " + repr() + " has already been entered");
    parent_ = &parent;
    entered_ = true;
}

void TaskGroup::check_open() const {
    ParallelGuard guard(lock_);
    if (entered_ && !(exiting_ && size_ == 0) && !aborting_) return;
    const char* problem = !entered_                ? " has not been entered"
                          : exiting_ && size_ == 0 ? " is finished"
                                                   : " is shutting down";
    throw Exception(errors::runtime(), "TaskGroup " + repr() + problem);
}

void TaskGroup::add(const Ref<Task>& task) {
    auto* member = new Member(*this, task);
    bool too_late;  // another thread began to abort after check_open()
    {
        ParallelGuard guard(lock_);
        member->previous_ = last_;
        if (last_) {
            last_->next_ = member;
        } else {
            first_ = member;
        }
        last_ = member;
        ++size_;
        too_late = aborting_;
    }
    task->add_callback(*member);
    if (too_late) task->cancel(std::nullopt);
}

size_t TaskGroup::size() const noexcept {
    ParallelGuard guard(lock_);
    return size_;
}

void TaskGroup::remove(Member& member) noexcept {
    (member.previous_ ? member.previous_->next_ : first_) = member.next_;
    (member.next_ ? member.next_->previous_ : last_) = member.previous_;
    --size_;
}

std::vector<Ref<Task>> TaskGroup::begin_abort() {
    aborting_ = true;
    std::vector<Ref<Task>> tasks;
    tasks.reserve(size_);
    for (Member* m = first_; m; m = m->next_) tasks.push_back(m->task_);
    return tasks;
}

void TaskGroup::cancel(const std::vector<Ref<Task>>& tasks) {
    for (const auto& task : tasks) {
        if (!task->done()) task->cancel(std::nullopt);
    }
}

void TaskGroup::task_done(Member& member) noexcept {
    const Ref<Task> task = member.task_;
    const bool failed = task->state() == FutureBase::State::failed;
    std::vector<Ref<Task>> rest;
    bool abort = false;
    {
        ParallelGuard guard(lock_);
        remove(member);
        if (failed) {
            task->mark_retrieved();
            errors_.emplace_back(task->error());
            abort = !aborting_ && !parent_cancel_requested_;
            if (abort) rest = begin_abort();
        }
        // While cancelling, the group must not be left: no lock is held then.
        ++busy_;
    }
    delete &member;
    if (abort) {
        cancel(rest);
        parent_->cancel(std::nullopt);
    }
    ParallelGuard guard(lock_);
    if (abort) parent_cancel_requested_ = true;
    --busy_;
    if (parent_waits_ && !open_ended()) parent_->wake();
}

Wait TaskGroupExit::start(Task& task, ErrorRef& error) {
    TaskGroup& group = *group_;
    bool parent_cancel_requested;
    for (;;) {
        ParallelGuard guard(group.lock_);
        group.exiting_ = true;
        parent_cancel_requested = group.parent_cancel_requested_;
        if (group.busy_ == 0)
            break;  // else another thread is about to cancel this task: that is the group's doing
    }
    if (is_cancelled_error(body_error_)) cancellation_ = body_error_;
    if (parent_cancel_requested && task.uncancel() == 0) cancellation_ = nullptr;
    if (body_error_) {
        std::vector<Ref<Task>> tasks;
        {
            ParallelGuard guard(group.lock_);
            if (!group.aborting_) tasks = group.begin_abort();
        }
        TaskGroup::cancel(tasks);
    }
    return wait(task, error);
}

Wait TaskGroupExit::resume(Task& task, ErrorRef& error) {
    TaskGroup& group = *group_;
    std::vector<Ref<Task>> tasks;
    {
        ParallelGuard guard(group.lock_);
        group.parent_waits_ = false;
        if (task.end_wait() == Task::WaitEnd::cancelled && !group.aborting_) {
            cancellation_ = task.cancelled_error();
            tasks = group.begin_abort();
        }
    }
    TaskGroup::cancel(tasks);
    return wait(task, error);
}

Wait TaskGroupExit::wait(Task& task, ErrorRef& error) {
    TaskGroup& group = *group_;
    {
        ParallelGuard guard(group.lock_);
        if (group.open_ended()) {
            group.parent_waits_ = true;
            task.begin_wait();
        }
    }
    if (task.waiting()) {
        task.check_cancel();
        return Wait::suspended;
    }
    // Nobody else looks at the group's errors any more.
    if (cancellation_ && group.errors_.empty()) {
        error = std::move(cancellation_);
        return Wait::failed;
    }
    if (body_error_ && !is_cancelled_error(body_error_)) group.errors_.push_back(std::move(body_error_));
    if (group.errors_.empty()) return Wait::done;
    error = group_error(std::move(group.errors_));
    group.errors_.clear();
    return Wait::failed;
}

}  // namespace asyncrun
