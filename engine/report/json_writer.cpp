// SPDX-License-Identifier: MIT
#include "engine/report/json_writer.h"

#include "engine/report/digest.h"
#include "engine/report/histogram_text.h"

#include <cmath>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace asyncrun {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

template <typename T>
Json optional(const std::optional<T>& value) {
    if (!value) return nullptr;
    if constexpr (std::is_same_v<T, double>) {
        return number(*value);
    } else {
        return Json(*value);
    }
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json embed(const std::string& json, const std::string& what) {
    try {
        return Json::parse(json);
    } catch (const Json::parse_error& e) {
        throw std::invalid_argument(what + " is not JSON: " + e.what());
    }
}

Json embed_all(const std::vector<std::pair<std::string, std::string>>& values, const std::string& what) {
    Json object = Json::object();
    for (const auto& [name, value] : values) object[name] = embed(value, what + " " + name);
    return object;
}

Json json_of(const Summary& s) {
    const std::string suffix = s.unit == Summary::Unit::ns ? "_ns" : "";
    const bool any = s.count > 0;
    const auto figure = [&](int64_t v) { return any ? Json(v) : Json(); };
    Json j;
    j["count"] = s.count;
    j["min" + suffix] = figure(s.min);
    j["p50" + suffix] = figure(s.p50);
    j["p90" + suffix] = figure(s.p90);
    j["p99" + suffix] = figure(s.p99);
    j["max" + suffix] = figure(s.max);
    j["mean" + suffix] = any ? number(s.mean) : Json();
    j["sampled"] = s.sampled > 1;
    j["sample_every"] = s.sampled;
    return j;
}

Json json_of(const std::optional<Summary>& s) { return s ? json_of(*s) : Json(); }

Json json_of(const Gauge& g) { return {{"mean", number(g.mean)}, {"max", g.max}}; }

Json json_of(const ErrorRecord& e) {
    Json j;
    j["type"] = e.type;
    j["message"] = e.message;
    j["traceback"] = Json::array();
    for (const TracebackLine& t : e.traceback) {
        j["traceback"].push_back({{"task", t.task}, {"file", t.file}, {"line", t.line}, {"step", t.step}});
    }
    if (!e.members.empty()) {
        j["exceptions"] = Json::array();
        for (const ErrorRecord& member : e.members) j["exceptions"].push_back(json_of(member));
    }
    return j;
}

Json error_of(const RunRecord& run) {
    if (run.error) return json_of(*run.error);
    if (!run.deadlock) return nullptr;
    const size_t n = run.deadlock->size();
    return json_of(ErrorRecord{"Deadlock", n == 1 ? "1 task waits for what cannot come"
                                                  : std::to_string(n) + " tasks wait for what cannot come"});
}

Json deadlock_of(const RunRecord& run) {
    if (!run.deadlock) return nullptr;
    Json j = Json::array();
    for (const DeadlockLine& d : *run.deadlock) {
        j.push_back({{"task", d.task}, {"waits_for", d.waits_for}, {"file", d.file}, {"line", d.line}});
    }
    return j;
}

Json log_of(const RunRecord& run) {
    Json j = Json::array();
    for (const LogRecord& l : run.log) {
        Json line = {{"t_ns", l.t_ns}, {"task", l.task}, {"text", l.text}};
        if (!l.level.empty()) line["level"] = l.level;
        j.push_back(std::move(line));
    }
    return j;
}

Json json_of(const std::variant<int64_t, double>& value) {
    return std::visit(
        [](auto v) { return std::is_same_v<decltype(v), double> ? number(static_cast<double>(v)) : Json(v); },
        value);
}

Json json_of(const SpanRecord& span) {
    Json j = json_of(summary_of(span.durations));
    j["failed"] = span.failed;
    j["saturated"] = span.durations.saturated();
    j["histogram"] = encode_histogram(span.durations);
    return j;
}

double as_double(const std::variant<int64_t, double>& value) {
    return std::visit([](auto v) { return static_cast<double>(v); }, value);
}

Json metrics_of(const RunRecord& run) {
    const RunMetrics& m = run.metrics;
    const auto efficiency = m.efficiency(run.makespan_ns);
    Json j;
    j["efficiency"] = optional(efficiency);
    std::string reason;
    if (!efficiency) reason = m.ideal_makespan_ns ? "the run took no time" : m.no_ideal_reason;
    j["efficiency_reason"] = efficiency ? Json() : Json(reason.empty() ? "not computed" : reason);
    j["ideal_makespan_ns"] = optional(m.ideal_makespan_ns);
    j["task.spawned"] = m.tasks_spawned;
    j["task.done"] = m.tasks_done;
    j["task.failed"] = m.tasks_failed;
    j["task.cancelled"] = m.tasks_cancelled;
    j["task.live"] = {{"max", m.tasks_live_max}};
    j["cpu.user_ns"] = optional(m.cpu_user_ns);
    j["cpu.system_ns"] = optional(m.cpu_system_ns);
    j["ctx_switches.voluntary"] = optional(m.switches_voluntary);
    j["ctx_switches.involuntary"] = optional(m.switches_involuntary);
    j["max_rss_bytes"] = optional(m.max_rss_bytes);
    j["max_rss_is_of_run"] = m.max_rss_is_of_run;
    j["syscalls.wait"] = optional(m.syscalls_wait);
    j["syscalls.submit"] = optional(m.syscalls_submit);
    j["poll.time"] = json_of(m.poll_time_ns);
    j["timer.lateness"] = json_of(m.timer_lateness_ns);
    j["sched.delay"] = json_of(m.sched_delay_ns);
    j["ready.depth"] = m.ready_depth ? json_of(*m.ready_depth) : Json();
    j["loop.util"] = optional(m.loop_util);
    j["trace.records"] = optional(m.trace_records);
    j["trace.dropped"] = optional(m.trace_dropped);
    const double seconds = static_cast<double>(run.makespan_ns) / 1e9;
    for (const auto& [name, value] : run.counters) {
        j["count." + name] = {{"value", json_of(value)},
                              {"rate_per_s", seconds > 0 ? number(as_double(value) / seconds) : Json()}};
    }
    for (const auto& [name, value] : m.more) {
        j[name] = std::visit(
            [](const auto& v) -> Json {
                using T = std::decay_t<decltype(v)>;
                if constexpr (std::is_same_v<T, double>) {
                    return number(v);
                } else if constexpr (std::is_same_v<T, int64_t>) {
                    return v;
                } else {
                    return json_of(v);
                }
            },
            value);
    }
    return j;
}

Json json_of(const RunRecord& run) {
    Json j;
    j["result"] = embed(run.result_json, "the result");
    j["error"] = error_of(run);
    j["deadlock"] = deadlock_of(run);
    j["interrupted"] = run.interrupted;
    j["makespan_ns"] = run.makespan_ns;
    j["log"] = log_of(run);
    j["log_dropped"] = run.log_dropped;
    j["counters"] = Json::object();
    for (const auto& [name, value] : run.counters) j["counters"][name] = json_of(value);
    j["spans"] = Json::object();
    for (const auto& [name, span] : run.spans) j["spans"][name] = json_of(span);
    j["reports"] = Json::object();
    for (const auto& [name, count] : run.reports) j["reports"][name] = count;
    j["metrics"] = metrics_of(run);
    return j;
}

Json tool_json() {
    const BuildInfo& b = build_info();
    return {{"name", "asyncrun"},     {"version", b.version}, {"commit", b.commit},
            {"compiler", b.compiler}, {"flags", b.flags},     {"build_type", b.build_type}};
}

Json json_of(const HostEnvironment& e) {
    Json j;
    j["started"] = e.started;
    j["kernel"] = e.kernel;
    j["architecture"] = e.architecture;
    j["cpu"] = text_or_null(e.cpu);
    j["cores_online"] = e.cores_online;
    j["affinity"] = e.affinity;
    j["governor"] = text_or_null(e.governor);
    j["turbo"] = optional(e.turbo);
    j["clock_source"] = text_or_null(e.clock_source);
    j["timer_slack_ns"] = optional(e.timer_slack_ns);
    j["virtualization"] = text_or_null(e.virtualization);
    j["cgroup"] = text_or_null(e.cgroup);
    j["cpu_limit_cores"] = optional(e.cpu_limit_cores);
    j["memory_limit_bytes"] = optional(e.memory_limit_bytes);
    j["memory_bytes"] = e.memory_bytes;
    j["load_average"] = Json::array();
    for (double load : e.load_average) j["load_average"].push_back(number(load));
    j["libraries"] = Json::object();
    for (const auto& [name, version] : e.libraries) j["libraries"][name] = version;
    return j;
}

Json json_of(const std::optional<Calibration>& c) {
    if (!c) return nullptr;
    return {{"resume_suspend_ns", number(c->resume_suspend_ns)},
            {"clock_read_ns", number(c->clock_read_ns)},
            {"tick_read_ns", number(c->tick_read_ns)},
            {"system_call_ns", number(c->system_call_ns)},
            {"cross_thread_wake_ns", number(c->cross_thread_wake_ns)},
            {"malloc_free_ns", number(c->malloc_free_ns)},
            {"free_list_ns", number(c->free_list_ns)},
            {"took_ms", number(c->took_ms)}};
}

Json json_of(const Statistics& s) {
    Json j;
    j["n"] = s.n;
    j["median"] = number(s.median);
    j["min"] = number(s.min);
    j["max"] = number(s.max);
    j["mean"] = number(s.mean);
    j["mad"] = number(s.mad);
    j["interval"] = s.interval ? Json::array({number(s.interval->low), number(s.interval->high)}) : Json();
    j["interval_confidence"] = s.interval ? number(s.interval->confidence) : Json();
    return j;
}

Json summary_json(const std::vector<RunRecord>& runs) {
    Json j;
    uint64_t failed = 0;
    for (const RunRecord& run : runs) failed += run.failed();
    j["runs"] = runs.size();
    j["failed"] = failed;
    for (const auto& [name, statistics] : summarize(runs)) j[name] = json_of(statistics);
    return j;
}

Json scenario_json(const RunReport::Scenario& s) {
    return {{"name", s.name},
            {"file", s.file},
            {"sha256", s.sha256.empty() ? sha256_hex(s.text) : s.sha256},
            {"seed", s.seed},
            {"params", embed_all(s.params, "the parameter")},
            {"text", s.text}};
}

}  // namespace

std::string write_report_json(const RunReport& report) {
    Json j;
    j["schema_version"] = kReportSchemaVersion;
    j["tool"] = tool_json();
    j["command"] = report.command;
    j["environment"] = json_of(report.environment);
    j["calibration"] = json_of(report.calibration);
    j["scenario"] = scenario_json(report.scenario);
    j["engine"] = {{"name", report.engine.name}, {"options", embed_all(report.engine.options, "the option")}};
    j["runs"] = Json::array();
    for (const RunRecord& run : report.runs) j["runs"].push_back(json_of(run));
    j["summary"] = summary_json(report.runs);
    return j.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace asyncrun
