// SPDX-License-Identifier: MIT
#pragma once

#include "engine/measure/histogram.h"
#include "engine/measure/statistics.h"
#include "engine/report/environment.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace asyncrun {

/// The report of one scenario on one engine, as plain data: whoever runs fills it in, writers print it.
/// Times are nanoseconds. Figures that do not exist are absent or NaN and become `null`.

/// A distribution's figures.
struct Summary {
    enum class Unit { ns, none };
    Unit unit = Unit::ns;
    uint64_t count = 0;
    int64_t min = 0;
    int64_t p50 = 0;
    int64_t p90 = 0;
    int64_t p99 = 0;
    int64_t max = 0;
    double mean = 0;
    /// Only one in so many values was recorded; the figures are of the sample.
    uint32_t sampled = 1;
};
Summary summary_of(const Histogram& histogram, Summary::Unit unit = Summary::Unit::ns);
Summary summary_of(const SignedHistogram& histogram, Summary::Unit unit = Summary::Unit::ns);

/// A level over time: time-weighted mean and maximum.
struct Gauge {
    double mean = 0;
    int64_t max = 0;
};

struct TracebackLine {
    std::string task;
    std::string file;
    int line = 0;
    std::string step;
    /// The line's text, for the console; may be empty.
    std::string source;
};

struct ErrorRecord {
    std::string type;
    std::string message;
    std::vector<TracebackLine> traceback;  ///< outermost first, as Python prints it
    std::vector<ErrorRecord> members;      ///< of an ExceptionGroup
};

struct DeadlockLine {
    std::string task;
    std::string waits_for;  ///< "queue q (get)"
    std::string file;
    int line = 0;
};

struct LogRecord {
    int64_t t_ns = 0;
    std::string task;
    std::string text;
    std::string level;  ///< empty: "info"
};

struct SpanRecord {
    Histogram durations;
    uint64_t failed = 0;  ///< of these, how many ended by an exception
};

/// What was measured about a run. An absent figure could not be measured, or does not exist on the engine.
struct RunMetrics {
    uint64_t tasks_spawned = 0;
    uint64_t tasks_done = 0;
    uint64_t tasks_failed = 0;
    uint64_t tasks_cancelled = 0;
    uint64_t tasks_live_max = 0;

    std::optional<int64_t> cpu_user_ns;
    std::optional<int64_t> cpu_system_ns;
    std::optional<int64_t> switches_voluntary;
    std::optional<int64_t> switches_involuntary;
    std::optional<int64_t> max_rss_bytes;
    bool max_rss_is_of_run = false;
    std::optional<uint64_t> syscalls_wait;
    std::optional<uint64_t> syscalls_submit;

    std::optional<Summary> poll_time_ns;
    std::optional<Summary> timer_lateness_ns;  ///< signed
    std::optional<Summary> sched_delay_ns;
    std::optional<Gauge> ready_depth;
    std::optional<double> loop_util;

    /// The makespan of the engine `sim` with the same seed, or why there is none.
    std::optional<int64_t> ideal_makespan_ns;
    std::string no_ideal_reason;

    std::optional<uint64_t> trace_records;
    std::optional<uint64_t> trace_dropped;

    /// Metrics of objects and of coroutines, by their names in docs: "queue.NAME.wait_get",
    /// "offload.POOL.run", "task.busy.COROUTINE", "arrivals.NAME.dropped".
    std::map<std::string, std::variant<int64_t, double, Summary, Gauge>> more;

    /// ideal / actual; absent without an ideal or a makespan.
    std::optional<double> efficiency(int64_t makespan_ns) const;
};

struct RunRecord {
    std::string result_json = "null";  ///< one JSON value
    std::optional<ErrorRecord> error;  ///< a deadlock's type is "Deadlock", a time limit's "TimeLimit"
    std::optional<std::vector<DeadlockLine>> deadlock;
    bool interrupted = false;
    int64_t makespan_ns = 0;
    std::vector<LogRecord> log;
    uint64_t log_dropped = 0;
    std::map<std::string, std::variant<int64_t, double>> counters;
    std::map<std::string, SpanRecord> spans;
    /// What was reported and counted beside errors: "never_retrieved", "never_awaited", "task_destroyed", …
    std::map<std::string, uint64_t> reports;
    RunMetrics metrics;

    bool failed() const noexcept { return error.has_value() || deadlock.has_value(); }
};

struct RunReport {
    struct Scenario {
        std::string name;
        std::string file;
        std::string text;
        std::string sha256;  ///< filled in by the JSON writer when empty
        uint64_t seed = 0;
        std::vector<std::pair<std::string, std::string>> params;  ///< name, JSON value
    };
    struct Engine {
        std::string name;
        std::vector<std::pair<std::string, std::string>> options;  ///< name, JSON value
    };

    std::vector<std::string> command;
    HostEnvironment environment;
    std::optional<Calibration> calibration;
    Scenario scenario;
    Engine engine;
    std::vector<RunRecord> runs;
};

/// One figure over the runs that did not fail: what the summary holds.
using ReportSummary = std::map<std::string, Statistics>;
/// makespan_ns, cpu_ns, efficiency, and p50/p99 of poll.time, timer.lateness and every span, where they
/// exist.
ReportSummary summarize(const std::vector<RunRecord>& runs);

}  // namespace asyncrun
