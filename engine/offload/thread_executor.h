// SPDX-License-Identifier: MIT
#pragma once

#include "engine/offload/completions.h"
#include "engine/offload/executor.h"
#include "engine/runtime/adaptive_spin.h"
#include "engine/runtime/ref.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace asyncrun {

/// An executor of real threads, which start only when a job finds none idle (CPython,
/// concurrent/futures/thread.py
/// `_adjust_thread_count`).
///
/// **Cost.** Jobs are handed over without a lock on the loop's side, and come back on a list that the loop is
/// told of only when it was empty. A worker takes one job at a time, or up to 32 while jobs are short and
/// every worker is busy; others may still take those that it has not begun. A worker that ran out of jobs
/// spins while that pays, one at a time; only a parked one needs a system call to be woken.
///
/// **Order.** Jobs start in order of submission, but for jobs of a few microseconds that several workers have
/// in batches.
class ThreadExecutor final : public Executor {
  public:
    ThreadExecutor(Engine& engine, std::string name, unsigned workers);
    ~ThreadExecutor() override;

    void submit(Ref<Job> job) override;
    void close() override;
    bool finish() override;
    unsigned workers_alive() const noexcept override { return alive_.load(std::memory_order_acquire); }

  private:
    class Thread;

    void start_thread();
    void work(Thread& self) noexcept;
    /// Moves up to `limit` queued jobs to the worker's batch; how many, and whether others are left.
    unsigned take(Thread& self, unsigned limit, bool& more);
    /// A job that another worker has taken but not begun.
    Job* steal() noexcept;
    void run_job(Job& job) noexcept;
    /// Spins, then parks until there may be something to do. False when the worker is to end.
    bool wait_for_jobs(Thread& self);
    void wake_one();

    Engine& engine_;
    std::unique_ptr<Completions> completions_;
    std::optional<ParallelSection> parallel_;  ///< from the first thread's start to the last one's end
    std::vector<std::unique_ptr<Thread>>
        threads_;  ///< reserved: workers read it without a lock up to `started_`
    std::atomic<unsigned> started_{0};
    std::atomic<unsigned> alive_{0};
    std::atomic<unsigned> unfinished_{0};  ///< jobs that were counted, and have not ended

    alignas(64) std::atomic<Job*> submitted_{nullptr};  ///< newest first
    std::atomic<unsigned> parked_{0};                   ///< workers asleep that nobody has woken yet
    std::atomic<bool> spinning_{false};                 ///< a worker polls `submitted_`
    std::atomic<bool> closed_{false};

    alignas(64) std::mutex mutex_;
    std::condition_variable woken_;
    unsigned wakeups_ = 0;  ///< of parked workers, not consumed yet
    Job* queue_ = nullptr;  ///< oldest first: what was taken from `submitted_`
};

}  // namespace asyncrun
