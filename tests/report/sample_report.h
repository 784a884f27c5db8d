// SPDX-License-Identifier: MIT
#pragma once

#include "engine/report/model.h"

#include <cmath>

namespace asyncrun::samples {

/// A distribution of `n` values around `centre`.
inline Histogram around(int64_t centre, int n) {
    Histogram h;
    for (int i = 0; i < n; ++i) h.record(centre + centre * (i % 100) / 200 + (i % 97 == 0 ? centre * 3 : 0));
    return h;
}

inline RunRecord good_run(double slower = 1) {
    RunRecord run;
    run.result_json = "[[0,6],\"done\",null,1.5]";
    run.makespan_ns = static_cast<int64_t>(20'013'000 * slower);
    run.log = {{0, "Task-2", "start", ""}, {1'000'000, "Task-3", "careful", "warning"}};
    run.counters = {{"items", int64_t{12'000}}, {"seconds", 0.25}};
    run.spans["request"] = {around(static_cast<int64_t>(1'200'000 * slower), 3000), 4};
    run.spans["last step"] = {around(static_cast<int64_t>(850 * slower), 12), 0};
    RunMetrics& m = run.metrics;
    m.tasks_spawned = 12;
    m.tasks_done = 10;
    m.tasks_failed = 1;
    m.tasks_cancelled = 1;
    m.tasks_live_max = 6;
    m.cpu_user_ns = static_cast<int64_t>(1'520'000 * slower);
    m.cpu_system_ns = 310'000;
    m.switches_voluntary = 25;
    m.switches_involuntary = 3;
    m.max_rss_bytes = 9'437'184;
    m.max_rss_is_of_run = true;
    m.syscalls_wait = 61;
    m.poll_time_ns = summary_of(around(static_cast<int64_t>(640 * slower), 4000));
    m.poll_time_ns->sampled = 8;
    SignedHistogram lateness;
    for (int i = -5; i < 100; ++i) lateness.record(static_cast<int64_t>(i * 700 * slower));
    m.timer_lateness_ns = summary_of(lateness);
    m.sched_delay_ns = summary_of(around(210, 500));
    m.ready_depth = Gauge{1.75, 9};
    m.loop_util = 0.31;
    m.ideal_makespan_ns = 20'000'000;
    m.trace_records = 1000;
    m.trace_dropped = 0;
    m.more["queue.q.depth"] = Gauge{0.5, 4};
    m.more["queue.q.wait_get"] = summary_of(around(5000, 100));
    m.more["event.go.fanout"] = summary_of(around(3, 10), Summary::Unit::none);
    m.more["arrivals.clients.dropped"] = int64_t{3};
    m.more["arrivals.clients.achieved_rate"] = 998.5;
    return run;
}

inline RunRecord failed_run() {
    RunRecord run;
    run.error = ErrorRecord{"ValueError",
                            "no such item: 'x'",
                            {{"main", "pipeline.toml", 12, "await", "{ await = \"fetch(3)\" }"},
                             {"Task-2", "pipeline.toml", 31, "raise",
                              "{ raise = \"ValueError\", message = \"no such item: 'x'\" }"}},
                            {}};
    run.makespan_ns = 3'500;
    run.reports["never_retrieved"] = 2;
    run.metrics.no_ideal_reason = "the run failed";
    return run;
}

inline RunRecord group_run() {
    RunRecord run;
    run.error = ErrorRecord{"ExceptionGroup", "unhandled errors in a TaskGroup (2 sub-exceptions)", {}, {}};
    run.error->members = {{"ValueError", "first", {{"Task-2", "a.toml", 3, "raise", ""}}, {}},
                          {"KeyError", "", {}, {}}};
    run.makespan_ns = 1;
    return run;
}

inline RunRecord deadlocked_run() {
    RunRecord run;
    run.deadlock = {{"main", "task Task-2", "pipeline.toml", 8},
                    {"Task-2", "queue q (get)", "pipeline.toml", 21}};
    run.makespan_ns = 40;
    run.log_dropped = 7;
    return run;
}

/// What a run leaves that measured nothing and was stopped.
inline RunRecord bare_run() {
    RunRecord run;
    run.interrupted = true;
    run.counters["ratio"] = std::nan("");
    run.metrics.loop_util = INFINITY;
    run.metrics.poll_time_ns = summary_of(Histogram());
    return run;
}

inline RunReport report_of(std::string engine, std::vector<RunRecord> runs) {
    RunReport report;
    report.command = {"asyncrun", "pipeline.toml", "--engine", engine};
    report.scenario = {"pipeline",
                       "scenarios/pipeline.toml",
                       "[coroutine.main]\nsteps = []\n",
                       "",
                       7,
                       {{"workers", "4"}, {"host", "\"localhost\""}}};
    report.engine = {std::move(engine), {{"workers", "2"}}};
    report.runs = std::move(runs);
    return report;
}

}  // namespace asyncrun::samples
