// SPDX-License-Identifier: MIT
#pragma once

#include "cli/console.h"
#include "cli/exit_code.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace asyncrun {

/// What the command line came to: the subcommands fill it in while it is parsed.
struct Invocation {
    Console& console;
    std::vector<std::string> words;    ///< the command line
    std::function<ExitCode()> action;  ///< of the subcommand that was chosen
};

/// The options that every subcommand has. `apply` puts them into force.
struct CommonOptions {
    bool quiet = false;
    bool verbose = false;
    bool no_colour = false;
    std::string log_level;

    void add_to(CLI::App& command);
    void apply(Console& console) const;
};

/// Declares a subcommand and what is to be done when it is chosen.
void add_run_command(CLI::App& app, Invocation& invocation);
void add_validate_command(CLI::App& app, Invocation& invocation);
void add_list_command(CLI::App& app, Invocation& invocation);
void add_schema_command(CLI::App& app, Invocation& invocation);

}  // namespace asyncrun
