// SPDX-License-Identifier: MIT
#include "engine/runtime/runtime.h"

#include <algorithm>

namespace asyncrun {

Runtime::~Runtime() { abandon(); }

void Runtime::ended_badly(Task& task, FutureBase::State state) noexcept {
    if (state == FutureBase::State::cancelled) ++counts_.cancelled;
    if (state == FutureBase::State::failed) {
        ++counts_.failed;
        // Most failures are retrieved soon: forget those before the list grows.
        if (failures_.size() >= 1024 && (failures_.size() & (failures_.size() - 1)) == 0) {
            std::erase_if(failures_, [](const Ref<Task>& t) { return t->retrieved(); });
        }
        failures_.emplace_back(&task);
    }
}

std::vector<Ref<Task>> Runtime::live_tasks() {
    ParallelGuard guard(lock_);
    std::vector<Ref<Task>> tasks;
    for (Task* t = first_; t; t = t->next_) tasks.emplace_back(t);
    return tasks;
}

std::vector<Ref<Task>> Runtime::lost_failures() {
    ParallelGuard guard(lock_);
    std::vector<Ref<Task>> lost;
    for (const auto& t : failures_) {
        if (!t->retrieved()) lost.push_back(t);
    }
    return lost;
}

void Runtime::keep(SelfOwned& object) noexcept {
    self_owned_lock_.lock();
    object.owner_ = this;
    object.previous_ = nullptr;
    object.next_ = self_owned_;
    if (self_owned_) self_owned_->previous_ = &object;
    self_owned_ = &object;
    self_owned_lock_.unlock();
}

bool Runtime::forget(SelfOwned& object) noexcept {
    self_owned_lock_.lock();
    const bool listed = object.owner_ != nullptr;
    if (listed) {
        object.owner_ = nullptr;
        if (object.previous_) {
            object.previous_->next_ = object.next_;
        } else {
            self_owned_ = object.next_;
        }
        if (object.next_) object.next_->previous_ = object.previous_;
    }
    self_owned_lock_.unlock();
    return listed;
}

void SelfOwned::begin_owning(Runtime& runtime) noexcept { runtime.keep(*this); }
bool SelfOwned::end_owning() noexcept { return owner_ && owner_->forget(*this); }

void Runtime::abandon() noexcept {
    while (SelfOwned* object = self_owned_) {
        forget(*object);
        object->abandon();
    }
    for (Task* task = first_; task; task = task->next_) task->abandon();
    while (first_) {
        Task* task = first_;
        first_ = task->next_;
        if (first_) first_->previous_ = nullptr;
        task->previous_ = task->next_ = nullptr;
        task->release();
    }
    last_ = nullptr;
    counts_.live = 0;
    failures_.clear();
}

void Runtime::report(const Report& r) {
    if (on_report) on_report(r);
}

namespace {

/// Stops the engine when a future is done, as run_until_complete's callback does.
class StopWhenDone final : public DoneCallback {
  public:
    void run() noexcept override { this_thread.engine->stop(); }
};

/// Counts tasks down; stops the engine two iterations after the last one ended, as the gather of asyncio.run
/// does: one for the last child's callback, one for the gather's.
class StopWhenAllDone {
  public:
    explicit StopWhenAllDone(const std::vector<Ref<Task>>& tasks)
        : tasks_(tasks), left_(tasks.size()), callbacks_(tasks.size()) {
        for (size_t i = 0; i < tasks.size(); ++i) {
            callbacks_[i].all = this;
            tasks[i]->mark_retrieved();
            tasks[i]->add_callback(callbacks_[i]);
        }
    }
    ~StopWhenAllDone() {
        for (size_t i = 0; i < tasks_.size(); ++i) tasks_[i]->remove_callback(callbacks_[i]);
    }
    StopWhenAllDone(const StopWhenAllDone&) = delete;
    StopWhenAllDone& operator=(const StopWhenAllDone&) = delete;

  private:
    class Child final : public DoneCallback {
      public:
        StopWhenAllDone* all = nullptr;
        void run() noexcept override {
            if (all->left_.fetch_sub(1, std::memory_order_acq_rel) == 1) schedule(all->stop_);
        }
    };
    const std::vector<Ref<Task>>& tasks_;
    std::atomic<size_t> left_;
    std::vector<Child> callbacks_;
    StopWhenDone stop_;
};

}  // namespace

Engine::End Runtime::run_main(Task& main, const std::function<void()>& main_done) {
    StopWhenDone stop;
    main.add_callback(stop);
    Engine::End end = engine_.run();
    if (end != Engine::End::stopped) {
        main.remove_callback(stop);
        if (main.done() && main_done) main_done();
        return end;
    }
    if (main_done) main_done();
    const auto left = live_tasks();
    if (left.empty()) return end;
    StopWhenAllDone all(left);
    for (const auto& task : left) task->cancel(std::nullopt);
    end = engine_.run();
    if (end != Engine::End::stopped) return end;
    for (const auto& task : left) {
        if (task->state() == FutureBase::State::failed) {
            report({"shutdown", "unhandled exception during asyncio.run() shutdown", ErrorRef(task->error()),
                    task.get()});
        }
    }
    return end;
}

}  // namespace asyncrun
