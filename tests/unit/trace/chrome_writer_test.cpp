// SPDX-License-Identifier: MIT
#include "engine/trace/chrome_writer.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace asyncrun {
namespace {

using Json = nlohmann::json;
using Kind = TraceKind;

Json trace_of(const TraceRecorder& recorder, TraceRun run = {}) {
    std::string text;
    write_chrome_trace(recorder, run, [&](std::string_view piece) { text += piece; });
    return Json::parse(text);
}

std::vector<Json> events(const Json& trace, const std::string& phase, const std::string& category = "") {
    std::vector<Json> found;
    for (const Json& e : trace.at("traceEvents")) {
        if (e.at("ph") == phase && (category.empty() || e.value("cat", "") == category)) found.push_back(e);
    }
    return found;
}

/// A small run: main (1) spawns a worker (2) that waits for a queue and is woken by main.
struct SmallRun {
    TraceRecorder recorder;
    TraceTrack& loop = recorder.add_track("loop", TraceTrack::Kind::loop);
    TraceTrack& pool = recorder.add_track("pool 1", TraceTrack::Kind::worker);

    void at(uint64_t ns, Kind kind, uint32_t subject, std::string_view text = "") {
        loop.record_at(ns, kind, subject, recorder.intern(text));
    }
    SmallRun() {
        at(1000, Kind::task_created, 1, "main");
        at(1000, Kind::poll_begin, 1);
        at(1100, Kind::task_created, 2, "worker");
        at(1100, Kind::task_named, 2, "the \"worker\"");
        at(1200, Kind::wait_begin, 1, "sleep");
        at(1205, Kind::poll_end, 1);
        at(1205, Kind::poll_begin, 2);
        at(1300, Kind::wait_begin, 2, "queue q (get)");
        at(1310, Kind::poll_end, 2);
        at(5000, Kind::timer_fired, 1);
        at(5000, Kind::wake, 1);
        at(5001, Kind::poll_begin, 1);
        at(5001, Kind::wait_end, 1);
        at(5100, Kind::wake, 2);
        at(5234, Kind::poll_end, 1);
        at(5234, Kind::poll_begin, 2);
        at(5234, Kind::wait_end, 2);
        at(5300, Kind::task_failed, 2, "ValueError");
        at(5301, Kind::poll_end, 2);
        pool.record_at(1500, Kind::job_begin, 9, recorder.intern("crunch"));
        pool.record_at(2500, Kind::job_end, 9);
    }
};

TEST(ChromeTrace, HasANamedThreadRowForEachTrack) {
    SmallRun run;
    std::map<int, std::string> rows;
    for (const Json& e : events(trace_of(run.recorder), "M")) {
        if (e.at("name") == "thread_name") rows[e.at("tid")] = e.at("args").at("name");
    }
    EXPECT_EQ(rows, (std::map<int, std::string>{{1, "loop"}, {2, "pool 1"}}));
}

TEST(ChromeTrace, PollsAreSlicesNamedByCoroutineAndJobsByFunction) {
    SmallRun run;
    const Json trace = trace_of(run.recorder);
    std::vector<std::string> names;
    for (const Json& e : events(trace, "B", "poll")) names.push_back(e.at("name"));
    EXPECT_EQ(names, (std::vector<std::string>{"main", "worker", "main", "worker"}));
    const auto jobs = events(trace, "B", "job");
    ASSERT_EQ(jobs.size(), 1u);
    EXPECT_EQ(jobs[0].at("name"), "crunch");
    EXPECT_EQ(jobs[0].at("tid"), 2);
}

TEST(ChromeTrace, SlicesOfARowAreBalancedAndInOrder) {
    SmallRun run;
    std::map<int, int> depth;
    std::map<int, double> last;
    const Json trace = trace_of(run.recorder);
    for (const Json& e : trace.at("traceEvents")) {
        if (e.at("ph") != "B" && e.at("ph") != "E") continue;
        const int row = e.at("tid");
        EXPECT_GE(e.at("ts").get<double>(), last[row]);
        last[row] = e.at("ts");
        depth[row] += e.at("ph") == "B" ? 1 : -1;
        EXPECT_GE(depth[row], 0);
        EXPECT_LE(depth[row], 1);
    }
    for (const auto& [row, d] : depth) EXPECT_EQ(d, 0) << row;
}

TEST(ChromeTrace, TimesAreMicrosecondsWithThreeDecimalsFromTheRunsStart) {
    SmallRun run;
    TraceRun about;
    about.start_ns = 1001;
    std::string text;
    write_chrome_trace(run.recorder, about, [&](std::string_view piece) { text += piece; });
    EXPECT_NE(text.find("\"ts\":0.204,"), std::string::npos);
    EXPECT_NE(text.find("\"ts\":4.233,"), std::string::npos);
    EXPECT_NE(text.find("\"ts\":-0.001,"), std::string::npos);
}

TEST(ChromeTrace, EveryArrowStartsAndEndsInsideASliceOfItsRow) {
    SmallRun run;
    std::map<int, bool> open;
    std::map<int, double> started;
    int ended = 0;
    const Json trace = trace_of(run.recorder);
    for (const Json& e : trace.at("traceEvents")) {
        const std::string phase = e.at("ph");
        if (phase == "B") open[e.at("tid")] = true;
        if (phase == "E") open[e.at("tid")] = false;
        if (phase == "s" || phase == "f") {
            EXPECT_TRUE(open[e.at("tid")]) << e;
        }
        if (phase == "s") started[e.at("id")] = e.at("ts");
        if (phase == "f") {
            ++ended;
            ASSERT_TRUE(started.count(e.at("id")));
            EXPECT_LE(started[e.at("id")], e.at("ts").get<double>());
            EXPECT_EQ(e.at("bp"), "e");
        }
    }
    EXPECT_EQ(started.size(), 2u);
    EXPECT_EQ(ended, 2);
}

TEST(ChromeTrace, ATasksLifeHoldsItsWaitsUnderOneIdAndTellsHowItEnded) {
    SmallRun run;
    const Json trace = trace_of(run.recorder);
    std::vector<std::string> story;
    for (const Json& e : trace.at("traceEvents")) {
        const std::string phase = e.at("ph");
        if (e.value("cat", "") == "task" && e.at("id") == "t2" && phase != "n") {
            story.push_back(phase + " " + e.at("name").get<std::string>());
        }
    }
    EXPECT_EQ(story,
              (std::vector<std::string>{"b worker", "b queue q (get)", "e queue q (get)", "e worker"}));
    const auto ends = events(trace, "e", "task");
    const auto end =
        std::find_if(ends.begin(), ends.end(), [](const Json& e) { return e.at("name") == "worker"; });
    ASSERT_NE(end, ends.end());
    EXPECT_EQ(end->at("args"),
              (Json{{"name", "the \"worker\""}, {"outcome", "failed"}, {"error", "ValueError"}}));
}

TEST(ChromeTrace, ClosesWhatIsStillOpenAtTheEnd) {
    TraceRecorder recorder;
    TraceTrack& loop = recorder.add_track("loop", TraceTrack::Kind::loop);
    loop.record_at(0, Kind::task_created, 1, recorder.intern("main"));
    loop.record_at(1, Kind::poll_begin, 1);
    loop.record_at(2, Kind::span_begin, 5, recorder.intern("step"));
    loop.record_at(3, Kind::wait_begin, 1, recorder.intern("sleep"));
    const Json trace = trace_of(recorder);
    EXPECT_EQ(events(trace, "B").size(), events(trace, "E").size());
    EXPECT_EQ(events(trace, "b").size(), 3u);
    EXPECT_EQ(events(trace, "e").size(), 3u);
}

TEST(ChromeTrace, ConcurrentSpansOfOneNameHaveIdsOfTheirOwn) {
    TraceRecorder recorder;
    TraceTrack& loop = recorder.add_track("loop", TraceTrack::Kind::loop);
    const uint32_t name = recorder.intern("request");
    const uint32_t a = recorder.next_id(), b = recorder.next_id();
    loop.record_at(0, Kind::span_begin, a, name);
    loop.record_at(1, Kind::span_begin, b, name);
    loop.record_at(2, Kind::span_end, a);
    loop.record_at(3, Kind::span_end, b);
    const Json trace = trace_of(recorder);
    const auto begins = events(trace, "b", "span"), ends = events(trace, "e", "span");
    ASSERT_EQ(begins.size(), 2u);
    ASSERT_EQ(ends.size(), 2u);
    EXPECT_NE(begins[0].at("id"), begins[1].at("id"));
    EXPECT_EQ(begins[0].at("id"), ends[0].at("id"));
}

TEST(ChromeTrace, WritesCountersInstantsAndNotesAndEscapesEveryText) {
    TraceRecorder recorder;
    TraceTrack& loop = recorder.add_track("lo\"op\n", TraceTrack::Kind::loop);
    loop.record_at(1, Kind::counter, recorder.intern("queue \\q"), 42);
    loop.record_at(2, Kind::log, 0, recorder.intern("not UTF-8: \xff, a tab:\t, fine: ü"));
    loop.record_at(3, Kind::mark, 0, recorder.intern("here"));
    TraceRun run;
    run.title = "a \"title\"";
    run.notes = {{"scenario", "x\\y"}};
    const Json trace = trace_of(recorder, run);
    ASSERT_EQ(events(trace, "C").size(), 1u);
    EXPECT_EQ(events(trace, "C")[0].at("name"), "queue \\q");
    EXPECT_EQ(events(trace, "C")[0].at("args").at("value"), 42);
    EXPECT_EQ(events(trace, "i", "log")[0].at("name"), "not UTF-8: \xef\xbf\xbd, a tab:\t, fine: ü");
    EXPECT_EQ(events(trace, "i", "mark")[0].at("name"), "here");
    EXPECT_EQ(trace.at("otherData").at("scenario"), "x\\y");
    EXPECT_EQ(trace.at("otherData").at("trace.dropped"), 0);
}

TEST(ChromeTrace, StreamsInPiecesAndStopsWhenTheSinkFails) {
    TraceRecorder recorder;
    TraceTrack& loop = recorder.add_track("loop", TraceTrack::Kind::loop);
    const uint32_t name = recorder.intern("mark");
    for (uint64_t i = 0; i < 10'000; ++i) loop.record_at(i, Kind::mark, 0, name);
    size_t pieces = 0, largest = 0;
    write_chrome_trace(recorder, {}, [&](std::string_view piece) {
        ++pieces;
        largest = std::max(largest, piece.size());
    });
    EXPECT_GT(pieces, 5u);
    EXPECT_LT(largest, 100'000u);
    EXPECT_THROW(write_chrome_trace(recorder, {}, [](std::string_view) { throw std::runtime_error("full"); }),
                 std::runtime_error);
}

}  // namespace
}  // namespace asyncrun
