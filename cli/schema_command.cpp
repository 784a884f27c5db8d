// SPDX-License-Identifier: MIT
#include "cli/common_options.h"
#include "engine/interpreter/scenario_schema.h"
#include "engine/report/schema.h"

#include <CLI/CLI.hpp>

namespace asyncrun {

void add_schema_command(CLI::App& app, Invocation& invocation) {
    CLI::App* schema = app.add_subcommand("schema", "Print the JSON Schema of a report or of a scenario");
    schema->require_subcommand(1);
    const auto add = [&](const char* name, const char* about, std::string (*text)()) {
        schema->add_subcommand(name, about)->callback([&invocation, text] {
            invocation.action = [&invocation, text] {
                std::string schema_text = text();
                if (schema_text.empty() || schema_text.back() != '\n') schema_text += '\n';
                invocation.console.print(schema_text);
                return ExitCode::fine;
            };
        });
    };
    add("report", "Of the JSON reports that `run` writes", [] { return std::string(report_schema()); });
    add("scenario", "Of scenario files, for editors that check TOML while you type",
        [] { return std::string(scenario_schema()); });
}

}  // namespace asyncrun
