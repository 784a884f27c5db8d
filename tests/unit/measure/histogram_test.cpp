// SPDX-License-Identifier: MIT
#include "engine/measure/histogram.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

int64_t exact(std::vector<int64_t> values, double percent) {
    std::sort(values.begin(), values.end());
    const double rank = std::ceil(static_cast<double>(values.size()) * percent / 100);
    return values[std::max<size_t>(static_cast<size_t>(rank), 1) - 1];
}

std::vector<int64_t> spread_over_magnitudes(size_t n) {
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> exponent(0, 41);
    std::vector<int64_t> values;
    for (size_t i = 0; i < n; ++i) values.push_back(static_cast<int64_t>(std::exp2(exponent(random))));
    return values;
}

TEST(Histogram, IsEmptyAtFirst) {
    Histogram h;
    EXPECT_TRUE(h.empty());
    EXPECT_EQ(h.percentile(50), 0);
    EXPECT_EQ(h.min(), 0);
    EXPECT_EQ(h.max(), 0);
    EXPECT_EQ(h.mean(), 0.0);
}

TEST(Histogram, BucketsFollowEachOtherWithoutGapOrOverlap) {
    uint64_t next = 0;
    for (uint32_t i = 0; i < Histogram::kBuckets; ++i) {
        ASSERT_EQ(Histogram::bucket_low(i), next) << i;
        ASSERT_EQ(Histogram::index_of(Histogram::bucket_low(i)), i);
        ASSERT_EQ(Histogram::index_of(Histogram::bucket_high(i)), i);
        next = Histogram::bucket_high(i) + 1;
    }
    EXPECT_EQ(next, Histogram::kMaxValue + 1);
}

TEST(Histogram, PercentilesAreNeverBelowTheTrueOnesAndLessThanOneInAThousandAbove) {
    const auto values = spread_over_magnitudes(20'000);
    Histogram h;
    for (int64_t v : values) h.record(v);
    for (double p : {0.0, 1.0, 25.0, 50.0, 90.0, 99.0, 99.9, 100.0}) {
        const int64_t truth = exact(values, p);
        EXPECT_GE(h.percentile(p), truth) << p;
        EXPECT_LE(static_cast<double>(h.percentile(p)), static_cast<double>(truth) * (1 + 1.0 / 1024)) << p;
    }
}

TEST(Histogram, SmallValuesMinMaxMeanAndCountAreExact) {
    Histogram h;
    for (int v = 1; v <= 1000; ++v) h.record(v);
    EXPECT_EQ(h.count(), 1000u);
    EXPECT_EQ(h.min(), 1);
    EXPECT_EQ(h.max(), 1000);
    EXPECT_DOUBLE_EQ(h.mean(), 500.5);
    EXPECT_EQ(h.percentile(50), 500);
    EXPECT_EQ(h.percentile(99.9), 999);
    EXPECT_EQ(h.percentile(100), 1000);
}

TEST(Histogram, MergingEqualsRecordingEverythingInOne) {
    const auto values = spread_over_magnitudes(2000);
    Histogram all, odd, even;
    for (size_t i = 0; i < values.size(); ++i) {
        all.record(values[i]);
        (i % 2 ? odd : even).record(values[i]);
    }
    odd.merge(even);
    EXPECT_EQ(odd.count(), all.count());
    EXPECT_EQ(odd.min(), all.min());
    EXPECT_EQ(odd.max(), all.max());
    EXPECT_DOUBLE_EQ(odd.mean(), all.mean());
    for (uint32_t i = 0; i < Histogram::kBuckets; ++i) ASSERT_EQ(odd.bucket_count(i), all.bucket_count(i));
}

TEST(Histogram, WhatIsBeyondItsRangeIsCountedAndStillSeenInTheMaximum) {
    Histogram h;
    h.record(10);
    h.record(static_cast<int64_t>(Histogram::kMaxValue) + 5);
    EXPECT_EQ(h.count(), 2u);
    EXPECT_EQ(h.saturated(), 1u);
    EXPECT_EQ(h.max(), static_cast<int64_t>(Histogram::kMaxValue) + 5);
    EXPECT_EQ(h.percentile(50), 10);
}

TEST(Histogram, AWeightCountsAValueSoManyTimes) {
    Histogram h;
    h.record(3, 9);
    h.record(7, 1);
    h.record(1000, 0);
    EXPECT_EQ(h.count(), 10u);
    EXPECT_DOUBLE_EQ(h.mean(), 3.4);
    EXPECT_EQ(h.percentile(90), 3);
    EXPECT_EQ(h.percentile(91), 7);
    EXPECT_EQ(h.max(), 7);
}

TEST(Histogram, NegativeValuesCountAsZero) {
    Histogram h;
    h.record(-5);
    EXPECT_EQ(h.min(), 0);
    EXPECT_EQ(h.bucket_count(0), 1u);
}

TEST(Histogram, CopiesAreIndependentAndMovedFromOnesAreEmpty) {
    Histogram a;
    a.record(5);
    Histogram copy = a;
    copy.record(6);
    EXPECT_EQ(a.count(), 1u);
    EXPECT_EQ(copy.count(), 2u);
    const Histogram moved = std::move(copy);
    EXPECT_EQ(moved.count(), 2u);
    EXPECT_TRUE(copy.empty());  // NOLINT: stated by the class
    copy.record(9);
    EXPECT_EQ(copy.min(), 9);
}

TEST(SignedHistogram, OrdersBothSigns) {
    SignedHistogram h;
    for (int64_t v : {-300, -200, -100, 0, 100, 200, 300, 400, 500, 600}) h.record(v);
    EXPECT_EQ(h.count(), 10u);
    EXPECT_EQ(h.min(), -300);
    EXPECT_EQ(h.max(), 600);
    EXPECT_EQ(h.percentile(10), -300);
    EXPECT_EQ(h.percentile(30), -100);
    EXPECT_EQ(h.percentile(40), 0);
    EXPECT_EQ(h.percentile(50), 100);
    EXPECT_EQ(h.percentile(100), 600);
    EXPECT_DOUBLE_EQ(h.mean(), 150.0);
}

TEST(SignedHistogram, KnowsItsExtremesWhenAllAreNegative) {
    SignedHistogram h;
    h.record(-10);
    h.record(-30);
    EXPECT_EQ(h.min(), -30);
    EXPECT_EQ(h.max(), -10);
    EXPECT_EQ(h.percentile(50), -30);
    EXPECT_EQ(h.percentile(100), -10);
    h.record(std::numeric_limits<int64_t>::min());
    EXPECT_EQ(h.count(), 3u);
}

}  // namespace
}  // namespace asyncrun
