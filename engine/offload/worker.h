// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/clock.h"

#include <cstdint>

namespace asyncrun {

class Executor;
class VirtualWorker;

/// The thread of an executor, as the job that runs on it sees it.
class Worker {
  public:
    /// On real engines the system's thread id; on a virtual clock a number from 2, in order of start.
    uint64_t id() const noexcept { return id_; }
    Executor& executor() const noexcept { return executor_; }
    /// The worker's side of the virtual clock; null where time is real.
    virtual VirtualWorker* on_virtual_clock() noexcept { return nullptr; }

  protected:
    Worker(Executor& executor, uint64_t id) noexcept : id_(id), executor_(executor) {}
    ~Worker() = default;

    uint64_t id_;

  private:
    Executor& executor_;
};

/// A worker on a virtual clock: how a job spends time, and how it waits for other jobs or the loop.
/// Only one thread of a virtual run executes at a time; these calls hand the turn over.
class VirtualWorker : public Worker {
  public:
    enum class Wake : uint8_t {
        unparked,   ///< unpark() was called
        deadline,   ///< the clock reached the deadline
        abandoned,  ///< the run is over: the job must return; every further wait ends at once
    };

    /// Lets this worker's time pass, while the loop and other workers go on. False if the job must return
    /// (the run was interrupted). Inside a job.
    bool pass_time(Duration amount);
    /// Suspends the job until another thread of the run calls unpark(), or the clock reaches `deadline`.
    /// Inside a job.
    Wake park(TimePoint deadline = never);
    /// Ends park(): the job goes on at this instant of the clock, behind what is due already. From the loop
    /// or another worker. False if it is not parked.
    bool unpark();

    VirtualWorker* on_virtual_clock() noexcept override { return this; }

  protected:
    using Worker::Worker;
    ~VirtualWorker() = default;
    /// Gives the turn up until the clock reaches `deadline`, or unpark().
    virtual Wake wait(TimePoint deadline, bool parked) = 0;
    virtual bool wake_now() = 0;
    virtual TimePoint now() const noexcept = 0;
};

inline bool VirtualWorker::pass_time(Duration amount) {
    return wait(now() + amount, false) != Wake::abandoned;
}
inline VirtualWorker::Wake VirtualWorker::park(TimePoint deadline) { return wait(deadline, true); }
inline bool VirtualWorker::unpark() { return wake_now(); }

/// The worker that this thread is; null on the loop's thread and foreign ones.
inline constinit thread_local Worker* this_worker = nullptr;

}  // namespace asyncrun
