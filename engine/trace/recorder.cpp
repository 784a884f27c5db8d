// SPDX-License-Identifier: MIT
#include "engine/trace/recorder.h"

namespace asyncrun {
namespace {

constexpr uint32_t kDroppedText = 1;
/// What a text costs beside its bytes: the string, the table's node and bucket.
constexpr size_t kTextOverheadBytes = 96;

}  // namespace

size_t TraceTrack::size() const noexcept {
    return chunks_.empty() ? 0 : chunks_.size() * kChunkRecords - static_cast<size_t>(end_ - next_);
}

bool TraceTrack::grow() {
    if (!recorder_.reserve(kChunkBytes)) return false;
    // Value-initialised, so that its pages are there before they are recorded to.
    chunks_.push_back(std::make_unique<TraceRecord[]>(kChunkRecords));
    next_ = chunks_.back().get();
    end_ = next_ + kChunkRecords;
    return true;
}

TraceRecorder::TraceRecorder(size_t max_bytes) : bytes_left_(static_cast<int64_t>(max_bytes)) {
    for (const char* text : {"", "(dropped)"}) {
        texts_.emplace_back(text);
        text_ids_.emplace(texts_.back(), static_cast<uint32_t>(texts_.size() - 1));
    }
}

bool TraceRecorder::reserve(size_t bytes) noexcept {
    const int64_t size = static_cast<int64_t>(bytes);
    int64_t left = bytes_left_.load(std::memory_order_relaxed);
    do {
        if (left < size) return false;
    } while (!bytes_left_.compare_exchange_weak(left, left - size, std::memory_order_relaxed));
    return true;
}

TraceTrack& TraceRecorder::add_track(std::string name, TraceTrack::Kind kind) {
    std::lock_guard lock(mutex_);
    tracks_.emplace_back(new TraceTrack(*this, std::move(name), kind));
    // A loop records from its first step on; a worker may never get a job.
    if (kind == TraceTrack::Kind::loop) tracks_.back()->grow();
    return *tracks_.back();
}

uint32_t TraceRecorder::intern(std::string_view text) {
    std::lock_guard lock(mutex_);
    if (auto known = text_ids_.find(text); known != text_ids_.end()) return known->second;
    if (texts_.size() > TraceRecord::kMaxDetail || !reserve(text.size() + kTextOverheadBytes))
        return kDroppedText;
    texts_.emplace_back(text);
    const uint32_t id = static_cast<uint32_t>(texts_.size() - 1);
    text_ids_.emplace(texts_.back(), id);
    return id;
}

const std::string& TraceRecorder::text(uint32_t id) const {
    std::lock_guard lock(mutex_);
    return texts_[id < texts_.size() ? id : kDroppedText];
}

uint64_t TraceRecorder::records() const noexcept {
    std::lock_guard lock(mutex_);
    uint64_t sum = 0;
    for (const auto& track : tracks_) sum += track->size();
    return sum;
}

uint64_t TraceRecorder::dropped() const noexcept {
    std::lock_guard lock(mutex_);
    uint64_t sum = 0;
    for (const auto& track : tracks_) sum += track->dropped();
    return sum;
}

}  // namespace asyncrun
