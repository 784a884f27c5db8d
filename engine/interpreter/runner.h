// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/program.h"
#include "engine/interpreter/session.h"
#include "engine/measure/histogram.h"
#include "engine/measure/process_usage.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/runtime.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace asyncrun {

class TraceRecorder;

/// What a look at a running scenario shows: for the progress line. Approximate on parallel engines.
struct Progress {
    Duration elapsed{};
    uint64_t tasks_live = 0;
    uint64_t tasks_done = 0;
};

struct RunOptions {
    std::string engine = "epoll";
    unsigned workers = 0;  ///< `threads`: 0 means one per core
    uint64_t seed = 0;
    std::optional<Duration> time_limit;  ///< of real time; on `sim` too, which could otherwise never end
    bool debug = false;
    /// Each line of the scenario's log as it is written, on the thread that writes it; may be empty.
    std::function<void(const LogLine&)> on_log;
    /// Called about ten times a second from a thread of its own while the scenario runs; may be empty.
    std::function<void(const Progress&)> on_progress;
    TraceRecorder* recorder = nullptr;
};

/// One line of an error's way through the scenario.
struct OutcomeError {
    std::string type;
    std::string message;
    std::vector<TracebackEntry> traceback;  ///< outermost first
    std::vector<OutcomeError> members;      ///< of an ExceptionGroup
};

struct WaitingTask {
    std::string task;
    std::string waits_for;
    std::string file;
    int line = 0;
};

/// How one run of a scenario went and what was measured.
struct RunOutcome {
    enum class End : uint8_t { finished, failed, deadlock, time_limit, interrupted };
    End end = End::finished;
    std::string result_json = "null";
    std::optional<OutcomeError> error;  ///< type "Deadlock", "TimeLimit" or "Interrupted" for those ends
    std::vector<WaitingTask> deadlock;  ///< every waiting task, when it ended in a deadlock
    Duration makespan{};
    std::vector<LogLine> log;
    uint64_t log_dropped = 0;
    std::map<std::string, Value> counters;  ///< integers or floats
    struct Span {
        Histogram durations;
        uint64_t failed = 0;
    };
    std::map<std::string, Span> spans;
    /// What was reported beside the scenario's own error (never_retrieved, callback_failed, …), by kind; and their texts.
    std::map<std::string, uint64_t> reports;
    std::vector<std::string> report_texts;
    TaskCounts tasks;
    ProcessUsage usage;
    EngineCounters engine_counters;
    Capabilities capabilities;
    Duration wall{};
    Histogram poll_time;
    uint32_t poll_sampling = 1;     ///< in busy stretches one of so many polls is timed
    SignedHistogram lateness;
};

/// Ends the run that is under way, if any: for signal handlers. Async-signal-safe.
void interrupt_current_run() noexcept;

/// Runs a program once on one engine, in this process, and waits for its end. Every run ends: with a result, an error, a
/// deadlock, the time limit, or interrupt_current_run(). Throws std::runtime_error if the engine is unknown or
/// unavailable; errors of the scenario are in the outcome.
RunOutcome run_program(const Program& program, const RunOptions& options);

}  // namespace asyncrun
