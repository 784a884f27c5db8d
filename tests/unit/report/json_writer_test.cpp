// SPDX-License-Identifier: MIT
#include "engine/report/json_writer.h"

#include "engine/report/digest.h"
#include "engine/report/histogram_text.h"
#include "engine/report/schema.h"
#include "tests/report/sample_report.h"

#include <stdexcept>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace asyncrun {
namespace {

using Json = nlohmann::json;

Json written(const RunReport& report) { return Json::parse(write_report_json(report)); }
Json first_run(RunRecord run) {
    return written(samples::report_of("epoll", {std::move(run)})).at("runs").at(0);
}

TEST(ReportJson, HasTheOutlineThatIsPromised) {
    const Json j = written(samples::report_of("epoll", {samples::good_run()}));
    EXPECT_EQ(j.at("schema_version"), 1);
    EXPECT_EQ(j.at("command"), (Json{"asyncrun", "pipeline.toml", "--engine", "epoll"}));
    EXPECT_EQ(j.at("scenario").at("name"), "pipeline");
    EXPECT_EQ(j.at("scenario").at("seed"), 7);
    EXPECT_EQ(j.at("scenario").at("params"), (Json{{"workers", 4}, {"host", "localhost"}}));
    EXPECT_EQ(j.at("scenario").at("sha256"), sha256_hex("[coroutine.main]\nsteps = []\n"));
    EXPECT_EQ(j.at("engine"), (Json{{"name", "epoll"}, {"options", {{"workers", 2}}}}));
    const Json& run = j.at("runs").at(0);
    EXPECT_EQ(run.at("result"), (Json{{0, 6}, "done", nullptr, 1.5}));
    EXPECT_EQ(run.at("error"), nullptr);
    EXPECT_EQ(run.at("deadlock"), nullptr);
    EXPECT_EQ(run.at("makespan_ns"), 20'013'000);
    EXPECT_EQ(run.at("log").at(0), (Json{{"t_ns", 0}, {"task", "Task-2"}, {"text", "start"}}));
    EXPECT_EQ(run.at("counters").at("items"), 12'000);
}

TEST(ReportJson, SpansCarryTheirFiguresAndTheirHistogram) {
    const RunRecord sample = samples::good_run();
    const Json span = first_run(sample).at("spans").at("request");
    EXPECT_EQ(span.at("count"), 3000);
    EXPECT_EQ(span.at("failed"), 4);
    EXPECT_EQ(span.at("p99_ns"), sample.spans.at("request").durations.percentile(99));
    EXPECT_EQ(decode_histogram(span.at("histogram").get<std::string>()).count(), 3000u);
}

TEST(ReportJson, MetricsGoByTheirDocumentedNames) {
    const Json m = first_run(samples::good_run()).at("metrics");
    EXPECT_EQ(m.at("task.spawned"), 12);
    EXPECT_EQ(m.at("task.live").at("max"), 6);
    EXPECT_EQ(m.at("poll.time").at("sampled"), true);
    EXPECT_EQ(m.at("timer.lateness").at("min_ns"), -3500);
    EXPECT_NEAR(m.at("efficiency").get<double>(), 20.0 / 20.013, 1e-9);
    EXPECT_EQ(m.at("efficiency_reason"), nullptr);
    EXPECT_NEAR(m.at("count.items").at("rate_per_s").get<double>(), 12'000 / 0.020013, 1);
    EXPECT_EQ(m.at("queue.q.depth").at("max"), 4);
    EXPECT_EQ(m.at("event.go.fanout").count("p50"), 1u);
}

TEST(ReportJson, SaysWhyThereIsNoEfficiency) {
    const Json m = first_run(samples::failed_run()).at("metrics");
    EXPECT_EQ(m.at("efficiency"), nullptr);
    EXPECT_EQ(m.at("efficiency_reason"), "the run failed");
}

TEST(ReportJson, ErrorsHaveATracebackAndGroupsTheirMembers) {
    const Json error = first_run(samples::failed_run()).at("error");
    EXPECT_EQ(error.at("type"), "ValueError");
    EXPECT_EQ(error.at("message"), "no such item: 'x'");
    EXPECT_EQ(error.at("traceback").at(1),
              (Json{{"task", "Task-2"}, {"file", "pipeline.toml"}, {"line", 31}, {"step", "raise"}}));
    const Json group = first_run(samples::group_run()).at("error");
    EXPECT_EQ(group.at("exceptions").at(1).at("type"), "KeyError");
}

TEST(ReportJson, ADeadlockListsTheWaitersAndIsAnErrorOfThatType) {
    const Json run = first_run(samples::deadlocked_run());
    EXPECT_EQ(run.at("error").at("type"), "Deadlock");
    EXPECT_EQ(
        run.at("deadlock").at(1),
        (Json{{"task", "Task-2"}, {"waits_for", "queue q (get)"}, {"file", "pipeline.toml"}, {"line", 21}}));
}

TEST(ReportJson, WhatIsNotFiniteOrWasNotMeasuredIsNull) {
    const Json run = first_run(samples::bare_run());
    EXPECT_EQ(run.at("counters").at("ratio"), nullptr);
    EXPECT_EQ(run.at("metrics").at("loop.util"), nullptr);
    EXPECT_EQ(run.at("metrics").at("cpu.user_ns"), nullptr);
    EXPECT_EQ(run.at("metrics").at("poll.time").at("p50_ns"), nullptr);
    EXPECT_EQ(run.at("metrics").at("timer.lateness"), nullptr);
}

TEST(ReportJson, RefusesAResultThatIsNoJson) {
    RunRecord run;
    run.result_json = "[1,";
    EXPECT_THROW(first_run(run), std::invalid_argument);
    run.result_json = "NaN";
    EXPECT_THROW(first_run(run), std::invalid_argument);
}

TEST(ReportJson, SurvivesTextsThatAreNotUtf8) {
    RunRecord run;
    run.log = {{0, "main", "bad \xff byte", ""}};
    EXPECT_EQ(first_run(run).at("log").at(0).at("text"), "bad \xef\xbf\xbd byte");
}

TEST(ReportJson, SummaryGivesMedianIntervalAndSpreadOfTheRunsThatWentWell) {
    std::vector<RunRecord> runs;
    for (int i = 1; i <= 20; ++i) {
        runs.emplace_back().makespan_ns = i * 1000;
    }
    runs.push_back(samples::failed_run());
    const Json summary = written(samples::report_of("epoll", runs)).at("summary");
    EXPECT_EQ(summary.at("runs"), 21);
    EXPECT_EQ(summary.at("failed"), 1);
    const Json& makespan = summary.at("makespan_ns");
    EXPECT_EQ(makespan.at("n"), 20);
    EXPECT_EQ(makespan.at("median"), 10'500);
    EXPECT_EQ(makespan.at("interval"), (Json{6000, 15'000}));
    EXPECT_EQ(makespan.at("mad"), 5000);
}

TEST(ReportSchema, IsJsonOfTheDraftItNames) {
    const Json schema = Json::parse(report_schema());
    EXPECT_EQ(schema.at("$schema"), "https://json-schema.org/draft/2020-12/schema");
    EXPECT_EQ(schema.at("properties").at("schema_version").at("const"), kReportSchemaVersion);
}

}  // namespace
}  // namespace asyncrun
