// SPDX-License-Identifier: MIT
#include "cli/report_builder.h"

#include "engine/interpreter/text_format.h"
#include "engine/language/source.h"

#include <algorithm>

namespace asyncrun {
namespace {

int64_t ns(std::chrono::nanoseconds duration) { return duration.count(); }

/// A line of the scenario without the white space around it.
std::string line_of(const SourceFile& source, const TracebackEntry& entry) {
    if (entry.file != source.path() || entry.line < 1) return {};
    std::string_view text = source.line_text(entry.line);
    const size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t\r,") + 1 - first));
}

ErrorRecord error_record_of(const OutcomeError& error, const SourceFile& source) {
    ErrorRecord record{error.type, error.message, {}, {}};
    for (const TracebackEntry& e : error.traceback) {
        record.traceback.push_back({e.task, e.file, e.line, e.step, line_of(source, e)});
    }
    for (const OutcomeError& member : error.members)
        record.members.push_back(error_record_of(member, source));
    return record;
}

RunMetrics metrics_of(const RunOutcome& outcome) {
    RunMetrics m;
    m.tasks_spawned = outcome.tasks.spawned;
    m.tasks_done = outcome.tasks.done;
    m.tasks_failed = outcome.tasks.failed;
    m.tasks_cancelled = outcome.tasks.cancelled;
    m.tasks_live_max = outcome.tasks.live_max;

    m.cpu_user_ns = ns(outcome.usage.cpu_user);
    m.cpu_system_ns = ns(outcome.usage.cpu_system);
    m.switches_voluntary = outcome.usage.voluntary_switches;
    m.switches_involuntary = outcome.usage.involuntary_switches;
    m.max_rss_bytes = outcome.usage.max_rss_bytes;
    m.max_rss_is_of_run = outcome.usage.max_rss_is_of_run;

    const EngineCounters& engine = outcome.engine_counters;
    m.more["loop.passes"] = static_cast<int64_t>(engine.passes);
    m.more["loop.wall_ns"] = ns(outcome.wall);
    if (!outcome.capabilities.virtual_time) {
        m.syscalls_wait = engine.waits;
        m.more["wake.remote"] = static_cast<int64_t>(engine.wakeups);
        const double available =
            static_cast<double>(ns(outcome.wall)) * std::max(1u, outcome.capabilities.workers);
        if (available > 0) {
            m.loop_util = std::clamp(1 - static_cast<double>(ns(engine.idle)) / available, 0.0, 1.0);
        }
    }
    if (!outcome.capabilities.one_thread) m.more["steal.tasks"] = static_cast<int64_t>(engine.steals);

    if (!outcome.poll_time.empty()) {
        m.poll_time_ns = summary_of(outcome.poll_time);
        m.poll_time_ns->sampled = std::max<uint32_t>(1, outcome.poll_sampling);
    }
    if (!outcome.lateness.empty()) m.timer_lateness_ns = summary_of(outcome.lateness);
    return m;
}

}  // namespace

RunRecord record_of(const RunOutcome& outcome, const Program& program) {
    RunRecord record;
    record.result_json = outcome.result_json;
    record.interrupted = outcome.end == RunOutcome::End::interrupted;
    record.makespan_ns = ns(outcome.makespan);
    if (outcome.error) record.error = error_record_of(*outcome.error, SourceFile(program.file, program.text));
    if (outcome.end == RunOutcome::End::deadlock) {
        record.deadlock.emplace();
        for (const WaitingTask& w : outcome.deadlock) {
            record.deadlock->push_back({w.task, w.waits_for, w.file, w.line});
        }
    }
    for (const LogLine& line : outcome.log) record.log.push_back({line.t_ns, line.task, line.text, {}});
    record.log_dropped = outcome.log_dropped;
    for (const auto& [name, value] : outcome.counters) {
        if (value.is_real()) {
            record.counters[name] = value.real();
        } else {
            record.counters[name] = value.integer();
        }
    }
    for (const auto& [name, span] : outcome.spans) record.spans[name] = {span.durations, span.failed};
    record.reports = outcome.reports;
    record.metrics = metrics_of(outcome);
    return record;
}

RunReport::Scenario scenario_record_of(const Program& program, uint64_t seed) {
    RunReport::Scenario scenario;
    scenario.name = program.name;
    scenario.file = program.file;
    scenario.text = program.text;
    scenario.seed = seed;
    for (const Parameter& param : program.params) {
        scenario.params.emplace_back(param.name, to_json_text(param.value));
    }
    return scenario;
}

void set_ideal(RunReport& report, const Ideal& ideal) {
    for (RunRecord& run : report.runs) {
        if (run.failed() || run.interrupted) {
            run.metrics.no_ideal_reason = "the run did not finish";
        } else {
            run.metrics.ideal_makespan_ns = ideal.makespan_ns;
            run.metrics.no_ideal_reason = ideal.reason;
        }
    }
}

}  // namespace asyncrun
