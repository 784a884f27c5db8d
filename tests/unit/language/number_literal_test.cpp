// SPDX-License-Identifier: MIT
#include "engine/language/number_literal.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

TEST(NumberLiteral, IsTheDoubleNearestToTheExactValue) {
    EXPECT_EQ(parse_decimal("9", "ms"), 0.009);
    EXPECT_NE(9 * 0.001, 0.009);  // what multiplying would give
    EXPECT_EQ(parse_decimal("0.1", "min"), 6.0);
    EXPECT_EQ(parse_decimal("1.1", "h"), 3960.0);
    EXPECT_EQ(parse_decimal("1e3", "ms"), 1.0);
    EXPECT_EQ(parse_decimal("3", "us"), 0.000003);
    EXPECT_EQ(parse_decimal("7", "ns"), 7e-9);
    EXPECT_EQ(parse_decimal("2.5", "s"), 2.5);
    EXPECT_EQ(parse_decimal(".5e1", ""), 5.0);
    EXPECT_EQ(parse_decimal("1.", ""), 1.0);
}

TEST(NumberLiteral, GoesToInfinityAndZeroAsPythonDoes) {
    EXPECT_TRUE(std::isinf(parse_decimal("1e999", "")));
    EXPECT_EQ(parse_decimal("1e-999", ""), 0.0);
    EXPECT_EQ(parse_decimal("0e999999999999999999", ""), 0.0);
    EXPECT_TRUE(std::isinf(parse_decimal("1e99999999999999999999999", "ms")));
    EXPECT_EQ(parse_decimal("5e-324", ""), 5e-324);
    EXPECT_EQ(parse_decimal("0." + std::string(100000, '0') + "1e100001", ""), 1.0);
}

}  // namespace
}  // namespace asyncrun
