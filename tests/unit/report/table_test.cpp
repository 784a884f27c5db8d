// SPDX-License-Identifier: MIT
#include "engine/report/table.h"

#include "engine/report/human.h"
#include "tests/report/sample_report.h"

#include <sstream>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using samples::report_of;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::string line_with(const std::string& text, const std::string& what) {
    for (const std::string& line : lines_of(text)) {
        if (line.find(what) != std::string::npos) return line;
    }
    return {};
}

size_t occurrences(const std::string& text, const std::string& what) {
    size_t n = 0;
    for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
    return n;
}

std::string five_engines() {
    std::vector<RunReport> reports;
    for (const char* name : {"epoll", "libuv", "threads", "sim", "io_uring"}) {
        reports.push_back(
            report_of(name, {samples::good_run(1 + 0.1 * static_cast<double>(reports.size()))}));
    }
    return render_table(reports);
}

TEST(Table, ShowsFiveEnginesSideBySideInEightyColumns) {
    const std::string text = five_engines();
    for (const std::string& line : lines_of(text)) EXPECT_LE(human::width(line), 80u) << line;
    const std::string head = line_with(text, "epoll");
    EXPECT_NE(head.find("io_uring"), std::string::npos);
    const std::string makespan = line_with(text, "makespan");
    EXPECT_NE(makespan.find("20.0 ms"), std::string::npos);
    EXPECT_NE(makespan.find("28.0 ms"), std::string::npos);
    EXPECT_EQ(occurrences(text, "makespan"), 1u);
}

TEST(Table, PutsFurtherEnginesIntoABlockBelow) {
    std::vector<RunReport> reports;
    for (int i = 0; i < 7; ++i)
        reports.push_back(report_of("engine" + std::to_string(i), {samples::good_run()}));
    const std::string text = render_table(reports);
    EXPECT_EQ(occurrences(text, "makespan"), 2u);
    for (const std::string& line : lines_of(text)) EXPECT_LE(human::width(line), 80u) << line;
}

TEST(Table, OfOneEngineListsSpansAndCountersRowByRow) {
    const std::vector<RunReport> reports{report_of("epoll", {samples::good_run()})};
    const std::string text = render_table(reports);
    const std::string span = line_with(text, "request");
    EXPECT_NE(span.find("3,000"), std::string::npos);
    EXPECT_NE(span.find(" ms"), std::string::npos);
    const std::string counter = line_with(text, "items");
    EXPECT_NE(counter.find("12,000"), std::string::npos);
    EXPECT_NE(counter.find("600 k/s"), std::string::npos);
    EXPECT_NE(text.find("result  [[0,6],\"done\",null,1.5]\n"), std::string::npos);
}

TEST(Table, ShowsMediansOfSeveralRunsWithTheirSpread) {
    const std::vector<RunReport> reports{
        report_of("epoll", {samples::good_run(1), samples::good_run(1.1), samples::good_run(3)})};
    const std::string text = render_table(reports);
    EXPECT_NE(line_with(text, "makespan").find("22.0 ms"), std::string::npos);
    EXPECT_NE(line_with(text, "spread").find("± 9.09 %"), std::string::npos);
    EXPECT_NE(text.find("medians of 3 runs"), std::string::npos);
}

TEST(Table, LeavesOutRowsThatNobodyHas) {
    const std::vector<RunReport> reports{report_of("sim", {samples::failed_run()})};
    const std::string text = render_table(reports);
    EXPECT_EQ(text.find("poll time"), std::string::npos);
    EXPECT_EQ(text.find("efficiency"), std::string::npos);
}

TEST(Table, MarksWhatOneEngineHasAndAnotherLacks) {
    const std::vector<RunReport> reports{report_of("epoll", {samples::good_run()}),
                                      report_of("sim", {samples::failed_run()})};
    EXPECT_EQ(human::width(line_with(render_table(reports), "poll time")), 24u + 22u);
    EXPECT_NE(line_with(render_table(reports), "poll time").find("–"), std::string::npos);
}

TEST(Table, TellsEqualEndingsOnceAndNamesTheEnginesWhenTheyDiffer) {
    EXPECT_EQ(occurrences(five_engines(), "result  "), 1u);
    const std::vector<RunReport> reports{report_of("epoll", {samples::good_run()}),
                                      report_of("sim", {samples::failed_run()})};
    const std::string text = render_table(reports);
    EXPECT_NE(text.find("\nepoll\nresult  "), std::string::npos);
    EXPECT_NE(text.find("\nsim\nTraceback (most recent call last):\n"), std::string::npos);
}

TEST(Table, PrintsAnErrorAsPythonDoes) {
    EXPECT_EQ(render_error(*samples::failed_run().error),
              "Traceback (most recent call last):\n"
              "  File \"pipeline.toml\", line 12, in main (await)\n"
              "    { await = \"fetch(3)\" }\n"
              "  File \"pipeline.toml\", line 31, in Task-2 (raise)\n"
              "    { raise = \"ValueError\", message = \"no such item: 'x'\" }\n"
              "ValueError: no such item: 'x'\n");
}

TEST(Table, PrintsAGroupsMembersBelowIt) {
    EXPECT_EQ(render_error(*samples::group_run().error),
              "ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions)\n"
              "  ── 1 of 2\n"
              "  Traceback (most recent call last):\n"
              "    File \"a.toml\", line 3, in Task-2 (raise)\n"
              "  ValueError: first\n"
              "  ── 2 of 2\n"
              "  KeyError\n");
}

TEST(Table, NamesEachTaskOfADeadlockWhatItWaitsForAndWhere) {
    EXPECT_EQ(render_deadlock(*samples::deadlocked_run().deadlock),
              "Deadlock: 2 tasks wait for what cannot come any more\n"
              "  main    waits for task Task-2    pipeline.toml:8\n"
              "  Task-2  waits for queue q (get)  pipeline.toml:21\n");
}

TEST(Table, IsPlainTextUnlessColoursAreAskedFor) {
    const std::vector<RunReport> reports{report_of("sim", {samples::failed_run()})};
    EXPECT_EQ(render_table(reports).find('\x1b'), std::string::npos);
    EXPECT_NE(render_table(reports, {80, true}).find('\x1b'), std::string::npos);
}

TEST(Table, OfNothingSaysSo) { EXPECT_EQ(render_table({}), "nothing was run\n"); }

}  // namespace
}  // namespace asyncrun
