// SPDX-License-Identifier: MIT
#include "cli/command_line.h"

#include "cli/common_options.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "engine/language/suggest.h"
#include "engine/report/environment.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

namespace asyncrun {
namespace {

constexpr std::array<std::string_view, 4> subcommands = {"run", "validate", "list", "schema"};

constexpr const char* description =
    "asyncrun runs a scenario of asynchronous work, a TOML file, on an event-loop engine and\n"
    "reports what happened: a table, a JSON report, a trace.";

constexpr const char* footer =
    "`asyncrun FILE` is short for `asyncrun run FILE`; `asyncrun COMMAND --help` lists a command's options.\n"
    "\n"
    "Examples:\n"
    "  asyncrun scenarios/queue.toml                  run it on epoll, the default engine\n"
    "  asyncrun scenarios/chain.toml --engine all     on every engine, one after the other\n"
    "  asyncrun validate scenarios/*.toml             only look for mistakes\n"
    "\n"
    "Exit codes:\n"
    "    0  fine\n"
    "    1  the scenario failed (error, assertion, deadlock), or output could not be written\n"
    "    2  invalid usage or scenario\n"
    "    5  an engine is not available here\n"
    "  124  the time limit was reached; the report so far is written\n"
    "  130  interrupted; the report so far is written";

/// `asyncrun FILE …` is `asyncrun run FILE …`, with the options on any side of the file.
bool means_run(const std::vector<std::string>& arguments) {
    static constexpr std::array<std::string_view, 4> of_the_program = {"--help", "-h", "--version", "-V"};
    const std::string& first = arguments.front();
    return std::find(subcommands.begin(), subcommands.end(), first) == subcommands.end() &&
           std::find(of_the_program.begin(), of_the_program.end(), first) == of_the_program.end();
}

/// Help that fits a terminal of 80 columns.
class HelpFormatter final : public CLI::Formatter {
  public:
    HelpFormatter() { column_width(label_columns); }

    std::string make_option_desc(const CLI::Option* option) const override {
        constexpr size_t room = 80 - label_columns;
        std::string wrapped;
        size_t used = 0;
        std::istringstream words(CLI::Formatter::make_option_desc(option));
        for (std::string word; words >> word;) {
            if (used > 0 && used + 1 + word.size() > room) {
                wrapped += '\n';
                used = 0;
            }
            wrapped += (used > 0 ? " " : "") + word;
            used += (used > 0 ? 1 : 0) + word.size();
        }
        return wrapped;
    }

  private:
    static constexpr size_t label_columns = 30;
};

std::string version_text() {
    const BuildInfo& b = build_info();
    return "asyncrun " + b.version + " (" + b.commit + ", " + b.build_type + ", " + b.compiler + ")";
}

/// What nobody expected, and what may have been meant.
std::string tell_extra(const CLI::App& command, const std::vector<std::string>& given,
                       const std::vector<std::string>& extras) {
    const auto option = std::find_if(extras.begin(), extras.end(), [](const std::string& word) {
        return word.size() > 1 && word[0] == '-';
    });
    if (option == extras.end()) {
        const std::string question = means_run(given) ? did_you_mean(given.front(), subcommands) : "";
        return "unexpected argument '" + extras.front() + "'" +
               (question.empty() ? "" : "; instead of '" + given.front() + "', " + question);
    }
    Suggestion suggestion(*option);
    for (const CLI::Option* known : command.get_options()) {
        for (const std::string& name : known->get_lnames()) suggestion.consider("--" + name);
    }
    const std::string question = suggestion.question();
    return "unknown option '" + *option + "'" + (question.empty() ? "" : "; " + question);
}

void tell_usage_error(Console& console, const CLI::App& app, const std::vector<std::string>& given,
                      const CLI::ParseError& error) {
    const CLI::App* command = &app;
    std::string name;
    while (!command->get_subcommands().empty()) {
        command = command->get_subcommands().back();
        name += command->get_name() + " ";
    }
    std::string message = error.what();
    if (const auto extras = app.remaining(true); !extras.empty())
        message = tell_extra(*command, given, extras);
    while (!message.empty() && message.back() == '\n') message.pop_back();
    console.error(message);
    console.print_error("  try 'asyncrun " + name + "--help'\n");
}

/// The output that was asked for must have arrived; a reader that went away needs no message.
ExitCode check_output(Console& console, ExitCode code) {
    console.flush();
    const int error = console.output_error();
    if (error == 0) return code;
    if (error != EPIPE) console.error(std::string("cannot write standard output: ") + std::strerror(error));
    return worse_of(code, ExitCode::failed);
}

ExitCode execute(int argc, char** argv, Console& console) {
    Invocation invocation{console, {argv, argv + argc}, {}};
    CLI::App app(description, "asyncrun");
    app.set_version_flag("-V,--version", version_text());
    app.set_help_flag("-h,--help", "Print this help and end");
    app.formatter(std::make_shared<HelpFormatter>());
    app.require_subcommand(1);
    add_run_command(app, invocation);
    add_validate_command(app, invocation);
    add_list_command(app, invocation);
    add_schema_command(app, invocation);
    app.footer(footer);  // last: subcommands take over what their parent has

    std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
    if (arguments.empty()) {
        console.print_error(app.help());
        return ExitCode::invalid;
    }
    const std::vector<std::string> given = arguments;
    if (means_run(arguments)) arguments.insert(arguments.begin(), "run");
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
    try {
        app.parse(std::move(arguments));
    } catch (const CLI::CallForVersion&) {
        console.print(version_text() + "\n");
        return ExitCode::fine;
    } catch (const CLI::CallForHelp&) {
        console.print(app.help());
        return ExitCode::fine;
    } catch (const CLI::ParseError& error) {
        tell_usage_error(console, app, given, error);
        return ExitCode::invalid;
    }
    return invocation.action();
}

}  // namespace

int run_command_line(int argc, char** argv) {
    Console console;
    ExitCode code = ExitCode::failed;
    try {
        code = execute(argc, argv, console);
    } catch (const CommandError& error) {
        console.error(error.what());
        if (!error.hint().empty()) console.print_error("  " + error.hint() + "\n");
        code = error.code();
    } catch (const std::exception& error) {
        console.error(error.what());
    }
    return static_cast<int>(check_output(console, code));
}

}  // namespace asyncrun
