// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/loader.h"
#include "engine/interpreter/runner.h"
#include "engine/interpreter/text_format.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace asyncrun::testing_support {

using Lines = std::vector<std::string>;

/// How a scenario's run ended, in the form that tests state it.
struct ScenarioRun {
    Lines log;                   ///< the texts alone
    Lines tasks;                 ///< who wrote each line
    std::vector<int64_t> times;  ///< when, in ns
    std::string result;          ///< JSON
    std::string error;           ///< "Type" or "Type: message"; empty if it ended well
    Lines deadlock;              ///< "task: what it waits for, line" of each waiting task
    std::map<std::string, std::string> counters;
    std::map<std::string, uint64_t> reports;
    Lines report_texts;
    RunOutcome outcome;
    std::string messages;  ///< of the loader
};

/// What the loader says about a scenario; empty if it likes it.
inline std::string load_messages(const std::string& text) {
    const SourceFile source("s.toml", text);
    Diagnostics diagnostics(source);
    load_program(source, {}, diagnostics);
    return diagnostics.render();
}

/// Loads a scenario from its text and runs it to its end.
inline ScenarioRun run_scenario(const std::string& text, RunOptions options = {},
                                const std::string& engine = "sim") {
    ScenarioRun run;
    const SourceFile source("s.toml", text);
    Diagnostics diagnostics(source);
    const auto program = load_program(source, {}, diagnostics);
    run.messages = diagnostics.render();
    if (!program) {
        ADD_FAILURE() << run.messages;
        return run;
    }
    options.engine = engine;
    options.seed = program->seed;
    run.outcome = run_program(*program, options);
    const RunOutcome& outcome = run.outcome;
    for (const LogLine& line : outcome.log) {
        run.log.push_back(line.text);
        run.tasks.push_back(line.task);
        run.times.push_back(line.t_ns);
    }
    run.result = outcome.result_json;
    if (outcome.error) {
        run.error = outcome.error->type;
        if (!outcome.error->message.empty()) run.error += ": " + outcome.error->message;
    }
    for (const WaitingTask& waiting : outcome.deadlock) {
        run.deadlock.push_back(waiting.task + ": " + waiting.waits_for + ", line " +
                               std::to_string(waiting.line));
    }
    for (const auto& [name, value] : outcome.counters) run.counters[name] = to_str(value);
    run.reports = outcome.reports;
    run.report_texts = outcome.report_texts;
    return run;
}

/// Runs `steps` (without the brackets) as main of a scenario with `tables` beside it.
inline ScenarioRun run_steps(const std::string& steps, const std::string& tables = {}) {
    return run_scenario("steps = [\n" + steps + "\n]\n" + tables);
}

}  // namespace asyncrun::testing_support
