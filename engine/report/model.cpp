// SPDX-License-Identifier: MIT
#include "engine/report/model.h"

namespace asyncrun {
namespace {

template <typename H>
Summary summary_from(const H& h, Summary::Unit unit) {
    Summary s;
    s.unit = unit;
    s.count = h.count();
    s.min = h.min();
    s.p50 = h.percentile(50);
    s.p90 = h.percentile(90);
    s.p99 = h.percentile(99);
    s.max = h.max();
    s.mean = h.mean();
    return s;
}

}  // namespace

Summary summary_of(const Histogram& histogram, Summary::Unit unit) { return summary_from(histogram, unit); }
Summary summary_of(const SignedHistogram& histogram, Summary::Unit unit) {
    return summary_from(histogram, unit);
}

std::optional<double> RunMetrics::efficiency(int64_t makespan_ns) const {
    if (!ideal_makespan_ns || makespan_ns <= 0) return std::nullopt;
    return static_cast<double>(*ideal_makespan_ns) / static_cast<double>(makespan_ns);
}

ReportSummary summarize(const std::vector<RunRecord>& runs) {
    std::map<std::string, std::vector<double>> values;
    const auto add = [&](const std::string& name, const std::optional<Summary>& s) {
        if (!s || s->count == 0) return;
        values[name + ".p50_ns"].push_back(static_cast<double>(s->p50));
        values[name + ".p99_ns"].push_back(static_cast<double>(s->p99));
    };
    for (const RunRecord& run : runs) {
        if (run.failed() || run.interrupted) continue;
        const RunMetrics& m = run.metrics;
        values["makespan_ns"].push_back(static_cast<double>(run.makespan_ns));
        if (m.cpu_user_ns && m.cpu_system_ns) {
            values["cpu_ns"].push_back(static_cast<double>(*m.cpu_user_ns + *m.cpu_system_ns));
        }
        if (const auto e = m.efficiency(run.makespan_ns)) values["efficiency"].push_back(*e);
        add("poll.time", m.poll_time_ns);
        add("timer.lateness", m.timer_lateness_ns);
        add("sched.delay", m.sched_delay_ns);
        for (const auto& [name, span] : run.spans) add("span." + name, summary_of(span.durations));
    }
    ReportSummary summary;
    for (const auto& [name, list] : values) summary[name] = statistics_of(list);
    return summary;
}

}  // namespace asyncrun
