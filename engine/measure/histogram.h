// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <memory>

namespace asyncrun {

/// Keeps the distribution of durations (or depths) of a whole run in fixed memory, so that percentiles need
/// no list of samples and the histograms of several threads add up to the run's. Values are nanoseconds
/// unless the owner says otherwise.
///
/// Layout (HdrHistogram's with 3 significant digits, http://hdrhistogram.org): a value v < 1024 has a bucket
/// of its own. A larger one with 2^k <= v < 2^(k+1) falls into one of 1024 equal buckets of width w =
/// 2^(k-10). Error bound: w / v <= 2^(k-10) / 2^k = 1/1024 < 0.1 %, so percentiles, which are the bucket's
/// upper end, exceed the true sample by less than 0.1 % and are never below it. min, max, mean and count are
/// exact.
///
/// Covers 0 .. 2^42 - 1 ns (73 minutes); what lies beyond is counted in the last bucket and in `saturated`;
/// negative values are counted as 0 (SignedHistogram keeps them).
/// Cost: a few ns a value; 8 KiB for each power of two that occurs, at most 264 KiB. Not thread-safe.
class Histogram {
  public:
    static constexpr int kSubBits = 10;
    static constexpr uint32_t kSubBuckets = 1u << kSubBits;
    static constexpr int kMaxBits = 42;
    static constexpr uint64_t kMaxValue = (uint64_t{1} << kMaxBits) - 1;
    static constexpr uint32_t kChunks = kMaxBits - kSubBits + 1;
    static constexpr uint32_t kBuckets = kChunks * kSubBuckets;

    Histogram() = default;
    Histogram(Histogram&& other) noexcept { *this = std::move(other); }
    Histogram& operator=(Histogram&& other) noexcept;
    Histogram(const Histogram& other) { merge(other); }
    Histogram& operator=(const Histogram& other);

    void record(int64_t value) { record(value, 1); }

    /// `weight` counts the value that many times: time-weighted gauges pass the nanoseconds that it held.
    void record(int64_t value, uint64_t weight) {
        if (weight == 0) return;
        uint64_t v = value < 0 ? 0 : static_cast<uint64_t>(value);
        if (v < min_) min_ = v;
        if (v > max_) max_ = v;
        sum_ += static_cast<unsigned __int128>(v) * weight;
        count_ += weight;
        if (v > kMaxValue) [[unlikely]] {
            saturated_ += weight;
            v = kMaxValue;
        }
        const uint32_t index = index_of(v);
        Chunk* chunk = chunks_[index >> kSubBits].get();
        if (!chunk) [[unlikely]] {
            chunk = allocate(index >> kSubBits);
        }
        (*chunk)[index & (kSubBuckets - 1)] += weight;
    }

    void merge(const Histogram& other);
    void clear();

    uint64_t count() const noexcept { return count_; }
    bool empty() const noexcept { return count_ == 0; }
    /// Values beyond kMaxValue; `max` still tells how far.
    uint64_t saturated() const noexcept { return saturated_; }
    /// 0 when empty, like `max` and `mean`.
    int64_t min() const noexcept { return count_ ? static_cast<int64_t>(min_) : 0; }
    int64_t max() const noexcept { return static_cast<int64_t>(max_); }
    double mean() const noexcept {
        return count_ ? static_cast<double>(sum_) / static_cast<double>(count_) : 0.0;
    }
    /// The smallest bucket's upper end that at least `percent` (0..100) of the values do not exceed, within
    /// [min, max]. 0 when empty. O(buckets).
    int64_t percentile(double percent) const;

    /// For encoders: bucket counts in HdrHistogram's order. 0 <= index < kBuckets.
    uint64_t bucket_count(uint32_t index) const noexcept {
        const Chunk* chunk = chunks_[index >> kSubBits].get();
        return chunk ? (*chunk)[index & (kSubBuckets - 1)] : 0;
    }
    static constexpr uint32_t index_of(uint64_t value) noexcept {
        const int chunk = std::bit_width(value | (kSubBuckets - 1)) - kSubBits;
        const int shift = chunk > 1 ? chunk - 1 : 0;
        return (static_cast<uint32_t>(chunk) << kSubBits) |
               (static_cast<uint32_t>(value >> shift) & (kSubBuckets - 1));
    }
    static constexpr uint64_t bucket_low(uint32_t index) noexcept {
        const uint32_t chunk = index >> kSubBits;
        const uint64_t sub = index & (kSubBuckets - 1);
        return chunk == 0 ? sub : (sub | kSubBuckets) << (chunk - 1);
    }
    static constexpr uint64_t bucket_high(uint32_t index) noexcept {
        const uint32_t chunk = index >> kSubBits;
        return bucket_low(index) + (chunk <= 1 ? 0 : (uint64_t{1} << (chunk - 1)) - 1);
    }

    /// How many values lie at or below the rank of `percent`: ceil(count * percent / 100), at least 1.
    static uint64_t rank_of(uint64_t count, double percent) noexcept;
    /// The bucket value of the `rank`-th smallest value, from 1; within [min, max].
    int64_t value_at_rank(uint64_t rank) const;

  private:
    using Chunk = std::array<uint64_t, kSubBuckets>;
    Chunk* allocate(uint32_t chunk);

    uint64_t min_ = std::numeric_limits<uint64_t>::max();
    uint64_t max_ = 0;
    unsigned __int128 sum_ = 0;
    uint64_t count_ = 0;
    uint64_t saturated_ = 0;
    std::array<std::unique_ptr<Chunk>, kChunks> chunks_;
};

/// A histogram for values that may be negative, such as a timer's lateness: one Histogram for each sign.
/// Same error bound, in magnitude. Not thread-safe.
class SignedHistogram {
  public:
    void record(int64_t value) {
        if (value < 0) [[unlikely]] {
            negative_.record(
                value == std::numeric_limits<int64_t>::min() ? std::numeric_limits<int64_t>::max() : -value);
        } else {
            positive_.record(value);
        }
    }
    void merge(const SignedHistogram& other) {
        positive_.merge(other.positive_);
        negative_.merge(other.negative_);
    }

    uint64_t count() const noexcept { return positive_.count() + negative_.count(); }
    bool empty() const noexcept { return count() == 0; }
    int64_t min() const noexcept { return negative_.empty() ? positive_.min() : -negative_.max(); }
    int64_t max() const noexcept { return positive_.empty() ? -negative_.min() : positive_.max(); }
    double mean() const noexcept;
    int64_t percentile(double percent) const;

    /// Values of at least 0.
    const Histogram& positive() const noexcept { return positive_; }
    /// Magnitudes of the values below 0.
    const Histogram& negative() const noexcept { return negative_; }

  private:
    Histogram positive_;
    Histogram negative_;
};

}  // namespace asyncrun
