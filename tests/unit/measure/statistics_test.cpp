// SPDX-License-Identifier: MIT
#include "engine/measure/statistics.h"

#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

std::vector<double> one_to(int n) {
    std::vector<double> v(static_cast<size_t>(n));
    std::iota(v.rbegin(), v.rend(), 1.0);  // descending: order must not matter
    return v;
}

TEST(Statistics, OfNothingAreZeroWithoutAnInterval) {
    const Statistics s = statistics_of({});
    EXPECT_EQ(s.n, 0u);
    EXPECT_EQ(s.median, 0);
    EXPECT_FALSE(s.interval);
}

TEST(Statistics, TakesTheMiddleOrTheMeanOfTheTwoMiddleOnes) {
    EXPECT_EQ(median_of(one_to(5)), 3);
    EXPECT_EQ(median_of(one_to(4)), 2.5);
}

TEST(Statistics, GivesExtremesMeanAndMedianDeviation) {
    const std::vector<double> v{1, 1, 2, 2, 4, 6, 9};
    const Statistics s = statistics_of(v);
    EXPECT_EQ(s.n, 7u);
    EXPECT_EQ(s.min, 1);
    EXPECT_EQ(s.max, 9);
    EXPECT_EQ(s.median, 2);
    EXPECT_EQ(s.mad, 1);
    EXPECT_DOUBLE_EQ(s.mean, 25.0 / 7);
}

TEST(MedianInterval, AtTwentyValuesIsTheSixthFromEachEnd) {
    const auto i = median_interval(one_to(20));
    ASSERT_TRUE(i);
    EXPECT_EQ(i->k, 6u);
    EXPECT_EQ(i->low, 6);
    EXPECT_EQ(i->high, 15);
    EXPECT_NEAR(i->confidence, 1 - 2 * 21700.0 / 1048576, 1e-12);
}

TEST(MedianInterval, NeedsSixValuesForNinetyFivePercent) {
    EXPECT_FALSE(median_interval(one_to(5)));
    const auto i = median_interval(one_to(6));
    ASSERT_TRUE(i);
    EXPECT_EQ(i->low, 1);
    EXPECT_EQ(i->high, 6);
    EXPECT_DOUBLE_EQ(i->confidence, 1 - 2.0 / 64);
}

TEST(MedianInterval, WorksForManyValues) {
    const auto i = median_interval(one_to(5000));
    ASSERT_TRUE(i);
    EXPECT_GE(i->confidence, 0.95);
    EXPECT_LT(i->confidence, 0.96);
}

}  // namespace
}  // namespace asyncrun
