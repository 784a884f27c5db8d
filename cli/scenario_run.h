// SPDX-License-Identifier: MIT
#pragma once

#include "cli/engine_choice.h"
#include "cli/exit_code.h"
#include "cli/output_files.h"
#include "cli/report_builder.h"
#include "cli/run_settings.h"
#include "cli/scenario_file.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace asyncrun {

/// One call of `asyncrun run`: loads the scenario, runs it on engine after engine, writes and prints what
/// came out. The scenario's [run] fills in what the command line left open.
class ScenarioRun {
  public:
    /// The arguments must outlive the object.
    ScenarioRun(const RunSettings& settings, const std::vector<std::string>& command, Console& console);

    /// Throws CommandError and FileError for what is wrong before the first run; what happens later is told
    /// and is in the exit code.
    ExitCode execute();

  private:
    void load();
    void resolve();
    void prepare_files();

    void run_engine(const std::string& engine);
    RunReport begin_report(const std::string& engine) const;
    /// Runs once, measured or for warming up; `repetition` counts from 0, or is absent for a warm-up.
    RunOutcome run_once(const std::string& engine, std::optional<int64_t> repetition, RunReport& report);
    RunOptions options_for(const std::string& engine) const;
    void set_engine_options(RunReport& report, const RunOutcome& outcome) const;
    void write_trace(const std::string& engine, TraceRecorder& recorder, const struct TraceRun& run);
    Ideal ideal_for(const std::string& engine, const RunReport& report);
    Ideal simulate() const;
    void save(const RunReport& report);
    void tell_failure(const RunReport& report) const;
    void print() const;

    /// Whether what is left to do is to be left.
    bool stopped() const;
    void add(ExitCode code) { code_ = worse_of(code_, code); }

    const RunSettings& settings_;
    const std::vector<std::string>& command_;
    Console& console_;

    LoadedScenario scenario_;
    EngineChoice engines_;
    uint64_t seed_ = 0;
    int64_t repetitions_ = 1;
    int64_t warmup_ = 0;
    std::optional<Duration> time_limit_;
    bool debug_ = false;
    std::optional<ReportDirectory> directory_;
    std::optional<Calibration> calibration_;

    std::optional<Ideal> ideal_;
    std::vector<RunReport> reports_;
    std::vector<std::string> texts_;  ///< the reports as JSON
    std::vector<std::string> notes_;  ///< for the end
    bool log_printed_ = false;
    ExitCode code_ = ExitCode::fine;
};

}  // namespace asyncrun
