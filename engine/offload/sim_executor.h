// SPDX-License-Identifier: MIT
#pragma once

#include "engine/backends/sim/sim_engine.h"
#include "engine/offload/executor.h"

#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace asyncrun {

class VirtualWorkers;

/// An executor on the virtual clock. A worker is a parallel thread of zero-cost code: what a job does up to
/// its first pass_time() happens at the instant it starts, the rest after. A job starts at the loop's next
/// poll (or when the loop itself passes time) if a worker is free, else when one becomes free.
///
/// The loop learns of completions when it polls, in order of instant, then of submission, before the timers
/// due by then. Each worker is a thread of the system, so that a job may stop anywhere, but one thread of the
/// run executes at a time: the run repeats to the last event.
class SimExecutor final : public Executor {
  public:
    SimExecutor(SimEngine& engine, std::string name, unsigned workers);
    ~SimExecutor() override;

    void submit(Ref<Job> job) override;
    void close() override;
    bool finish() override;
    unsigned workers_alive() const noexcept override { return alive_; }
    unsigned workers_parked() const noexcept override;

  private:
    class Thread;
    /// On a worker, in its turn: runs jobs until none is queued.
    void run_jobs();
    void end_idle_workers() noexcept;
    bool busy() const noexcept;

    SimEngine& engine_;
    std::shared_ptr<VirtualWorkers> clock_;
    std::deque<Job*> queue_;
    std::vector<std::unique_ptr<Thread>> threads_;  ///< in order of number
    unsigned alive_ = 0;
    bool closed_ = false;
    bool abandoned_ = false;
};

/// Blocks the loop's thread, as a coroutine does that uses a queue of the thread domain: lets the workers go
/// on until `ready()`, or until the clock reaches `deadline`. False if neither can happen any more, or the
/// run was interrupted. No task and no timer runs meanwhile.
bool wait_on_workers(SimEngine& engine, const std::function<bool()>& ready, TimePoint deadline = never);

}  // namespace asyncrun
