// SPDX-License-Identifier: MIT
#include "cli/scenario_run.h"

#include "cli/libraries.h"
#include "cli/log_printer.h"
#include "cli/progress_line.h"
#include "cli/signals.h"
#include "cli/timer_slack.h"
#include "engine/measure/clock.h"
#include "engine/report/atomic_file.h"
#include "engine/report/human.h"
#include "engine/report/json_writer.h"
#include "engine/report/table.h"
#include "engine/trace/chrome_writer.h"
#include "engine/trace/recorder.h"

#include <algorithm>
#include <exception>
#include <stdexcept>

#include <spdlog/spdlog.h>

namespace asyncrun {
namespace {

constexpr const char* default_directory = "results";
/// How long the run on `sim` may take that the efficiency is measured against: a scenario may be dear to
/// simulate, and nobody asked for it by name.
constexpr Duration longest_ideal_run = std::chrono::seconds(10);

ExitCode code_of(RunOutcome::End end) {
    switch (end) {
        case RunOutcome::End::finished: return ExitCode::fine;
        case RunOutcome::End::failed:
        case RunOutcome::End::deadlock: return ExitCode::failed;
        case RunOutcome::End::time_limit: return ExitCode::time_limit;
        // Interrupted although nobody asked for it: nobody reads the output any more.
        case RunOutcome::End::interrupted:
            return interrupt_requested() ? ExitCode::interrupted : ExitCode::failed;
    }
    return ExitCode::failed;
}

/// When a trace begins: at its first record, since making the engine and the scenario's objects is no part of
/// the run.
std::optional<int64_t> first_record_ns(const TraceRecorder& recorder, const TickScale& scale) {
    std::optional<int64_t> first;
    for (const auto& track : recorder.tracks()) {
        if (track->size() == 0) continue;
        const int64_t at = scale.to_ns(track->at(0).ticks);
        first = first ? std::min(*first, at) : at;
    }
    return first;
}

const char* word_of(RunOutcome::End end) {
    switch (end) {
        case RunOutcome::End::finished: return "finished";
        case RunOutcome::End::failed: return "failed";
        case RunOutcome::End::deadlock: return "deadlock";
        case RunOutcome::End::time_limit: return "time limit";
        case RunOutcome::End::interrupted: return "interrupted";
    }
    return "";
}

}  // namespace

ExitCode run_scenario(const RunSettings& settings, const std::vector<std::string>& command,
                      Console& console) {
    return ScenarioRun(settings, command, console).execute();
}

ScenarioRun::ScenarioRun(const RunSettings& settings, const std::vector<std::string>& command,
                         Console& console)
    : settings_(settings), command_(command), console_(console) {}

ExitCode ScenarioRun::execute() {
    handle_interrupts();
    load();
    resolve();
    prepare_files();
    if (settings_.default_timer_slack) keep_default_timer_slack();
    if (settings_.save || settings_.as_json) {
        calibration_ = calibrate_machine();
        spdlog::info("calibrated in {:.1f} ms", calibration_->took_ms);
    }
    for (const std::string& engine : engines_.names) {
        if (stopped()) break;
        run_engine(engine);
    }
    if (interrupt_requested()) add(ExitCode::interrupted);
    print();
    for (const std::string& text : notes_) console_.note(text);
    return code_;
}

bool ScenarioRun::stopped() const { return interrupt_requested() || console_.output_error() != 0; }

// ---- before the first run ----

void ScenarioRun::load() {
    scenario_ = load_scenario(settings_.file, {settings_.params});
    if (!scenario_.diagnostics) {
        throw CommandError(ExitCode::invalid, settings_.file + ": " + scenario_.unreadable);
    }
    const std::string findings = scenario_.diagnostics->render(console_.colours_error());
    if (!scenario_.program) {
        console_.print_error(findings);
        throw CommandError(ExitCode::invalid, settings_.file + ": " + scenario_.diagnostics->summary());
    }
    if (!console_.quiet()) console_.print_error(findings);
}

void ScenarioRun::resolve() {
    const Program& program = *scenario_.program;
    const RunDefaults& defaults = program.defaults;
    engines_ = choose_engines(
        !settings_.engines.empty() ? settings_.engines : std::vector{defaults.engine.value_or("epoll")},
        probe_engines());
    for (const EngineStatus& engine : engines_.skipped) {
        console_.note("skipped " + engine.name + ", which is not available here: " + engine.unavailable);
    }
    if (engines_.names.empty()) throw CommandError(ExitCode::unavailable, "no engine is available here");
    if (settings_.workers && !std::count(engines_.names.begin(), engines_.names.end(), "threads")) {
        console_.warn("--workers concerns the engine 'threads' alone, which is not run");
    }
    seed_ = settings_.seed.value_or(program.seed);
    repetitions_ = std::max<int64_t>(1, settings_.repetitions.value_or(defaults.repetitions.value_or(1)));
    warmup_ = std::max<int64_t>(0, settings_.warmup.value_or(defaults.warmup.value_or(0)));
    time_limit_ = settings_.time_limit ? settings_.time_limit : defaults.time_limit;
    debug_ = settings_.debug || defaults.debug.value_or(false);
}

void ScenarioRun::prepare_files() {
    if (!settings_.trace.empty()) check_trace_path(settings_.trace, engines_.several);
    if (!settings_.save) return;
    directory_ = settings_.directory ? ReportDirectory::existing(*settings_.directory)
                                     : ReportDirectory::made(default_directory);
}

// ---- the runs ----

void ScenarioRun::run_engine(const std::string& engine) {
    RunReport report = begin_report(engine);
    for (int64_t i = 0; i < warmup_ && !stopped(); ++i) run_once(engine, std::nullopt, report);
    for (int64_t i = 0; i < repetitions_ && !stopped(); ++i) {
        const RunOutcome outcome = run_once(engine, i, report);
        add(code_of(outcome.end));
    }
    set_ideal(report, ideal_for(engine, report));
    save(report);
    if (settings_.as_json || console_.quiet()) tell_failure(report);
    reports_.push_back(std::move(report));
}

RunReport ScenarioRun::begin_report(const std::string& engine) const {
    RunReport report;
    report.command = command_;
    report.environment = collect_environment(library_versions());
    report.calibration = calibration_;
    report.scenario = scenario_record_of(*scenario_.program, seed_);
    report.engine.name = engine;
    return report;
}

RunOptions ScenarioRun::options_for(const std::string& engine) const {
    RunOptions options;
    options.engine = engine;
    options.workers = settings_.workers.value_or(0);
    options.seed = seed_;
    options.time_limit = time_limit_;
    options.debug = debug_;
    return options;
}

RunOutcome ScenarioRun::run_once(const std::string& engine, std::optional<int64_t> repetition,
                                 RunReport& report) {
    const bool first = repetition == 0;
    LogPrinter log(console_, engines_.several ? "-- " + engine + " --" : "");
    std::unique_ptr<TraceRecorder> recorder;
    RunOptions options = options_for(engine);
    if (first && !settings_.as_json) options.on_log = [&log](const LogLine& line) { log(line); };
    if (first && !settings_.trace.empty()) {
        recorder = std::make_unique<TraceRecorder>();
        options.recorder = recorder.get();
    }
    std::string what = scenario_.program->name + " on " + engine;
    if (!repetition) {
        what += ", warming up";
    } else if (repetitions_ > 1) {
        what += ", " + std::to_string(*repetition + 1) + " of " + std::to_string(repetitions_);
    }
    ProgressLine progress(console_, what);
    if (console_.has_progress())
        options.on_progress = [&progress](const Progress& now) { progress.update(now); };

    spdlog::info("{}: begins", what);
    const ClockPoint begun = ClockPoint::now();
    RunOutcome outcome = run_program(*scenario_.program, options);
    const ClockPoint ended = ClockPoint::now();

    console_.show_progress("");
    spdlog::info("{}: {} after {}", what, word_of(outcome.end), human::duration(outcome.wall.count()));
    set_engine_options(report, outcome);
    if (!repetition) return outcome;
    log_printed_ = log_printed_ || log.printed();
    if (first) {
        for (const std::string& text : outcome.report_texts) console_.warn(text);
    }
    report.runs.push_back(record_of(outcome, *scenario_.program));
    if (recorder) {
        report.runs.back().metrics.trace_records = recorder->records();
        report.runs.back().metrics.trace_dropped = recorder->dropped();
        TraceRun run;
        run.title = "asyncrun: " + scenario_.program->name + " on " + engine;
        if (!outcome.capabilities.virtual_time) {
            run.scale = TickScale::between(begun, ended);
            run.start_ns = first_record_ns(*recorder, run.scale).value_or(begun.ns);
        }
        run.notes = {{"scenario", settings_.file}, {"engine", engine}, {"seed", std::to_string(seed_)}};
        write_trace(engine, *recorder, run);
    }
    return outcome;
}

void ScenarioRun::set_engine_options(RunReport& report, const RunOutcome& outcome) const {
    const bool real = !outcome.capabilities.virtual_time;
    auto& options = report.engine.options;
    options.clear();
    if (!outcome.capabilities.one_thread) {
        options.emplace_back("workers", std::to_string(outcome.capabilities.workers));
    }
    if (real) {
        options.emplace_back("timer_slack", settings_.default_timer_slack ? "\"default\"" : "\"exact\"");
    } else {
        options.emplace_back("pass_cost_ns", std::to_string(scenario_.program->defaults.pass_cost.count()));
    }
    options.emplace_back("debug", debug_ ? "true" : "false");
    options.emplace_back("time_limit_ns", time_limit_ ? std::to_string(time_limit_->count()) : "null");
}

void ScenarioRun::write_trace(const std::string& engine, TraceRecorder& recorder, const TraceRun& run) {
    const std::string path = trace_path(settings_.trace, engine, engines_.several);
    try {
        AtomicFile file(path);
        write_chrome_trace(recorder, run, [&file](std::string_view bytes) { file.write(bytes); });
        file.commit();
        std::string text = "trace of " + engine + ": " + path;
        if (repetitions_ > 1) text += " (the first of the " + std::to_string(repetitions_) + " runs)";
        notes_.push_back(std::move(text));
    } catch (const FileError& error) {
        console_.error(error.what());
        add(ExitCode::failed);
    }
}

// ---- the ideal run ----

Ideal ScenarioRun::ideal_for(const std::string& engine, const RunReport& report) {
    if (engine == "sim") {
        for (const RunRecord& run : report.runs) {
            if (run.failed() || run.interrupted) continue;
            ideal_ = Ideal{run.makespan_ns, {}};
            return *ideal_;
        }
        return {};
    }
    const bool any_finished = std::any_of(report.runs.begin(), report.runs.end(), [](const RunRecord& run) {
        return !run.failed() && !run.interrupted;
    });
    if (!any_finished) return {};
    if (!settings_.ideal) return {std::nullopt, "switched off by --no-ideal"};
    if (stopped()) return {std::nullopt, "interrupted"};
    if (!ideal_) ideal_ = simulate();
    return *ideal_;
}

Ideal ScenarioRun::simulate() const {
    RunOptions options = options_for("sim");
    options.time_limit = std::min(time_limit_.value_or(longest_ideal_run), longest_ideal_run);
    options.debug = false;
    ProgressLine progress(console_, scenario_.program->name + " on sim, the ideal run");
    if (console_.has_progress())
        options.on_progress = [&progress](const Progress& now) { progress.update(now); };
    try {
        const RunOutcome outcome = run_program(*scenario_.program, options);
        spdlog::info("the ideal run: {} after {}", word_of(outcome.end),
                     human::duration(outcome.wall.count()));
        if (outcome.end == RunOutcome::End::finished) return {outcome.makespan.count(), {}};
        if (outcome.end == RunOutcome::End::time_limit) {
            return {std::nullopt, "the run on sim took longer than " +
                                      human::duration(static_cast<double>(options.time_limit->count()))};
        }
        return {std::nullopt, "the run on sim ended otherwise: " +
                                  (outcome.error ? outcome.error->type : std::string(word_of(outcome.end)))};
    } catch (const std::runtime_error& error) {
        return {std::nullopt, std::string("the run on sim was not possible: ") + error.what()};
    }
}

// ---- what comes out ----

void ScenarioRun::save(const RunReport& report) {
    if (!directory_ && !settings_.as_json) return;
    texts_.push_back(write_report_json(report));
    if (!directory_) return;
    try {
        const std::string path = directory_->write(report.scenario.name, report.engine.name,
                                                   report.environment.started, texts_.back());
        notes_.push_back("report: " + path);
        if (const std::string problem = directory_->link_latest(path); !problem.empty())
            console_.warn(problem);
    } catch (const FileError& error) {
        console_.error(error.what());
        add(ExitCode::failed);
    }
}

void ScenarioRun::tell_failure(const RunReport& report) const {
    for (size_t i = 0; i < report.runs.size(); ++i) {
        const RunRecord& run = report.runs[i];
        if (!run.failed() && !run.interrupted) continue;
        std::string who = report.scenario.name + " on " + report.engine.name;
        if (report.runs.size() > 1) who += ", run " + std::to_string(i + 1);
        if (run.interrupted) {
            console_.error(who + " was interrupted");
            return;
        }
        console_.error(who + " failed");
        const TableOptions options{.width = 80, .colour = console_.colours_error()};
        if (run.deadlock) {
            console_.print_error(render_deadlock(*run.deadlock, options));
        } else if (run.error) {
            console_.print_error(render_error(*run.error, options.colour));
        }
        return;  // the others fail alike
    }
}

void ScenarioRun::print() const {
    if (settings_.as_json) {
        if (!engines_.several) {
            for (const std::string& text : texts_) console_.print(text);
            return;
        }
        console_.print("[\n");
        for (size_t i = 0; i < texts_.size(); ++i) {
            const std::string_view text = texts_[i];
            console_.print(text.substr(0, text.find_last_not_of('\n') + 1));
            console_.print(i + 1 < texts_.size() ? ",\n" : "\n");
        }
        console_.print("]\n");
    } else if (!console_.quiet() && !reports_.empty()) {
        const size_t width = std::clamp<size_t>(console_.output_columns(), 60, 200);
        if (log_printed_) console_.print("\n");
        console_.print(render_table(reports_, {.width = width, .colour = console_.colours_output()}));
    }
}

}  // namespace asyncrun
