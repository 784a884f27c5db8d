// SPDX-License-Identifier: MIT
#include "engine/report/table.h"

#include "engine/report/human.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

namespace asyncrun {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr size_t kLabelColumns = 24;
constexpr size_t kValueColumns = 11;

using Runs = std::vector<RunRecord>;
using Figure = std::function<double(const RunRecord&)>;
using Format = std::string (*)(double);

class Ink {
  public:
    explicit Ink(bool on) : on_(on) {}
    std::string bold(const std::string& s) const { return wrap("1", s); }
    std::string dim(const std::string& s) const { return wrap("2", s); }
    std::string red(const std::string& s) const { return wrap("1;31", s); }

  private:
    std::string wrap(const char* code, const std::string& s) const {
        return on_ ? "\x1b[" + std::string(code) + "m" + s + "\x1b[0m" : s;
    }
    bool on_;
};

template <typename T>
double or_none(const std::optional<T>& value) {
    return value ? static_cast<double>(*value) : kNone;
}

/// One statistic of a summary that may be absent or empty.
Figure of(std::optional<Summary> RunMetrics::*which, int64_t Summary::*statistic) {
    return [=](const RunRecord& r) {
        const auto& s = r.metrics.*which;
        return s && s->count ? static_cast<double>((*s).*statistic) : kNone;
    };
}

/// The runs that count: those that went well or, when none did, all.
std::vector<const RunRecord*> counting(const Runs& runs) {
    std::vector<const RunRecord*> good;
    for (const RunRecord& r : runs) {
        if (!r.failed() && !r.interrupted) good.push_back(&r);
    }
    if (good.empty()) {
        for (const RunRecord& r : runs) good.push_back(&r);
    }
    return good;
}

std::vector<double> values_of(const Runs& runs, const Figure& figure) {
    std::vector<double> values;
    for (const RunRecord* r : counting(runs)) {
        const double v = figure(*r);
        if (std::isfinite(v)) values.push_back(v);
    }
    return values;
}

double median_figure(const Runs& runs, const Figure& figure) {
    const std::vector<double> values = values_of(runs, figure);
    return values.empty() ? kNone : median_of(values);
}

/// Engines side by side: a row for each figure that any of them has.
class Table {
  public:
    Table(std::span<const RunReport> reports, const Ink& ink) : reports_(reports), ink_(ink) {}

    void head() {
        std::string line = human::left("", kLabelColumns);
        for (const RunReport& r : reports_) line += human::right(r.engine.name, kValueColumns);
        out_ += ink_.bold(line) + "\n";
        rule();
    }

    void rule() {
        std::string line;
        for (size_t i = 0; i < kLabelColumns + kValueColumns * reports_.size(); ++i) line += "─";
        out_ += ink_.dim(line) + "\n";
    }

    /// `name` is the figure's, shown when this is the first row of its group.
    void row(const std::string& name, const std::string& statistic, const Figure& figure, Format format) {
        cells(name, statistic, [&](const RunReport& r) {
            const double v = median_figure(r.runs, figure);
            return std::isfinite(v) ? format(v) : std::string();
        });
    }

    void cells(const std::string& name, const std::string& statistic,
               const std::function<std::string(const RunReport&)>& cell) {
        std::string line;
        bool any = false;
        for (const RunReport& r : reports_) {
            const std::string text = cell(r);
            any = any || !text.empty();
            line += human::right(text.empty() ? "–" : text, kValueColumns);
        }
        if (!any) return;
        const bool first = name != group_;
        group_ = name;
        std::string label = first ? name : "";
        if (!statistic.empty()) {
            const size_t columns = kLabelColumns - human::width(statistic);
            label = human::left(human::left(label, columns - 1), columns) + statistic;
        }
        out_ += human::left(label, kLabelColumns) + line + "\n";
    }

    std::string take() { return std::move(out_); }

  private:
    std::span<const RunReport> reports_;
    const Ink& ink_;
    std::string out_;
    std::string group_;
};

std::string spread(const RunReport& r) {
    const std::vector<double> values =
        values_of(r.runs, [](const RunRecord& run) { return static_cast<double>(run.makespan_ns); });
    if (values.size() < 2) return {};
    const Statistics s = statistics_of(values);
    return s.median > 0 ? "± " + human::percent(s.mad / s.median) : std::string();
}

void figures(Table& t) {
    t.row(
        "makespan", "", [](const RunRecord& r) { return static_cast<double>(r.makespan_ns); },
        human::duration);
    t.cells("  spread", "", spread);
    t.row(
        "efficiency", "", [](const RunRecord& r) { return or_none(r.metrics.efficiency(r.makespan_ns)); },
        human::percent);
    t.row(
        "CPU", "user", [](const RunRecord& r) { return or_none(r.metrics.cpu_user_ns); }, human::duration);
    t.row(
        "CPU", "system", [](const RunRecord& r) { return or_none(r.metrics.cpu_system_ns); },
        human::duration);
    t.row(
        "loop busy", "", [](const RunRecord& r) { return or_none(r.metrics.loop_util); }, human::percent);
    t.row("timer lateness", "p50", of(&RunMetrics::timer_lateness_ns, &Summary::p50), human::duration);
    t.row("timer lateness", "p99", of(&RunMetrics::timer_lateness_ns, &Summary::p99), human::duration);
    t.row("poll time", "p50", of(&RunMetrics::poll_time_ns, &Summary::p50), human::duration);
    t.row("poll time", "p99", of(&RunMetrics::poll_time_ns, &Summary::p99), human::duration);
    t.row("poll time", "max", of(&RunMetrics::poll_time_ns, &Summary::max), human::duration);
    t.row("wake to resume", "p50", of(&RunMetrics::sched_delay_ns, &Summary::p50), human::duration);
    t.row("wake to resume", "p99", of(&RunMetrics::sched_delay_ns, &Summary::p99), human::duration);
    t.row(
        "tasks", "spawned", [](const RunRecord& r) { return static_cast<double>(r.metrics.tasks_spawned); },
        human::count);
    t.row(
        "tasks", "most at once",
        [](const RunRecord& r) { return static_cast<double>(r.metrics.tasks_live_max); }, human::count);
    const auto unless_zero = [](uint64_t n) { return n ? static_cast<double>(n) : kNone; };
    t.row(
        "tasks", "failed", [=](const RunRecord& r) { return unless_zero(r.metrics.tasks_failed); },
        human::count);
    t.row(
        "tasks", "cancelled", [=](const RunRecord& r) { return unless_zero(r.metrics.tasks_cancelled); },
        human::count);
    t.row(
        "system calls", "wait", [](const RunRecord& r) { return or_none(r.metrics.syscalls_wait); },
        human::count);
    t.row(
        "context switches", "",
        [](const RunRecord& r) {
            const RunMetrics& m = r.metrics;
            return m.switches_voluntary && m.switches_involuntary
                       ? static_cast<double>(*m.switches_voluntary + *m.switches_involuntary)
                       : kNone;
        },
        human::count);
    t.row(
        "peak memory", "", [](const RunRecord& r) { return or_none(r.metrics.max_rss_bytes); }, human::bytes);
}

std::set<std::string> names_of(std::span<const RunReport> reports, bool spans) {
    std::set<std::string> names;
    for (const RunReport& r : reports) {
        for (const RunRecord& run : r.runs) {
            if (spans) {
                for (const auto& [name, span] : run.spans) names.insert(name);
            } else {
                for (const auto& [name, value] : run.counters) names.insert(name);
            }
        }
    }
    return names;
}

Figure span_figure(const std::string& name, double (*statistic)(const Histogram&)) {
    return [name, statistic](const RunRecord& r) {
        const auto found = r.spans.find(name);
        return found == r.spans.end() || found->second.durations.empty() ? kNone
                                                                         : statistic(found->second.durations);
    };
}

double count_of(const Histogram& h) { return static_cast<double>(h.count()); }
double p50_of(const Histogram& h) { return static_cast<double>(h.percentile(50)); }
double p99_of(const Histogram& h) { return static_cast<double>(h.percentile(99)); }
double max_of(const Histogram& h) { return static_cast<double>(h.max()); }

double counter_value(const RunRecord& r, const std::string& name) {
    const auto found = r.counters.find(name);
    if (found == r.counters.end()) return kNone;
    return std::visit([](auto v) { return static_cast<double>(v); }, found->second);
}

Figure counter_figure(const std::string& name) {
    return [name](const RunRecord& r) { return counter_value(r, name); };
}
Figure counter_rate(const std::string& name) {
    return [name](const RunRecord& r) {
        return r.makespan_ns > 0 ? counter_value(r, name) / (static_cast<double>(r.makespan_ns) / 1e9)
                                 : kNone;
    };
}

void spans_and_counters(Table& t, std::span<const RunReport> reports) {
    for (const std::string& name : names_of(reports, true)) {
        const std::string label = "span " + name;
        t.row(label, "count", span_figure(name, count_of), human::count);
        t.row(label, "p50", span_figure(name, p50_of), human::duration);
        t.row(label, "p99", span_figure(name, p99_of), human::duration);
        t.row(label, "max", span_figure(name, max_of), human::duration);
    }
    for (const std::string& name : names_of(reports, false)) {
        const std::string label = "count " + name;
        t.row(label, "", counter_figure(name), human::count);
        t.row(label, "rate", counter_rate(name), human::rate);
    }
}

/// With one engine there is room for a row for each span or counter.
std::string lists_of_one(const RunReport& report, const Ink& ink) {
    std::string out;
    const auto line = [&](const std::string& name, std::initializer_list<std::string> cells) {
        std::string text = human::left(name, kLabelColumns);
        for (const std::string& c : cells) text += human::right(c, kValueColumns);
        return text;
    };
    const std::span<const RunReport> one(&report, 1);
    const auto shown = [&](const Figure& f, Format format) { return format(median_figure(report.runs, f)); };
    if (const auto spans = names_of(one, true); !spans.empty()) {
        out += "\n" + ink.bold(line("span", {"count", "p50", "p99", "max"})) + "\n";
        for (const std::string& name : spans) {
            out += line(name, {shown(span_figure(name, count_of), human::count),
                               shown(span_figure(name, p50_of), human::duration),
                               shown(span_figure(name, p99_of), human::duration),
                               shown(span_figure(name, max_of), human::duration)}) +
                   "\n";
        }
    }
    if (const auto counters = names_of(one, false); !counters.empty()) {
        out += "\n" + ink.bold(line("counter", {"value", "rate"})) + "\n";
        for (const std::string& name : counters) {
            out += line(name,
                        {shown(counter_figure(name), human::count), shown(counter_rate(name), human::rate)}) +
                   "\n";
        }
    }
    return out;
}

std::string title(const RunReport& first, const Ink& ink) {
    std::string text = ink.bold(first.scenario.name.empty() ? first.scenario.file : first.scenario.name);
    text += "  seed " + std::to_string(first.scenario.seed);
    for (const auto& [name, value] : first.scenario.params) text += "  " + name + "=" + value;
    if (first.runs.size() > 1) text += "  (medians of " + std::to_string(first.runs.size()) + " runs)";
    return text + "\n\n";
}

/// How a run ended, without naming its engine.
std::string ending(const RunRecord& run, const TableOptions& options) {
    std::string text;
    if (run.deadlock) {
        text += render_deadlock(*run.deadlock, options);
    } else if (run.error && !run.interrupted) {
        text += render_error(*run.error, options.colour);
    } else if (!run.interrupted) {
        text += "result  " + run.result_json + "\n";
    }
    if (run.interrupted) {
        text += Ink(options.colour).red("Interrupted") + ": the figures are those so far\n";
    }
    for (const auto& [kind, count] : run.reports) {
        if (count) text += "reported  " + kind + "  " + human::count(static_cast<double>(count)) + "\n";
    }
    if (run.log_dropped)
        text += human::count(static_cast<double>(run.log_dropped)) + " more log lines are not kept\n";
    if (run.metrics.trace_dropped && *run.metrics.trace_dropped) {
        text += human::count(static_cast<double>(*run.metrics.trace_dropped)) +
                " trace records were dropped: the trace is incomplete\n";
    }
    return text;
}

/// Equal endings are told once, naming nobody when all agree.
std::string endings(std::span<const RunReport> reports, const TableOptions& options) {
    struct Ending {
        std::string text;
        std::vector<std::string> who;
    };
    std::vector<Ending> seen;
    size_t all = 0;
    for (const RunReport& report : reports) {
        for (size_t i = 0; i < report.runs.size(); ++i, ++all) {
            const std::string text = ending(report.runs[i], options);
            auto found =
                std::find_if(seen.begin(), seen.end(), [&](const Ending& e) { return e.text == text; });
            if (found == seen.end()) found = seen.insert(seen.end(), Ending{text, {}});
            std::string who = report.engine.name;
            if (report.runs.size() > 1) who += " run " + std::to_string(i + 1);
            found->who.push_back(std::move(who));
        }
    }
    const Ink ink(options.colour);
    std::string out;
    for (const Ending& e : seen) {
        out += "\n";
        if (e.who.size() < all) {
            constexpr size_t kNamed = 4;
            std::string names;
            for (size_t i = 0; i < std::min(e.who.size(), kNamed); ++i) names += (i ? ", " : "") + e.who[i];
            if (e.who.size() > kNamed) names += " and " + std::to_string(e.who.size() - kNamed) + " more";
            out += ink.bold(names) + "\n";
        }
        out += e.text;
    }
    return out;
}

void append_error(std::string& out, const ErrorRecord& e, const Ink& ink, const std::string& indent) {
    if (!e.traceback.empty()) {
        out += indent + "Traceback (most recent call last):\n";
        for (const TracebackLine& t : e.traceback) {
            out += indent + "  File \"" + t.file + "\", line " + std::to_string(t.line) + ", in " + t.task;
            if (!t.step.empty()) out += " (" + t.step + ")";
            out += "\n";
            if (!t.source.empty()) out += indent + "    " + ink.dim(t.source) + "\n";
        }
    }
    out += indent + ink.red(e.message.empty() ? e.type : e.type + ": " + e.message) + "\n";
    for (size_t i = 0; i < e.members.size(); ++i) {
        out += indent + "  " +
               ink.dim("── " + std::to_string(i + 1) + " of " + std::to_string(e.members.size())) + "\n";
        append_error(out, e.members[i], ink, indent + "  ");
    }
}

}  // namespace

std::string render_error(const ErrorRecord& error, bool colour) {
    std::string out;
    append_error(out, error, Ink(colour), "");
    return out;
}

std::string render_deadlock(const std::vector<DeadlockLine>& lines, const TableOptions& options) {
    const Ink ink(options.colour);
    std::string out = ink.red("Deadlock") + ": " + std::to_string(lines.size()) +
                      (lines.size() == 1 ? " task waits" : " tasks wait") +
                      " for what cannot come any more\n";
    size_t task = 4, what = 8;
    for (const DeadlockLine& l : lines) {
        task = std::max(task, human::width(l.task));
        what = std::max(what, human::width(l.waits_for));
    }
    task = std::min(task, options.width / 4);
    what = std::min(what, options.width / 2);
    for (const DeadlockLine& l : lines) {
        out += "  " + human::left(l.task, task) + "  waits for " + human::left(l.waits_for, what);
        if (!l.file.empty()) out += "  " + ink.dim(l.file + ":" + std::to_string(l.line));
        out += "\n";
    }
    return out;
}

std::string render_table(std::span<const RunReport> reports, const TableOptions& options) {
    if (reports.empty()) return "nothing was run\n";
    const Ink ink(options.colour);
    std::string out = title(reports.front(), ink);
    const size_t room = options.width > kLabelColumns ? (options.width - kLabelColumns) / kValueColumns : 1;
    const size_t side_by_side = std::max<size_t>(room, 1);
    for (size_t at = 0; at < reports.size(); at += side_by_side) {
        const auto block = reports.subspan(at, std::min(side_by_side, reports.size() - at));
        Table table(block, ink);
        if (at > 0) out += "\n";
        table.head();
        figures(table);
        if (reports.size() > 1) spans_and_counters(table, block);
        out += table.take();
    }
    if (reports.size() == 1) out += lists_of_one(reports.front(), ink);
    return out + endings(reports, options);
}

}  // namespace asyncrun
