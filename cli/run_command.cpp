// SPDX-License-Identifier: MIT
#include "cli/common_options.h"
#include "cli/duration_text.h"
#include "cli/run_settings.h"

#include <charconv>
#include <limits>
#include <random>

#include <CLI/CLI.hpp>

namespace asyncrun {
namespace {

constexpr int64_t most_repetitions = 1'000'000;
constexpr int64_t most_workers = 1024;

constexpr const char* footer =
    "Options override the scenario's table [run].\n"
    "\n"
    "Examples:\n"
    "  asyncrun run queue.toml --engine epoll,libuv -p items=100000 --repetitions 10\n"
    "  asyncrun run chain.toml --engine all --seed 7 --format json > reports.json\n"
    "  asyncrun run queue.toml --engine sim --trace queue.json   (see ui.perfetto.dev)\n"
    "  asyncrun run endless.toml --time-limit 1s                 (exit code 124)\n"
    "\n"
    "Exit codes: 0 fine; 1 the scenario failed or output could not be written; 2 invalid usage or\n"
    "scenario; 5 an engine is not available; 124 time limit; 130 interrupted. Of several engines the\n"
    "worst counts.";

/// The words of the options that need more than a type.
struct Words {
    std::vector<std::string> params;
    std::string seed;
    std::string time_limit;
    std::string format = "table";
    std::optional<std::string> out;
    bool no_save = false;
    bool no_ideal = false;
};

template <typename T>
std::optional<T> parse_number(const std::string& text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string check_param(const std::string& text) {
    const size_t equals = text.find('=');
    return equals == std::string::npos || equals == 0 ? "'" + text + "' is not NAME=VALUE" : std::string();
}

std::string check_seed(const std::string& text) {
    if (text == "random" || parse_number<uint64_t>(text)) return {};
    return "'" + text + "' is neither a whole number from 0 to " +
           std::to_string(std::numeric_limits<uint64_t>::max()) + " nor 'random'";
}

std::string check_time_limit(const std::string& text) {
    const auto limit = parse_duration(text);
    return limit && limit->count() > 0 ? std::string()
                                       : "'" + text + "' is no duration such as 1s, 500ms, 2min or 1.5";
}

void convert(const Words& words, RunSettings& settings) {
    for (const std::string& param : words.params) {
        const size_t equals = param.find('=');
        settings.params.emplace_back(param.substr(0, equals), param.substr(equals + 1));
    }
    if (words.seed == "random") {
        // 32 bits: easy to type again, and exact in every reader of JSON.
        settings.seed = std::random_device()();
    } else if (!words.seed.empty()) {
        settings.seed = parse_number<uint64_t>(words.seed);
    }
    if (!words.time_limit.empty()) settings.time_limit = parse_duration(words.time_limit);
    settings.as_json = words.format == "json";
    settings.directory = words.out;
    settings.save = !words.no_save;
    settings.ideal = !words.no_ideal;
}

}  // namespace

void add_run_command(CLI::App& app, Invocation& invocation) {
    const auto settings = std::make_shared<RunSettings>();
    const auto words = std::make_shared<Words>();
    CLI::App* run = app.add_subcommand("run", "Run a scenario and report what happened");
    run->footer(footer);
    run->add_option("FILE", settings->file, "The scenario (TOML)")->required()->type_name("");

    run->add_option("-e,--engine", settings->engines,
                    "The engine to run on; several with commas or by repeating; 'all' for every one "
                    "that is available here [epoll]")
        ->type_name("NAME")
        ->allow_extra_args(false);
    run->add_option("-w,--workers", settings->workers, "Threads of the engine 'threads' [one per core]")
        ->check(CLI::Range(int64_t{1}, most_workers).description(""))
        ->type_name("N");
    run->add_option("-p,--param", words->params, "Set a parameter of the scenario; repeatable")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false)
        ->check(CLI::Validator(check_param, ""));
    run->add_option("-s,--seed", words->seed, "Of all random numbers; 'random' draws one and reports it")
        ->type_name("N|random")
        ->check(CLI::Validator(check_seed, ""));
    run->add_option("-r,--repetitions", settings->repetitions, "Measured runs on each engine [1]")
        ->check(CLI::Range(int64_t{1}, most_repetitions).description(""))
        ->type_name("N");
    run->add_option("--warmup", settings->warmup, "Runs before them that are not counted [0]")
        ->check(CLI::Range(int64_t{0}, most_repetitions).description(""))
        ->type_name("N");
    run->add_option("-t,--time-limit", words->time_limit,
                    "End each run after this real time: 1s, 500ms, 2min, 1.5")
        ->type_name("DURATION")
        ->check(CLI::Validator(check_time_limit, ""));
    run->add_flag("--debug", settings->debug, "asyncio's debug mode: warn of steps that block the loop");
    run->add_flag("--timer-slack", settings->default_timer_slack,
                  "Leave the kernel's rounding of timers (50 us) in force");

    run->add_option("-o,--out", words->out,
                    "Existing directory for the JSON reports [results, made if missing]")
        ->type_name("DIR");
    run->add_flag("--no-save", words->no_save, "Write no report file");
    run->add_option("-f,--format", words->format,
                    "What to print: table or json (the report and nothing else) [table]")
        ->check(CLI::IsMember({"table", "json"}).description(""))
        ->type_name("FORMAT");
    run->add_option("--trace", settings->trace,
                    "Write the first measured run as Chrome Trace Event JSON; with several engines one file "
                    "each, FILE.json becoming FILE.ENGINE.json")
        ->type_name("FILE");
    run->add_flag("--no-ideal", words->no_ideal, "No run on 'sim' to measure the efficiency against");
    settings->common.add_to(*run);

    run->callback([&invocation, settings, words] {
        invocation.action = [&invocation, settings, words] {
            settings->common.apply(invocation.console);
            convert(*words, *settings);
            return run_scenario(*settings, invocation.words, invocation.console);
        };
    });
}

}  // namespace asyncrun
