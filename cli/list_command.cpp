// SPDX-License-Identifier: MIT
#include "cli/common_options.h"
#include "cli/engine_choice.h"
#include "cli/scenario_file.h"
#include "engine/report/human.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace asyncrun {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

ExitCode list_engines(Console& console, bool as_json) {
    const std::vector<EngineStatus> engines = probe_engines();
    if (as_json) {
        Json list = Json::array();
        for (const EngineStatus& e : engines) {
            list.push_back({{"name", e.name},
                            {"alias", e.alias.empty() ? Json() : Json(e.alias)},
                            {"description", e.description},
                            {"available", e.unavailable.empty()},
                            {"reason", e.unavailable.empty() ? Json() : Json(e.unavailable)}});
        }
        console.print(dump(list));
        return ExitCode::fine;
    }
    size_t columns = 0;
    for (const EngineStatus& e : engines) columns = std::max(columns, human::width(e.name));
    for (const EngineStatus& e : engines) {
        const std::string alias = e.alias.empty() ? "" : " (also: " + e.alias + ")";
        console.print(human::left(e.name, columns) + "  " + e.description + alias + "\n");
        if (!e.unavailable.empty()) {
            console.print(std::string(columns + 2, ' ') + "not available: " + e.unavailable + "\n");
        }
    }
    return ExitCode::fine;
}

std::vector<std::string> scenario_files(const std::string& directory) {
    std::error_code error;
    if (!fs::is_directory(directory, error)) {
        throw CommandError(ExitCode::invalid,
                           directory + ": " + (error ? error.message() : std::string("it is no directory")),
                           "asyncrun list scenarios DIRECTORY lists those of another directory");
    }
    std::vector<std::string> paths;
    fs::recursive_directory_iterator entries(directory, fs::directory_options::skip_permission_denied, error);
    for (const auto end = fs::end(entries); !error && entries != end; entries.increment(error)) {
        std::error_code unreadable;
        if (entries->path().extension() == ".toml" && entries->is_regular_file(unreadable)) {
            paths.push_back(entries->path().string());
        }
    }
    if (error) throw CommandError(ExitCode::invalid, directory + ": " + error.message());
    std::sort(paths.begin(), paths.end());
    return paths;
}

ExitCode list_scenarios(Console& console, const std::string& directory, bool as_json) {
    Json list = Json::array();
    std::string text;
    for (const std::string& path : scenario_files(directory)) {
        const LoadedScenario loaded = load_scenario(path, {});
        Json entry = {{"file", path}};
        entry["name"] = loaded.program ? Json(loaded.program->name) : Json();
        entry["description"] = loaded.program ? Json(loaded.program->description) : Json();
        entry["problem"] = loaded.program ? Json() : Json(loaded.problem());
        list.push_back(std::move(entry));
        text += path;
        if (!loaded.program) {
            text += "\n    cannot be loaded: " + loaded.problem();
        } else {
            if (loaded.program->name != fs::path(path).stem()) text += "  (" + loaded.program->name + ")";
            if (!loaded.program->description.empty()) text += "\n    " + loaded.program->description;
        }
        text += "\n";
    }
    console.print(as_json ? dump(list) : text);
    if (!as_json && list.empty()) console.note("there are no .toml files under " + directory);
    return ExitCode::fine;
}

}  // namespace

void add_list_command(CLI::App& app, Invocation& invocation) {
    struct Settings {
        CommonOptions common;
        std::string format = "table";
        std::string directory = "scenarios";
    };
    const auto settings = std::make_shared<Settings>();
    CLI::App* list = app.add_subcommand("list", "List the engines, or the scenarios of a directory");
    list->require_subcommand(1);
    const auto add = [&](const char* name, const char* about, ExitCode (*action)(Console&, const Settings&)) {
        CLI::App* what = list->add_subcommand(name, about);
        what->add_option("--format", settings->format, "table or json [table]")
            ->check(CLI::IsMember({"table", "json"}).description(""))
            ->type_name("FORMAT");
        settings->common.add_to(*what);
        what->callback([&invocation, settings, action] {
            invocation.action = [&invocation, settings, action] {
                settings->common.apply(invocation.console);
                return action(invocation.console, *settings);
            };
        });
        return what;
    };
    add("engines", "Each engine, and why it is not available where it is not",
        [](Console& console, const Settings& s) { return list_engines(console, s.format == "json"); });
    add("scenarios", "The .toml files of a directory and below, with what they say of themselves",
        [](Console& console, const Settings& s) {
            return list_scenarios(console, s.directory, s.format == "json");
        })
        ->add_option("DIRECTORY", settings->directory, "Where to look [scenarios]")
        ->type_name("");
}

}  // namespace asyncrun
