// SPDX-License-Identifier: MIT
#include "engine/language/format_spec.h"

#include <string>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

TEST(FormatSpec, TakesEveryPartApart) {
    FormatSpec spec;
    ASSERT_FALSE(parse_format_spec("\xC3\xA9^+#012,.3f", spec));
    EXPECT_EQ(spec.fill, "\xC3\xA9");
    EXPECT_EQ(spec.align, '^');
    EXPECT_EQ(spec.sign, '+');
    EXPECT_TRUE(spec.alternate);
    EXPECT_TRUE(spec.zero);
    EXPECT_EQ(spec.width, 12);
    EXPECT_EQ(spec.grouping, ',');
    EXPECT_EQ(spec.precision, 3);
    EXPECT_EQ(spec.type, 'f');
    ASSERT_FALSE(parse_format_spec("", spec));
    EXPECT_EQ(spec.width, -1);
    EXPECT_EQ(spec.precision, -1);
    ASSERT_FALSE(parse_format_spec("<<", spec));
    EXPECT_EQ(spec.fill, "<");
    for (const char* good : {">8", "08d", ".2%", "_x", " d", "=+5", "10s", "e"})
        EXPECT_FALSE(parse_format_spec(good, spec)) << good;
}

std::string wrong(const std::string& text) {
    FormatSpec spec;
    const auto error = parse_format_spec(text, spec);
    return error ? std::to_string(error->begin) + "-" + std::to_string(error->end) + " " + error->message
                 : "fine";
}

TEST(FormatSpec, PointsAtWhatIsWrong) {
    EXPECT_EQ(wrong(".3q"), "2-3 'q' is not a format type, which is one of b c d e E f F g G n o s x X %");
    EXPECT_EQ(wrong("8.f"), "1-2 digits are missing after '.' in the format");
    EXPECT_EQ(wrong("8ff"), "2-3 the format should end after its type 'f'");
    EXPECT_EQ(wrong(",_"), "1-2 a format has one of ',' and '_'");
    EXPECT_EQ(wrong("99999999999999999999"), "0-20 a format's width goes up to 10000");
    EXPECT_EQ(wrong(".3d"), "0-2 a precision is not allowed with the integer format 'd'");
    EXPECT_EQ(wrong(",s"), "1-2 ',' is not allowed with the format 's'");
    EXPECT_EQ(wrong("+s"), "0-2 a sign, '#' and '=' are not allowed with the format 's'");
    EXPECT_EQ(wrong("%H:%M"), "1-5 the format should end after its type '%'");
}

}  // namespace
}  // namespace asyncrun
