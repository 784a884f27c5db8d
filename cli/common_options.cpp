// SPDX-License-Identifier: MIT
#include "cli/common_options.h"

#include "cli/diagnostic_log.h"

#include <CLI/CLI.hpp>

namespace asyncrun {

void CommonOptions::add_to(CLI::App& command) {
    command.add_flag("--quiet", quiet, "No notes, no progress line and, of a run, no table");
    command.add_flag("--verbose", verbose, "Tell what asyncrun does; the same as --log-level info");
    command
        .add_option("--log-level", log_level,
                    "asyncrun's own log, on standard error: trace, debug, info, warn, error, off [warn]")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}).description(""))
        ->type_name("LEVEL");
    command.add_flag("--no-color,--no-colour", no_colour,
                     "No colours; they are off as well without a terminal, and with NO_COLOR");
}

void CommonOptions::apply(Console& console) const {
    console.set_options({.quiet = quiet, .no_colour = no_colour});
    const std::string level = !log_level.empty() ? log_level : verbose ? "info" : quiet ? "error" : "warn";
    open_diagnostic_log(console, level);
}

}  // namespace asyncrun
