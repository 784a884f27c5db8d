// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/evaluation.h"
#include "engine/interpreter/program.h"
#include "engine/measure/histogram.h"
#include "engine/runtime/runtime.h"
#include "engine/runtime/spin_lock.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace asyncrun {

class Executor;
class TraceObserver;
class VmTask;
struct WaitingTask;

/// A line that a `log` step wrote.
struct LogLine {
    int64_t t_ns = 0;
    std::string task;
    std::string text;
};

/// A scenario's counter: a whole number until somebody counts by a fraction.
struct Counter {
    SpinLock lock;
    Value total{int64_t{0}};
};

/// A scenario's span: how long the named stretches lasted.
struct SpanDurations {
    SpinLock lock;
    Histogram durations;
    uint64_t failed = 0;  ///< ended by an error or a cancellation; recorded like the others
};

/// What one run of a program owns: its objects, shared variables, log, counters and spans; and what expressions see of
/// the world. One per run; on parallel engines several threads use it at once.
class Session final : public Environment {
  public:
    /// `write_log` gets each line as it is written; null keeps quiet. `trace` is null unless one is taken.
    Session(const Program& program, Runtime& runtime, uint64_t seed, std::function<void(const LogLine&)> write_log,
            TraceObserver* trace);
    ~Session() override;

    static constexpr size_t kept_log_lines = 10'000;

    const Program& program;
    Runtime& runtime;
    Engine& engine;
    const uint64_t seed;
    TraceObserver* const trace;

    /// Creates the main task; its first step is queued.
    Task& start_main();
    /// When main's first step began and when it returned.
    const std::optional<TimePoint>& main_started() const noexcept { return main_started_; }
    const std::optional<TimePoint>& main_ended() const noexcept { return main_ended_; }
    void task_starts(const VmTask& task) noexcept {
        if (&task == main_) main_started_ = engine.now();
    }
    void task_ends(const VmTask& task) noexcept {
        if (&task == main_) main_ended_ = engine.now();
    }

    // ---- Environment ----
    Value read_shared(uint32_t index) override;
    Value read_context(uint32_t index) override;
    Value object(uint32_t index) override { return objects_[index]; }
    Value call(CallableKind kind, uint32_t index, std::span<Value> arguments) override;
    double now() override;
    std::string task_name() override;
    int64_t task_count() override;
    int64_t thread_count() override;
    int64_t thread_id() override;
    int64_t pid() override;
    Value current_task() override;
    Value all_tasks() override;

    void write_shared(uint32_t index, Value value);
    /// Fills in what an evaluation needs besides locals and random stream.
    void prepare(Evaluation& evaluation) noexcept {
        evaluation.shared = parallel() ? nullptr : shared_.data();
        evaluation.objects = objects_.data();
        evaluation.environment = this;
        evaluation.interrupt = &engine.interrupted();
    }

    void log(std::string text);
    void mark(const std::string& text);
    void count(uint32_t counter, const Value& by);
    void end_span(uint32_t span, TimePoint begun, bool failed);

    /// Where `offload` runs: null is the default executor, made when first used.
    Executor& executor(const Value& which);
    std::vector<Executor*> executors() const;
    /// Lets the executors finish what they run and hold. False if parked jobs can never end. Engine not running.
    bool finish_executors();
    /// Drops what may refer to tasks or to each other in circles. The run is over.
    void let_go() noexcept;

    /// Something that no awaiting code sees: kinds as in the language's `on_report`. The first 1,000 texts are kept.
    void note_report(std::string kind, std::string text);
    const std::vector<std::pair<std::string, std::string>>& reports() const noexcept { return reports_; }
    /// On a worker: its job is about to fail.
    void job_failed(Ref<FutureBase> job, const Code& function, ErrorRef error);
    struct LostJob {
        Ref<FutureBase> job;
        const Code* function;
        ErrorRef error;
    };
    /// Jobs that failed and whose error nobody retrieved, in order of failure. The executors have finished.
    std::vector<LostJob> lost_jobs() const;
    /// Adds the executor workers whose job waits for what cannot come.
    void describe_parked_workers(std::vector<WaitingTask>& waiting) const;

    const std::vector<LogLine>& log_lines() const noexcept { return log_; }
    uint64_t dropped_log_lines() const noexcept { return dropped_log_; }
    const std::vector<std::unique_ptr<Counter>>& counters() const noexcept { return counters_; }
    const std::vector<std::unique_ptr<SpanDurations>>& spans() const noexcept { return spans_; }
    void record_lateness(Duration lateness) noexcept;
    const SignedHistogram& lateness() const noexcept { return lateness_; }

  private:
    Value make_object(const ObjectDeclaration& declaration, const std::string& name);

    const VmTask* main_ = nullptr;
    std::optional<TimePoint> main_started_;
    std::optional<TimePoint> main_ended_;
    SpinLock reports_lock_;
    std::vector<std::pair<std::string, std::string>> reports_;
    SpinLock shared_lock_;
    std::vector<Value> shared_;
    std::vector<Value> objects_;
    std::vector<std::unique_ptr<Counter>> counters_;
    std::vector<std::unique_ptr<SpanDurations>> spans_;
    SpinLock log_lock_;
    std::vector<LogLine> log_;
    uint64_t dropped_log_ = 0;
    std::function<void(const LogLine&)> write_log_;
    SpinLock lateness_lock_;
    SignedHistogram lateness_;
    SpinLock failed_jobs_lock_;
    std::vector<LostJob> failed_jobs_;
    mutable SpinLock executor_lock_;
    Value default_executor_;
    std::vector<Executor*> executors_;  ///< declared ones and the default one
};

}  // namespace asyncrun
