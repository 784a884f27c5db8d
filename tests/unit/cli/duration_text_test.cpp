// SPDX-License-Identifier: MIT
#include "cli/duration_text.h"

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using namespace std::chrono_literals;

TEST(DurationText, ReadsANumberWithAUnit) {
    EXPECT_EQ(parse_duration("1s"), 1s);
    EXPECT_EQ(parse_duration("500ms"), 500ms);
    EXPECT_EQ(parse_duration("20us"), 20us);
    EXPECT_EQ(parse_duration("7ns"), 7ns);
    EXPECT_EQ(parse_duration("2min"), 2min);
    EXPECT_EQ(parse_duration("1.5h"), 90min);
    EXPECT_EQ(parse_duration("3 s"), 3s);
}

TEST(DurationText, TakesAPlainNumberForSeconds) {
    EXPECT_EQ(parse_duration("2"), 2s);
    EXPECT_EQ(parse_duration("0.25"), 250ms);
    EXPECT_EQ(parse_duration("1e-3"), 1ms);
    EXPECT_EQ(parse_duration("0"), 0s);
}

TEST(DurationText, RefusesWhatIsNoDuration) {
    for (const char* text :
         {"", "s", "1 parsec", "1m", "-1s", "nan", "inf", "1e300", "101000000h", "1s2", " 1s", "0x1s"}) {
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace asyncrun
