// SPDX-License-Identifier: MIT
#include "cli/common_options.h"
#include "cli/scenario_file.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace asyncrun {
namespace {

using Json = nlohmann::ordered_json;

struct Settings {
    CommonOptions common;
    std::vector<std::string> files;
    std::string format = "table";
};

const char* word_of(Severity severity) {
    switch (severity) {
        case Severity::error: return "error";
        case Severity::warning: return "warning";
        case Severity::note: return "note";
    }
    return "";
}

Json json_of(const Diagnostic& d, const SourceFile& source) {
    // {0, 0} stands for the file as a whole.
    const bool placed = d.span.begin != 0 || d.span.end != 0;
    const LineColumn begin = source.locate(d.span.begin);
    const LineColumn end = source.locate(d.span.end);
    Json j = {{"severity", word_of(d.severity)}};
    j["line"] = placed ? Json(begin.line) : Json();
    j["column"] = placed ? Json(begin.column) : Json();
    j["end_line"] = placed ? Json(end.line) : Json();
    j["end_column"] = placed ? Json(end.column) : Json();
    j["message"] = d.message;
    j["hint"] = d.hint.empty() ? Json() : Json(d.hint);
    return j;
}

Json json_of(const LoadedScenario& loaded) {
    Json j = {{"file", loaded.path}, {"valid", loaded.program != nullptr}, {"diagnostics", Json::array()}};
    if (!loaded.diagnostics) {
        j["diagnostics"].push_back({{"severity", "error"},
                                    {"line", nullptr},
                                    {"column", nullptr},
                                    {"end_line", nullptr},
                                    {"end_column", nullptr},
                                    {"message", loaded.unreadable},
                                    {"hint", nullptr}});
        return j;
    }
    for (const Diagnostic& d : loaded.diagnostics->all())
        j["diagnostics"].push_back(json_of(d, *loaded.source));
    return j;
}

std::string text_of(const LoadedScenario& loaded, bool colour) {
    if (!loaded.diagnostics) return loaded.path + ": error: " + loaded.unreadable + "\n";
    const std::string summary = loaded.diagnostics->summary();
    return loaded.diagnostics->render(colour) + loaded.path + ": " + (summary.empty() ? "fine" : summary) +
           "\n";
}

ExitCode validate(const Settings& settings, Console& console) {
    Json list = Json::array();
    bool all_valid = true;
    for (const std::string& file : settings.files) {
        const LoadedScenario loaded = load_scenario(file, {});
        all_valid = all_valid && loaded.program;
        if (settings.format == "json") {
            list.push_back(json_of(loaded));
        } else if (!settings.common.quiet || !loaded.program) {
            console.print(text_of(loaded, console.colours_output()));
        }
    }
    if (settings.format == "json") {
        console.print(list.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    }
    return all_valid ? ExitCode::fine : ExitCode::invalid;
}

}  // namespace

void add_validate_command(CLI::App& app, Invocation& invocation) {
    const auto settings = std::make_shared<Settings>();
    CLI::App* command =
        app.add_subcommand("validate", "Look for mistakes in scenarios, without running them");
    command->add_option("FILE", settings->files, "Scenario files (TOML)")->required()->type_name("");
    command->add_option("--format", settings->format, "table (as compilers print it) or json [table]")
        ->check(CLI::IsMember({"table", "json"}).description(""))
        ->type_name("FORMAT");
    settings->common.add_to(*command);
    command->callback([&invocation, settings] {
        invocation.action = [&invocation, settings] {
            settings->common.apply(invocation.console);
            return validate(*settings, invocation.console);
        };
    });
}

}  // namespace asyncrun
