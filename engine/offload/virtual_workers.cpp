// SPDX-License-Identifier: MIT
#include "engine/offload/virtual_workers.h"

#include "engine/runtime/this_thread.h"

#include <algorithm>
#include <map>

namespace asyncrun {
namespace {

std::mutex registry_mutex;
std::map<SimEngine*, std::weak_ptr<VirtualWorkers>>& registry() {
    static std::map<SimEngine*, std::weak_ptr<VirtualWorkers>> of_engine;
    return of_engine;
}

}  // namespace

VirtualWorkers::VirtualWorkers(SimEngine& engine) : engine_(engine) { engine_.add_source(*this); }

VirtualWorkers::~VirtualWorkers() {
    for (Job* job : completed_) job->release();
    for (auto& completions : completions_) Completions::end(std::move(completions));
    engine_.remove_source(*this);
    const std::lock_guard guard(registry_mutex);
    registry().erase(&engine_);
}

std::shared_ptr<VirtualWorkers> VirtualWorkers::find(SimEngine& engine) {
    const std::lock_guard guard(registry_mutex);
    const auto found = registry().find(&engine);
    return found == registry().end() ? nullptr : found->second.lock();
}

std::shared_ptr<VirtualWorkers> VirtualWorkers::of(SimEngine& engine) {
    if (auto existing = find(engine)) return existing;
    auto made = std::make_shared<VirtualWorkers>(engine);
    const std::lock_guard guard(registry_mutex);
    registry()[&engine] = made;
    return made;
}

void VirtualWorkers::advance_to(TimePoint now) {
    while (!events_.empty() && events_.begin()->at <= now) {
        Thread& thread = *events_.begin()->thread;
        events_.erase(events_.begin());
        thread.scheduled_ = false;
        give_turn_to(thread);
    }
    if (!completed_.empty()) post_completed();
}

void VirtualWorkers::post_completed() {
    std::sort(completed_.begin(), completed_.end(),
              [](const Job* a, const Job* b) { return a->submission < b->submission; });
    auto free =
        std::find_if(completions_.begin(), completions_.end(), [](const auto& c) { return !c->posted(); });
    if (free == completions_.end()) {
        free = completions_.insert(free, std::make_unique<Completions>(engine_));
    }
    for (Job* job : completed_) {
        engine_.begin_external_work();
        (*free)->add(*job);
    }
    completed_.clear();
}

void VirtualWorkers::give_turn_to(Thread& thread) {
    std::unique_lock lock(mutex_);
    turn_ = &thread;
    thread.turn_came_.notify_one();
    loop_turn_.wait(lock, [this] { return turn_ == nullptr; });
}

VirtualWorkers::Thread::Thread(Executor& executor, VirtualWorkers& workers)
    : VirtualWorker(executor, ++workers.last_number_), clock_(workers) {}

void VirtualWorkers::Thread::start(std::function<void()> body) {
    ThreadState state;
    state.engine = &clock_.engine_;
    state.runtime = this_thread.runtime;
    thread_ = std::thread([this, state, body = std::move(body)] {
        this_thread = state;
        this_worker = this;
        if (wait_for_turn()) body();
        FramePool::retire_thread();
        give_turn();
    });
}

void VirtualWorkers::Thread::give_turn() {
    const std::lock_guard guard(clock_.mutex_);
    if (clock_.turn_ != this) return;
    clock_.turn_ = nullptr;
    clock_.loop_turn_.notify_one();
}

bool VirtualWorkers::Thread::wait_for_turn() {
    std::unique_lock lock(clock_.mutex_);
    turn_came_.wait(lock, [this] { return clock_.turn_ == this || quit_; });
    return clock_.turn_ == this;
}

bool VirtualWorkers::Thread::rest() {
    give_turn();
    return wait_for_turn();
}

void VirtualWorkers::Thread::schedule(TimePoint at) {
    event_ = ++clock_.events_made_;
    scheduled_ = true;
    clock_.events_.insert({at, event_, this});
    deadline_ = at;
}

VirtualWorker::Wake VirtualWorkers::Thread::wait(TimePoint deadline, bool parked) {
    if (abandoned_ || clock_.engine_.interrupted().load(std::memory_order_relaxed)) return Wake::abandoned;
    if (deadline <= now()) return Wake::deadline;
    parked_ = parked;
    unparked_ = false;
    deadline_ = deadline;
    if (deadline != never) schedule(deadline);
    rest();
    parked_ = false;
    if (abandoned_) return Wake::abandoned;
    return unparked_ ? Wake::unparked : Wake::deadline;
}

bool VirtualWorkers::Thread::wake_now() {
    if (!parked_ || unparked_) return false;
    if (scheduled_) clock_.events_.erase({deadline_, event_, this});
    unparked_ = true;
    schedule_now();
    return true;
}

void VirtualWorkers::Thread::run_abandoned() {
    abandoned_ = true;
    if (scheduled_) clock_.events_.erase({deadline_, event_, this});
    scheduled_ = false;
    clock_.give_turn_to(*this);
}

void VirtualWorkers::Thread::quit() noexcept {
    const std::lock_guard guard(clock_.mutex_);
    quit_ = true;
    turn_came_.notify_one();
}

void VirtualWorkers::Thread::join() {
    if (thread_.joinable()) thread_.join();
}

}  // namespace asyncrun
