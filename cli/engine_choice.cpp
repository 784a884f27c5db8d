// SPDX-License-Identifier: MIT
#include "cli/engine_choice.h"

#include "cli/exit_code.h"
#include "engine/backends/registry.h"
#include "engine/language/suggest.h"

#include <algorithm>
#include <string_view>

namespace asyncrun {
namespace {

std::vector<std::string> split_at_commas(const std::vector<std::string>& asked) {
    std::vector<std::string> names;
    for (std::string_view rest : asked) {
        for (;;) {
            const size_t comma = rest.find(',');
            names.emplace_back(rest.substr(0, comma));
            if (comma == std::string_view::npos) break;
            rest.remove_prefix(comma + 1);
        }
    }
    return names;
}

std::string unknown_engine_hint(const std::string& name, const std::vector<EngineStatus>& known) {
    Suggestion suggestion(name);
    std::string names = "all";
    for (const EngineStatus& engine : known) {
        suggestion.consider(engine.name);
        names += ", " + engine.name;
    }
    const std::string question = suggestion.question();
    return (question.empty() ? "" : question + " ") + "The engines are: " + names;
}

void add_once(std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

}  // namespace

std::vector<EngineStatus> probe_engines() {
    std::vector<EngineStatus> list;
    for (const EngineEntry& entry : engines()) {
        list.push_back({std::string(entry.name), std::string(entry.alias), std::string(entry.description),
                        entry.unavailable()});
    }
    return list;
}

EngineChoice choose_engines(const std::vector<std::string>& asked, const std::vector<EngineStatus>& known) {
    EngineChoice choice;
    for (const std::string& name : split_at_commas(asked)) {
        if (name == "all") {
            choice.several = true;
            for (const EngineStatus& engine : known) {
                if (engine.unavailable.empty()) {
                    add_once(choice.names, engine.name);
                } else {
                    choice.skipped.push_back(engine);
                }
            }
            continue;
        }
        const auto found = std::find_if(known.begin(), known.end(), [&](const EngineStatus& engine) {
            return name == engine.name || (!engine.alias.empty() && name == engine.alias);
        });
        if (found == known.end()) {
            throw CommandError(ExitCode::invalid, "no engine is named '" + name + "'",
                               unknown_engine_hint(name, known));
        }
        if (!found->unavailable.empty()) {
            throw CommandError(ExitCode::unavailable,
                               "the engine '" + name + "' is not available here: " + found->unavailable);
        }
        add_once(choice.names, found->name);
    }
    choice.several = choice.several || choice.names.size() > 1;
    return choice;
}

}  // namespace asyncrun
