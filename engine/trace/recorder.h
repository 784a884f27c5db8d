// SPDX-License-Identifier: MIT
#pragma once

#include "engine/measure/clock.h"
#include "engine/trace/record.h"

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace asyncrun {

class TraceRecorder;

/// Where one thread records: a row of the trace. Used by one thread at a time; owned by the recorder.
/// Everybody else holds a pointer that is null when tracing is off, so that off costs one branch:
/// `if (track) track->record(TraceKind::poll_begin, task_id);`
class TraceTrack {
  public:
    static constexpr size_t kChunkBytes = 256 * 1024;
    static constexpr size_t kChunkRecords = kChunkBytes / sizeof(TraceRecord);

    enum class Kind { loop, worker };

    /// At the present tick.
    void record(TraceKind kind, uint32_t subject, uint32_t detail = 0) {
        record_at(ticks(), kind, subject, detail);
    }
    /// At a given tick, not before the track's last: for a virtual clock, or a stamp taken already.
    void record_at(uint64_t at, TraceKind kind, uint32_t subject, uint32_t detail = 0) {
        if (next_ == end_) [[unlikely]] {
            if (!grow()) {
                ++dropped_;
                return;
            }
        }
        *next_++ = TraceRecord(at, kind, subject, detail);
    }

    const std::string& name() const noexcept { return name_; }
    Kind kind() const noexcept { return kind_; }
    size_t size() const noexcept;
    const TraceRecord& at(size_t index) const noexcept {
        return chunks_[index / kChunkRecords][index % kChunkRecords];
    }
    uint64_t dropped() const noexcept { return dropped_; }

  private:
    friend class TraceRecorder;
    TraceTrack(TraceRecorder& recorder, std::string name, Kind kind)
        : recorder_(recorder), name_(std::move(name)), kind_(kind) {}
    bool grow();

    TraceRecord* next_ = nullptr;
    TraceRecord* end_ = nullptr;
    uint64_t dropped_ = 0;
    TraceRecorder& recorder_;
    std::string name_;
    Kind kind_;
    std::vector<std::unique_ptr<TraceRecord[]>> chunks_;
};

/// Collects a run's trace in memory, bounded: when the memory is used up, further records are dropped and
/// counted. A null pointer to it (and to its tracks) means that tracing is off. Adding tracks, texts and ids
/// is for any thread; reading only when no thread records any more.
class TraceRecorder {
  public:
    static constexpr size_t kDefaultBytes = size_t{64} << 20;

    explicit TraceRecorder(size_t max_bytes = kDefaultBytes);
    TraceRecorder(const TraceRecorder&) = delete;
    TraceRecorder& operator=(const TraceRecorder&) = delete;

    /// The track lives as long as the recorder. Shown in the order of creation.
    TraceTrack& add_track(std::string name, TraceTrack::Kind kind);
    /// The id of a text; equal texts have equal ids, 0 is the empty one. Takes a lock: look static names up
    /// once. Texts count against the memory as well; beyond it the id is that of "(dropped)".
    uint32_t intern(std::string_view text);
    const std::string& text(uint32_t id) const;
    /// A new id, from 1, for a span or a job.
    uint32_t next_id() noexcept { return ids_.fetch_add(1, std::memory_order_relaxed) + 1; }

    const std::deque<std::unique_ptr<TraceTrack>>& tracks() const noexcept { return tracks_; }
    uint64_t records() const noexcept;
    uint64_t dropped() const noexcept;

  private:
    friend class TraceTrack;
    bool reserve(size_t bytes) noexcept;

    std::atomic<int64_t> bytes_left_;
    std::atomic<uint32_t> ids_{0};
    mutable std::mutex mutex_;
    std::deque<std::unique_ptr<TraceTrack>> tracks_;
    std::deque<std::string> texts_;
    std::unordered_map<std::string_view, uint32_t> text_ids_;
};

}  // namespace asyncrun
