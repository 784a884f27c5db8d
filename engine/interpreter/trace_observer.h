// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/clock.h"
#include "engine/runtime/observer.h"
#include "engine/trace/recorder.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace asyncrun {

class Engine;
class VmTask;

/// Records what a run does into a trace: the runtime's events as an Observer, the scenario's own through the calls below.
/// Each thread gets a track of its own when it records first. On a virtual clock the records carry its time.
/// Made for one run; everybody else holds a pointer that is null when no trace is taken.
class TraceObserver final : public Observer {
  public:
    TraceObserver(TraceRecorder& recorder, Engine& engine);
    ~TraceObserver() override;

    void task_created(Task& task) override;
    void task_done(Task& task) override;
    void poll_begin(Task& task) override;
    void poll_end(Task& task) override;
    void task_woken(Task& task) override;

    void task_named(Task& task);
    void wait_begin(const VmTask& task);
    void wait_end(const VmTask& task);
    void log(std::string_view text);
    void mark(std::string_view text);
    /// Gives the span's id for span_end.
    uint32_t span_begin(std::string_view name);
    void span_end(uint32_t id);
    void queue_depth(std::string_view queue, size_t depth);
    uint32_t job_begin(std::string_view function);
    void job_end(uint32_t id);

  private:
    TraceTrack& track();
    void record(TraceKind kind, uint32_t subject, uint32_t detail = 0);
    uint32_t current_task() const noexcept;

    TraceRecorder& recorder_;
    Engine& engine_;
    const bool virtual_time_;
    const uint64_t generation_;  ///< tells this run's thread-local tracks from an earlier run's
    uint32_t live_id_;
    std::atomic<unsigned> workers_{0};
    std::atomic<unsigned> loops_{0};
};

/// Records a job for its lifetime, if a trace is taken.
class TraceJob {
  public:
    TraceJob(TraceObserver* trace, std::string_view function) : trace_(trace), id_(trace ? trace->job_begin(function) : 0) {}
    ~TraceJob() {
        if (trace_) trace_->job_end(id_);
    }
    TraceJob(const TraceJob&) = delete;
    TraceJob& operator=(const TraceJob&) = delete;

  private:
    TraceObserver* trace_;
    uint32_t id_;
};

}  // namespace asyncrun
