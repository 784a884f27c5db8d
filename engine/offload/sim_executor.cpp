// SPDX-License-Identifier: MIT
#include "engine/offload/sim_executor.h"

#include "engine/offload/virtual_workers.h"

#include <algorithm>

namespace asyncrun {

class SimExecutor::Thread final : public VirtualWorkers::Thread {
  public:
    using VirtualWorkers::Thread::Thread;
};

SimExecutor::SimExecutor(SimEngine& engine, std::string name, unsigned workers)
    : Executor(std::move(name), workers), engine_(engine), clock_(VirtualWorkers::of(engine)) {}

SimExecutor::~SimExecutor() {
    finish();
    // What is parked for good, or was cut off by an interruption, has to return before its thread can end.
    abandoned_ = true;
    for (auto& thread : threads_) {
        if (!thread->idle && !thread->ended) thread->run_abandoned();
    }
    for (Job* job : queue_) job->release();
    queue_.clear();
    end_idle_workers();
    for (auto& thread : threads_) thread->join();
}

void SimExecutor::submit(Ref<Job> job) {
    if (closed_) throw Exception(errors::runtime(), "cannot schedule new futures after shutdown");
    job->submission = clock_->next_submission();
    queue_.push_back(job.detach());
    for (auto& thread : threads_) {
        if (!thread->idle) continue;
        thread->idle = false;
        thread->schedule_now();
        return;
    }
    if (threads_.size() >= workers()) return;
    Thread& started = *threads_.emplace_back(std::make_unique<Thread>(*this, *clock_));
    ++alive_;
    started.start([this, &thread = started] {
        for (;;) {
            run_jobs();
            if (closed_) break;
            thread.idle = true;
            if (!thread.rest()) return;
        }
        thread.ended = true;
        --alive_;
    });
    started.schedule_now();
}

void SimExecutor::run_jobs() {
    while (!queue_.empty() && !abandoned_) {
        Job* job = queue_.front();
        queue_.pop_front();
        if (engine_.interrupted().load(std::memory_order_relaxed)) job->withdraw();
        if (job->begin()) job->execute();
        clock_->completed(*job);
    }
}

void SimExecutor::close() {
    closed_ = true;
    end_idle_workers();
}

void SimExecutor::end_idle_workers() noexcept {
    for (auto& thread : threads_) {
        if (!thread->idle || thread->ended) continue;
        thread->ended = true;
        --alive_;
        thread->quit();
    }
}

bool SimExecutor::busy() const noexcept {
    return std::any_of(threads_.begin(), threads_.end(),
                       [](const auto& thread) { return !thread->idle && !thread->ended; });
}

bool SimExecutor::finish() {
    close();
    while (busy()) {
        if (engine_.interrupted().load(std::memory_order_relaxed)) return true;
        const TimePoint next = clock_->next_event();
        if (next == never) return false;
        engine_.pass_virtual_time(std::max(next - engine_.now(), Duration::zero()));
    }
    return true;
}

unsigned SimExecutor::workers_parked() const noexcept {
    return static_cast<unsigned>(
        std::count_if(threads_.begin(), threads_.end(), [](const auto& thread) { return thread->parked(); }));
}

bool wait_on_workers(SimEngine& engine, const std::function<bool()>& ready, TimePoint deadline) {
    const auto workers = VirtualWorkers::find(engine);
    while (!ready()) {
        if (engine.interrupted().load(std::memory_order_relaxed)) return false;
        if (engine.now() >= deadline) return true;
        const TimePoint next = std::min(workers ? workers->next_event() : never, deadline);
        if (next == never) return false;
        engine.pass_virtual_time(std::max(next - engine.now(), Duration::zero()));
    }
    return true;
}

}  // namespace asyncrun
