// SPDX-License-Identifier: MIT
#include "engine/trace/recorder.h"

#include "engine/trace/merged_records.h"

#include <thread>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

TEST(TraceRecord, KeepsKindSubjectAndDetail) {
    const TraceRecord r(77, TraceKind::counter, 4'000'000'000u, 12'345'678);
    EXPECT_EQ(r.ticks, 77u);
    EXPECT_EQ(r.kind(), TraceKind::counter);
    EXPECT_EQ(r.subject, 4'000'000'000u);
    EXPECT_EQ(r.detail(), 12'345'678u);
}

TEST(TraceRecord, StoresADetailThatIsTooLargeAsTheLargest) {
    EXPECT_EQ(TraceRecord(0, TraceKind::mark, 0, ~0u).detail(), TraceRecord::kMaxDetail);
    EXPECT_EQ(TraceRecord(0, TraceKind::mark, 0, ~0u).kind(), TraceKind::mark);
}

TEST(TraceRecorder, GivesEqualTextsOneIdAndTheEmptyOneZero) {
    TraceRecorder recorder;
    const uint32_t a = recorder.intern("worker");
    EXPECT_EQ(recorder.intern(std::string("work") + "er"), a);
    EXPECT_NE(recorder.intern("main"), a);
    EXPECT_EQ(recorder.intern(""), 0u);
    EXPECT_EQ(recorder.text(a), "worker");
}

TEST(TraceRecorder, KeepsRecordsInOrderAcrossChunks) {
    TraceRecorder recorder;
    TraceTrack& track = recorder.add_track("loop", TraceTrack::Kind::loop);
    const size_t n = TraceTrack::kChunkRecords * 2 + 5;
    for (size_t i = 0; i < n; ++i) track.record_at(i, TraceKind::poll_begin, static_cast<uint32_t>(i));
    ASSERT_EQ(track.size(), n);
    for (size_t i = 0; i < n; ++i) ASSERT_EQ(track.at(i).subject, i);
    EXPECT_EQ(recorder.records(), n);
    EXPECT_EQ(recorder.dropped(), 0u);
}

TEST(TraceRecorder, DropsAndCountsWhatExceedsItsMemory) {
    TraceRecorder recorder(TraceTrack::kChunkBytes);
    TraceTrack& a = recorder.add_track("loop", TraceTrack::Kind::loop);
    TraceTrack& b = recorder.add_track("worker", TraceTrack::Kind::worker);
    for (size_t i = 0; i < TraceTrack::kChunkRecords + 3; ++i) a.record_at(i, TraceKind::mark, 0);
    b.record_at(0, TraceKind::mark, 0);
    EXPECT_EQ(a.size(), TraceTrack::kChunkRecords);
    EXPECT_EQ(a.dropped(), 3u);
    EXPECT_EQ(b.size(), 0u);
    EXPECT_EQ(recorder.dropped(), 4u);
    EXPECT_EQ(recorder.text(recorder.intern("more")), "(dropped)");
}

TEST(TraceRecorder, LetsEveryThreadRecordOnATrackOfItsOwn) {
    TraceRecorder recorder;
    std::vector<std::thread> threads;
    for (uint32_t t = 0; t < 3; ++t) {
        threads.emplace_back([&recorder, t] {
            TraceTrack& track = recorder.add_track("worker " + std::to_string(t), TraceTrack::Kind::worker);
            for (uint32_t i = 0; i < 20'000; ++i) {
                track.record(TraceKind::job_begin, i, recorder.intern(i % 2 ? "odd" : "even"));
            }
        });
    }
    for (auto& t : threads) t.join();
    EXPECT_EQ(recorder.records(), 60'000u);
    MergedRecords merged(recorder);
    uint64_t last = 0;
    size_t n = 0;
    for (MergedRecords::Item item; merged.next(item); ++n) {
        ASSERT_GE(item.record.ticks, last);
        last = item.record.ticks;
    }
    EXPECT_EQ(n, 60'000u);
}

}  // namespace
}  // namespace asyncrun
