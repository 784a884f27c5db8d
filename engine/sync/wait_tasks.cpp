// SPDX-License-Identifier: MIT
#include "engine/sync/wait_tasks.h"

#include "engine/sync/future_set.h"

namespace asyncrun {

WaitTasks::Shared::Shared(std::span<const Ref<FutureBase>> futures, ReturnWhen return_when,
                          std::optional<Duration> timeout)
    : Watch(futures.size()), return_when_(return_when), timeout_(timeout) {
    FutureSet seen(futures.size());
    for (const auto& f : futures) {
        if (seen.insert(*f)) add(f);
    }
    left_ = size();
    limit_.shared = this;
}

void WaitTasks::Shared::wake() noexcept {
    ParallelGuard guard(lock_);
    if (task_) task_->wake();
}

void WaitTasks::Shared::completed(Child& child) noexcept {
    FutureBase& future = *child.future;
    ParallelGuard guard(lock_);
    --left_;
    bool enough = left_ == 0 || return_when_ == ReturnWhen::first_completed;
    if (!enough && return_when_ == ReturnWhen::first_exception && !future.is_cancelled()) {
        future.mark_retrieved();
        enough = future.error() != nullptr;
    }
    if (enough && task_) task_->wake();
}

WaitTasks::WaitTasks(std::span<const Ref<FutureBase>> futures, ReturnWhen return_when,
                     std::optional<Duration> timeout)
    : shared_(futures.empty() ? nullptr : new Shared(futures, return_when, timeout)) {
    // The second reference is the object's own.
}

WaitTasks::~WaitTasks() {
    if (shared_ && !shared_->settled_) shared_->settle();
}

Wait WaitTasks::start(Task& task, ErrorRef& error) {
    if (!shared_) {
        error = make_error(errors::value(), "Set of Tasks/Futures is empty.");
        return Wait::failed;
    }
    Shared& s = *shared_;
    s.task_ = &task;
    task.begin_wait();
    if (s.timeout_) {
        const TimePoint now = this_thread.engine->now();
        if (*s.timeout_ >= never - now) {
            s.timeout_.reset();
        } else {
            s.limit_.deadline = now + *s.timeout_;
            this_thread.engine->start_timer(s.limit_);
        }
    }
    for (size_t i = 0; i < s.size(); ++i) s.follow(s.child(i));
    task.check_cancel();
    return Wait::suspended;
}

Wait WaitTasks::resume(Task& task, ErrorRef& error) {
    Shared& s = *shared_;
    Task::WaitEnd how;
    {
        ParallelGuard guard(s.lock_);
        s.task_ = nullptr;
        how = task.end_wait();
    }
    if (s.timeout_) this_thread.engine->cancel_timer(s.limit_);
    for (size_t i = 0; i < s.size(); ++i) s.unfollow(s.child(i));
    s.settled_ = true;
    s.settle();
    if (how == Task::WaitEnd::cancelled) {
        error = task.cancelled_error();
        return Wait::failed;
    }
    for (size_t i = 0; i < s.size(); ++i) s.child(i).flag = s.future(i).done();
    return Wait::done;
}

WaitResult WaitTasks::result() const {
    WaitResult result;
    for (size_t i = 0; i < shared_->size(); ++i) {
        (shared_->child(i).flag ? result.done : result.pending).push_back(shared_->future_ref(i));
    }
    return result;
}

}  // namespace asyncrun
