// SPDX-License-Identifier: MIT
// Writes a report of every shape, and the schema, into a directory for validate_report.py.
#include "engine/report/atomic_file.h"
#include "engine/report/json_writer.h"
#include "engine/report/schema.h"
#include "tests/report/sample_report.h"

#include <cstdio>
#include <exception>
#include <filesystem>

int main(int argc, char** argv) {
    using namespace asyncrun;
    if (argc != 2) {
        std::fprintf(stderr, "usage: sample_reports DIRECTORY\n");
        return 2;
    }
    try {
        const std::filesystem::path directory = argv[1];
        std::filesystem::create_directories(directory);
        const auto write = [&](const char* name, RunReport report) {
            report.environment = collect_environment({{"libuv", "1.44.2"}});
            report.calibration = calibrate_machine();
            write_file(directory / name, write_report_json(report));
        };
        write("good.json", samples::report_of("epoll", {samples::good_run()}));
        write("repeated.json",
              samples::report_of("epoll", std::vector<RunRecord>(7, samples::good_run(1.1))));
        write("failed.json", samples::report_of("sim", {samples::failed_run(), samples::group_run()}));
        write("deadlock.json", samples::report_of("libuv", {samples::deadlocked_run()}));
        write("bare.json", samples::report_of("threads", {samples::bare_run()}));
        write_file(directory / "nothing.json", write_report_json(RunReport{.engine = {"epoll", {}}}));
        write_file(directory / "schema.json", report_schema());
    } catch (const std::exception& e) {
        std::fprintf(stderr, "sample_reports: %s\n", e.what());
        return 1;
    }
}
