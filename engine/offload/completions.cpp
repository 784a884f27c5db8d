// SPDX-License-Identifier: MIT
#include "engine/offload/completions.h"

#include <mutex>
#include <utility>
#include <vector>

namespace asyncrun {

Job* reversed(Job* newest) noexcept {
    Job* oldest = nullptr;
    while (newest) {
        Job* next = newest->next_job;
        newest->next_job = oldest;
        oldest = newest;
        newest = next;
    }
    return oldest;
}

void Completions::add(Job& job) noexcept {
    Job* newest = newest_.load(std::memory_order_relaxed);
    do {
        job.next_job = newest;
    } while (
        !newest_.compare_exchange_weak(newest, &job, std::memory_order_acq_rel, std::memory_order_relaxed));
    if (newest) return;
    posts_.fetch_add(1, std::memory_order_relaxed);
    engine_.post(*this);
}

void Completions::run() noexcept {
    Job* job = reversed(newest_.exchange(nullptr, std::memory_order_acquire));
    posts_.fetch_sub(1, std::memory_order_release);
    while (job) {
        Job* next = job->next_job;
        if (next) __builtin_prefetch(next);
        engine_.end_external_work();
        job->run();
        job = next;
    }
}

void Completions::end(std::unique_ptr<Completions> completions) {
    Job* job = completions->newest_.exchange(nullptr, std::memory_order_acquire);
    while (job) {
        Job* next = job->next_job;
        completions->engine_.end_external_work();
        job->release();
        job = next;
    }
    if (!completions->posted()) return;
    // It still stands in the engine's queue, which has no way to take it out: kept for good.
    static std::mutex mutex;
    static std::vector<std::unique_ptr<Completions>> kept;
    const std::lock_guard guard(mutex);
    kept.push_back(std::move(completions));
}

}  // namespace asyncrun
