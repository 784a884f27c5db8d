// SPDX-License-Identifier: MIT
#include "engine/report/human.h"

#include <cmath>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

TEST(Human, DurationsHaveThreeDigitsAndAUnit) {
    EXPECT_EQ(human::duration(0), "0 ns");
    EXPECT_EQ(human::duration(850), "850 ns");
    EXPECT_EQ(human::duration(2.8), "2.80 ns");
    EXPECT_EQ(human::duration(1234), "1.23 µs");
    EXPECT_EQ(human::duration(45'600'000), "45.6 ms");
    EXPECT_EQ(human::duration(1'500'000'000), "1.50 s");
    EXPECT_EQ(human::duration(90e9), "1.50 min");
    EXPECT_EQ(human::duration(7200e9), "2.00 h");
    EXPECT_EQ(human::duration(-1234), "-1.23 µs");
    EXPECT_EQ(human::duration(std::nan("")), "–");
}

TEST(Human, RoundsIntoTheNextUnitRatherThanToAThousand) {
    EXPECT_EQ(human::duration(999'400), "999 µs");
    EXPECT_EQ(human::duration(999'999), "1.00 ms");
    EXPECT_EQ(human::duration(9'996), "10.0 µs");
    EXPECT_EQ(human::duration(99'960), "100 µs");
}

TEST(Human, CountsAreExactWhileThereIsRoom) {
    EXPECT_EQ(human::count(0), "0");
    EXPECT_EQ(human::count(999), "999");
    EXPECT_EQ(human::count(1'234'567), "1,234,567");
    EXPECT_EQ(human::count(-1000), "-1,000");
    EXPECT_EQ(human::count(0.25), "0.25");
    EXPECT_EQ(human::count(123'456'789), "123 M");
    EXPECT_EQ(human::count(INFINITY), "–");
}

TEST(Human, KnowsBytesRatesAndShares) {
    EXPECT_EQ(human::bytes(512), "512 B");
    EXPECT_EQ(human::bytes(9'437'184), "9.00 MiB");
    EXPECT_EQ(human::rate(1'230'000), "1.23 M/s");
    EXPECT_EQ(human::percent(0.984), "98.4 %");
    EXPECT_EQ(human::percent(1), "100 %");
}

TEST(Human, FitsTextsIntoColumnsByCodePoints) {
    EXPECT_EQ(human::width("5 µs"), 4u);
    EXPECT_EQ(human::right("5 µs", 6), "  5 µs");
    EXPECT_EQ(human::left("µ", 3), "µ  ");
    EXPECT_EQ(human::left("überlang", 5), "über…");
}

}  // namespace
}  // namespace asyncrun
