// SPDX-License-Identifier: MIT
#include "engine/measure/histogram.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace asyncrun {

Histogram& Histogram::operator=(Histogram&& other) noexcept {
    if (this == &other) return *this;
    min_ = std::exchange(other.min_, std::numeric_limits<uint64_t>::max());
    max_ = std::exchange(other.max_, 0);
    sum_ = std::exchange(other.sum_, 0);
    count_ = std::exchange(other.count_, 0);
    saturated_ = std::exchange(other.saturated_, 0);
    chunks_ = std::move(other.chunks_);
    return *this;
}

Histogram& Histogram::operator=(const Histogram& other) {
    if (this == &other) return *this;
    clear();
    merge(other);
    return *this;
}

Histogram::Chunk* Histogram::allocate(uint32_t chunk) {
    chunks_[chunk] = std::make_unique<Chunk>();
    return chunks_[chunk].get();
}

void Histogram::clear() { *this = Histogram{}; }

void Histogram::merge(const Histogram& other) {
    if (other.count_ == 0) return;
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
    sum_ += other.sum_;
    count_ += other.count_;
    saturated_ += other.saturated_;
    for (uint32_t c = 0; c < kChunks; ++c) {
        if (!other.chunks_[c]) continue;
        Chunk& to = chunks_[c] ? *chunks_[c] : *allocate(c);
        for (uint32_t i = 0; i < kSubBuckets; ++i) to[i] += (*other.chunks_[c])[i];
    }
}

uint64_t Histogram::rank_of(uint64_t count, double percent) noexcept {
    const double exact = static_cast<double>(count) * std::clamp(percent, 0.0, 100.0) / 100.0;
    // 0.999 * 1000 is 999.0000000000001 in binary: a rank this close below a whole number means that number.
    const double rank = std::ceil(exact - exact * 1e-12);
    return std::clamp<uint64_t>(rank < 1 ? 1 : static_cast<uint64_t>(rank), 1, std::max<uint64_t>(count, 1));
}

int64_t Histogram::value_at_rank(uint64_t rank) const {
    if (count_ == 0) return 0;
    // The extremes are known exactly, so the ends of the distribution are not rounded to a bucket.
    if (rank >= count_) return static_cast<int64_t>(max_);
    uint64_t seen = 0;
    for (uint32_t c = 0; c < kChunks; ++c) {
        if (!chunks_[c]) continue;
        for (uint32_t i = 0; i < kSubBuckets; ++i) {
            seen += (*chunks_[c])[i];
            if (seen >= rank) {
                return static_cast<int64_t>(std::clamp(bucket_high((c << kSubBits) | i), min_, max_));
            }
        }
    }
    return static_cast<int64_t>(max_);
}

int64_t Histogram::percentile(double percent) const { return value_at_rank(rank_of(count_, percent)); }

double SignedHistogram::mean() const noexcept {
    if (empty()) return 0.0;
    const double sum = positive_.mean() * static_cast<double>(positive_.count()) -
                       negative_.mean() * static_cast<double>(negative_.count());
    return sum / static_cast<double>(count());
}

int64_t SignedHistogram::percentile(double percent) const {
    const uint64_t rank = Histogram::rank_of(count(), percent);
    const uint64_t below = negative_.count();
    // The smallest value is the largest magnitude: the ranks of the negative half run backwards.
    if (rank <= below) return -negative_.value_at_rank(below - rank + 1);
    return positive_.value_at_rank(rank - below);
}

}  // namespace asyncrun
