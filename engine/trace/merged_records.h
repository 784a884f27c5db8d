// SPDX-License-Identifier: MIT
#pragma once

#include "engine/trace/recorder.h"

#include <cstddef>
#include <queue>
#include <vector>

namespace asyncrun {

/// Walks all tracks' records in order of time: by ticks, then by track. O(log tracks) a record.
class MergedRecords {
  public:
    struct Item {
        size_t track = 0;
        TraceRecord record;
    };

    explicit MergedRecords(const TraceRecorder& recorder) {
        for (const auto& track : recorder.tracks()) {
            tracks_.push_back(track.get());
            positions_.push_back(0);
            push(tracks_.size() - 1);
        }
    }

    /// False at the end.
    bool next(Item& item) {
        if (heads_.empty()) return false;
        const size_t track = heads_.top().track;
        heads_.pop();
        item = {track, tracks_[track]->at(positions_[track]++)};
        push(track);
        return true;
    }

  private:
    struct Head {
        uint64_t ticks;
        size_t track;
        bool operator<(const Head& other) const noexcept {
            return ticks != other.ticks ? ticks > other.ticks : track > other.track;
        }
    };
    void push(size_t track) {
        if (positions_[track] < tracks_[track]->size()) {
            heads_.push({tracks_[track]->at(positions_[track]).ticks, track});
        }
    }

    std::vector<const TraceTrack*> tracks_;
    std::vector<size_t> positions_;
    std::priority_queue<Head> heads_;
};

}  // namespace asyncrun
