// SPDX-License-Identifier: MIT
#include "engine/interpreter/runner.h"

#include "engine/backends/registry.h"
#include "engine/interpreter/handles.h"
#include "engine/interpreter/text_format.h"
#include "engine/interpreter/trace_observer.h"
#include "engine/interpreter/vm.h"
#include "engine/interpreter/watchdog.h"

#include <stdexcept>

namespace asyncrun {
namespace {

OutcomeError describe(Error& error) {
    OutcomeError out;
    out.type = error.type().name();
    out.message = error_text(error);
    out.traceback.assign(error.traceback().rbegin(), error.traceback().rend());
    for (const ErrorRef& member : error.members()) out.members.push_back(describe(*member));
    return out;
}

WaitingTask describe(const Task& task, const Program& program) {
    WaitingTask out;
    out.task = task.name();
    out.waits_for = task.waits_for();
    out.file = program.file;
    if (const Instruction* place = static_cast<const VmTask&>(task).place(); place && place->step) {
        out.line = place->step->line;
    }
    return out;
}

/// Makes an observer current on this thread for its lifetime; engines hand it on to their workers.
class InstallObserver {
  public:
    explicit InstallObserver(Observer* observer) noexcept { this_thread.observer = observer; }
    ~InstallObserver() { this_thread.observer = nullptr; }
    InstallObserver(const InstallObserver&) = delete;
    InstallObserver& operator=(const InstallObserver&) = delete;
};

void collect_measurements(RunOutcome& outcome, const Session& session, const Runtime& runtime, const Engine& engine) {
    const Program& program = session.program;
    outcome.log = session.log_lines();
    outcome.log_dropped = session.dropped_log_lines();
    for (size_t i = 0; i < program.counters.size(); ++i) {
        outcome.counters[program.counters[i]] = session.counters()[i]->total;
    }
    for (size_t i = 0; i < program.spans.size(); ++i) {
        auto& span = outcome.spans[program.spans[i]];
        span.durations.merge(session.spans()[i]->durations);
        span.failed = session.spans()[i]->failed;
    }
    outcome.tasks = runtime.counts();
    outcome.engine_counters = engine.counters;
    outcome.capabilities = engine.capabilities();
    outcome.lateness.merge(session.lateness());
    outcome.poll_time.merge(engine.poll_time);
    outcome.poll_sampling = engine.poll_sampling;
}

}  // namespace

RunOutcome run_program(const Program& program, const RunOptions& options) {
    const EngineEntry* entry = find_engine(options.engine);
    if (!entry) throw std::runtime_error("no engine is named '" + options.engine + "'");
    if (const std::string reason = entry->unavailable(); !reason.empty()) {
        throw std::runtime_error("engine '" + options.engine + "' is not available: " + reason);
    }
    EngineOptions engine_options;
    engine_options.workers = options.workers;
    engine_options.pass_cost = program.defaults.pass_cost;
    const std::unique_ptr<Engine> engine = entry->make(engine_options);

    RunOutcome outcome;
    // Functions on executor threads share values with the loop, whatever the engine. On a virtual clock one thread runs
    // at a time.
    std::optional<ParallelSection> section;
    if (program.uses_executors && !engine->capabilities().virtual_time) section.emplace();
    Runtime runtime(*engine);
    const EnterRuntime enter(runtime);
    std::optional<TraceObserver> trace;
    if (options.recorder) trace.emplace(*options.recorder, *engine);
    const InstallObserver install(trace ? &*trace : nullptr);
    Session session(program, runtime, options.seed, options.on_log, trace ? &*trace : nullptr);
    runtime.on_report = [&](const Report& report) {
        const std::string kind = report.kind == "shutdown" ? "never_retrieved" : report.kind;
        std::string text = report.text;
        if (report.task) text += ": " + report.task->name();
        if (report.error) text += ": " + error_summary(*report.error);
        session.note_report(kind, std::move(text));
    };

    const UsageMeter usage;
    const Duration begun = std::chrono::steady_clock::now().time_since_epoch();
    Ref<Task> main;
    Engine::End end;
    Watchdog::Cause cause;
    {
        Watchdog watchdog(runtime, options.time_limit, options.on_progress);
        main = Ref<Task>(&session.start_main());
        end = runtime.run_main(*main);
        if (end == Engine::End::stopped && !session.finish_executors()) end = Engine::End::idle;
        cause = watchdog.cause();
    }
    outcome.wall = Duration(std::chrono::steady_clock::now().time_since_epoch()) - begun;
    outcome.usage = usage.since_start();
    const TimePoint main_end = session.main_ended() ? *session.main_ended() : engine->now();
    outcome.makespan = session.main_started() ? main_end - *session.main_started() : Duration::zero();

    if (main->state() == FutureBase::State::finished) outcome.result_json = to_json_text(value_of(*main));
    if (main->error()) {
        outcome.end = RunOutcome::End::failed;
        outcome.error = describe(*main->error());
    }
    if (cause != Watchdog::Cause::none && end != Engine::End::stopped) {
        const bool limit = cause == Watchdog::Cause::time_limit;
        outcome.end = limit ? RunOutcome::End::time_limit : RunOutcome::End::interrupted;
        outcome.error.emplace();
        outcome.error->type = limit ? "TimeLimit" : "Interrupted";
        outcome.error->message = limit ? "the run reached its time limit of " + to_str(Value(seconds(*options.time_limit))) + " s"
                                       : "the run was interrupted";
    } else if (end == Engine::End::idle) {
        outcome.end = RunOutcome::End::deadlock;
        for (const auto& task : runtime.live_tasks()) outcome.deadlock.push_back(describe(*task, program));
        session.describe_parked_workers(outcome.deadlock);
        outcome.error.emplace();
        outcome.error->type = "Deadlock";
        outcome.error->message = std::to_string(outcome.deadlock.size()) +
                                 (outcome.deadlock.size() == 1 ? " task waits" : " tasks wait") +
                                 " for what cannot come any more";
    }
    collect_measurements(outcome, session, runtime, *engine);

    for (const auto& lost : session.lost_jobs()) {
        session.note_report("never_retrieved", "Future exception was never retrieved: " + lost.function->name + ": " +
                                                   error_summary(*lost.error));
    }

    // Tear down before the reports: coroutine objects that nobody awaited are found when they go.
    const auto lost = runtime.lost_failures();
    runtime.abandon();
    session.let_go();
    for (const auto& [kind, text] : session.reports()) {
        ++outcome.reports[kind];
        outcome.report_texts.push_back(text);
    }
    for (const auto& task : lost) {
        if (task == main) continue;
        ++outcome.reports["never_retrieved"];
        outcome.report_texts.push_back("Task exception was never retrieved: " + task->name() + " (" + task->coroutine_name() +
                                       "): " + error_summary(*task->error()));
    }
    return outcome;
}

}  // namespace asyncrun
