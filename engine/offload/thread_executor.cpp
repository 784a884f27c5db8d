// SPDX-License-Identifier: MIT
#include "engine/offload/thread_executor.h"

#include "engine/runtime/this_thread.h"

#include <array>
#include <chrono>
#include <thread>

#include <unistd.h>

namespace asyncrun {
namespace {

constexpr unsigned batch_limit = 32;
/// A batch that took longer shows that jobs are not short.
constexpr std::chrono::microseconds short_batch{20};

}  // namespace

class ThreadExecutor::Thread final : public Worker {
  public:
    explicit Thread(Executor& executor) noexcept : Worker(executor, 0) {}
    void identify() noexcept { id_ = static_cast<uint64_t>(gettid()); }

    /// Jobs that this worker has taken. Whoever exchanges a slot for null owns the job.
    alignas(64) std::array<std::atomic<Job*>, batch_limit> batch{};
    AdaptiveSpin spin;
    std::thread thread;
};

ThreadExecutor::ThreadExecutor(Engine& engine, std::string name, unsigned workers)
    : Executor(std::move(name), workers),
      engine_(engine),
      completions_(std::make_unique<Completions>(engine)) {
    threads_.reserve(workers);
}

ThreadExecutor::~ThreadExecutor() {
    finish();
    Completions::end(std::move(completions_));
}

void ThreadExecutor::submit(Ref<Job> job) {
    if (closed_.load(std::memory_order_relaxed)) {
        throw Exception(errors::runtime(), "cannot schedule new futures after shutdown");
    }
    if (started_.load(std::memory_order_relaxed) < workers()) {
        const std::lock_guard guard(mutex_);
        const unsigned started = started_.load(std::memory_order_relaxed);
        if (started < workers()) {
            if (unfinished_.load(std::memory_order_acquire) >= started) start_thread();
            unfinished_.fetch_add(1, std::memory_order_relaxed);
            job->starts_threads = true;
        }
    }
    engine_.begin_external_work();
    Job* added = job.detach();
    Job* newest = submitted_.load(std::memory_order_relaxed);
    do {
        added->next_job = newest;
    } while (!submitted_.compare_exchange_weak(newest, added, std::memory_order_seq_cst,
                                               std::memory_order_relaxed));
    // A spinning worker finds the job by itself, and wakes another if there are more.
    if (!spinning_.load(std::memory_order_seq_cst) && parked_.load(std::memory_order_seq_cst) > 0) wake_one();
}

void ThreadExecutor::start_thread() {
    if (!parallel_) parallel_.emplace();
    auto& self = *threads_.emplace_back(std::make_unique<Thread>(*this));
    ThreadState state;
    state.engine = &engine_;
    state.runtime = this_thread.runtime;
    try {
        self.thread = std::thread([this, &self, state] {
            this_thread = state;
            this_worker = &self;
            self.identify();
            work(self);
            FramePool::retire_thread();
            alive_.fetch_sub(1, std::memory_order_release);
        });
    } catch (...) {
        threads_.pop_back();
        throw;
    }
    alive_.fetch_add(1, std::memory_order_relaxed);
    started_.store(static_cast<unsigned>(threads_.size()), std::memory_order_release);
}

void ThreadExecutor::wake_one() {
    const std::lock_guard guard(mutex_);
    if (parked_.load(std::memory_order_relaxed) == 0) return;
    parked_.fetch_sub(1, std::memory_order_relaxed);
    ++wakeups_;
    woken_.notify_one();
}

void ThreadExecutor::close() {
    const std::lock_guard guard(mutex_);
    closed_.store(true, std::memory_order_seq_cst);
    woken_.notify_all();
}

bool ThreadExecutor::finish() {
    close();
    for (auto& thread : threads_) {
        if (thread->thread.joinable()) thread->thread.join();
    }
    parallel_.reset();
    return true;
}

unsigned ThreadExecutor::take(Thread& self, unsigned limit, bool& more) {
    const std::lock_guard guard(mutex_);
    if (!queue_) queue_ = reversed(submitted_.exchange(nullptr, std::memory_order_seq_cst));
    const bool idle_workers = parked_.load(std::memory_order_relaxed) > 0;
    if (idle_workers || started_.load(std::memory_order_relaxed) < workers()) limit = 1;
    unsigned count = 0;
    while (queue_ && count < limit) {
        Job* job = queue_;
        queue_ = job->next_job;
        self.batch[count++].store(job, std::memory_order_release);
    }
    more = queue_ || submitted_.load(std::memory_order_seq_cst);
    if (more && idle_workers) {
        parked_.fetch_sub(1, std::memory_order_relaxed);
        ++wakeups_;
        woken_.notify_one();
    }
    return count;
}

Job* ThreadExecutor::steal() noexcept {
    const unsigned started = started_.load(std::memory_order_acquire);
    for (unsigned i = 0; i < started; ++i) {
        for (auto& slot : threads_[i]->batch) {
            if (!slot.load(std::memory_order_relaxed)) continue;
            if (Job* job = slot.exchange(nullptr, std::memory_order_acq_rel)) return job;
        }
    }
    return nullptr;
}

void ThreadExecutor::run_job(Job& job) noexcept {
    if (engine_.interrupted().load(std::memory_order_relaxed)) [[unlikely]]
        job.withdraw();
    if (job.begin()) job.execute();
    if (job.starts_threads) unfinished_.fetch_sub(1, std::memory_order_release);
    completions_->add(job);
}

void ThreadExecutor::work(Thread& self) noexcept {
    unsigned limit = 1;
    for (;;) {
        bool more = false;
        const unsigned count = take(self, limit, more);
        if (count == 0) {
            if (Job* job = steal()) {
                run_job(*job);
            } else if (!wait_for_jobs(self)) {
                return;
            }
            continue;
        }
        const bool measured = more || count > 1;
        const auto begin =
            measured ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point();
        for (unsigned i = 0; i < count; ++i) {
            if (Job* job = self.batch[i].exchange(nullptr, std::memory_order_acq_rel)) run_job(*job);
        }
        if (!measured) continue;
        limit = std::chrono::steady_clock::now() - begin < short_batch ? std::min(limit * 2, batch_limit) : 1;
    }
}

bool ThreadExecutor::wait_for_jobs(Thread& self) {
    const auto something = [this] {
        return submitted_.load(std::memory_order_seq_cst) || closed_.load(std::memory_order_relaxed);
    };
    if (!spinning_.exchange(true, std::memory_order_seq_cst)) {
        const bool found = self.spin.until(something);
        spinning_.store(false, std::memory_order_seq_cst);
        if (found && submitted_.load(std::memory_order_seq_cst)) return true;
    }
    std::unique_lock lock(mutex_);
    parked_.fetch_add(1, std::memory_order_seq_cst);
    bool left_parked = true;
    for (;;) {
        if (wakeups_ > 0) {
            // Somebody took one worker off the parked ones: this one.
            --wakeups_;
            left_parked = false;
            break;
        }
        if (queue_ || submitted_.load(std::memory_order_seq_cst)) break;
        bool stealable = false;
        for (const auto& thread : threads_) {
            for (auto& slot : thread->batch) stealable = stealable || slot.load(std::memory_order_relaxed);
        }
        if (stealable) break;
        if (closed_.load(std::memory_order_relaxed)) {
            parked_.fetch_sub(1, std::memory_order_relaxed);
            return false;
        }
        woken_.wait(lock);
    }
    if (left_parked) parked_.fetch_sub(1, std::memory_order_relaxed);
    return true;
}

}  // namespace asyncrun
