// SPDX-License-Identifier: MIT
#include "engine/interpreter/random.h"

#include "tests/unit/interpreter/expression_fixture.h"

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

// The expected numbers are those of section 7's formulas, computed by CPython with math.log1p, sqrt, cos and
// exp.

TEST(Random, IsSplitMix64) {
    Random random(0);
    EXPECT_EQ(random.next(), 0xe220a8397b1dcdafu);
    EXPECT_EQ(random.next(), 0x6e789e6aa1b965f4u);
    EXPECT_EQ(random.next(), 0x06c45d188009454fu);
    EXPECT_EQ(Random(static_cast<uint64_t>(-1)).next(), 0xe4d971771b652c20u);
}

TEST(Random, DrawsAsTheContractsFormulasDo) {
    EXPECT_EQ(Random(7).random(), 0.3898297483912715);
    EXPECT_EQ(Random(7).uniform(2, 3), 2.3898297483912714);
    EXPECT_DOUBLE_EQ(Random(7).exponential(2.0), 0.9880345195166049);
    EXPECT_DOUBLE_EQ(Random(7).normal(1.0, 2.0), 2.9769486646374705);
    EXPECT_DOUBLE_EQ(Random(7).lognormal(1.0, 2.0), 19.62783407363316);
    Random random(7);
    std::vector<int64_t> drawn;
    for (int i = 0; i < 8; ++i) drawn.push_back(random.randint(-5, 10));
    EXPECT_EQ(drawn, (std::vector<int64_t>{1, -5, 9, 4, 2, -2, 2, 0}));
}

TEST(Random, TakesTheWholeRangeOfIntegers) {
    Random random(7);
    for (int i = 0; i < 1000; ++i) random.randint(INT64_MIN, INT64_MAX);
    EXPECT_EQ(random.randint(5, 5), 5);
}

TEST(Random, IsReachedFromExpressions) {
    testing::Expressions expressions;
    EXPECT_EQ(expressions.show("[choice(['a', 'b', 'c', 'd']) for i in range(6)]"),
              "['b', 'a', 'd', 'c', 'b', 'a']");
    expressions.random_state = Random(7);
    EXPECT_EQ(expressions.show("[uniform(2, 3), random()]"), "[2.3898297483912714, 0.01678829452815611]");
    EXPECT_EQ(expressions.show("randint(1.0, 2)"), "!TypeError");
    EXPECT_EQ(expressions.show("uniform('a', 2)"), "!TypeError");
    EXPECT_EQ(expressions.show("lognormal(1e6, 0)"), "!OverflowError");
}

TEST(Random, ChecksRandintBeforeAndChoiceAfterDrawing) {
    testing::Expressions expressions;
    const uint64_t before = expressions.random_state.state();
    EXPECT_EQ(expressions.show("randint(2, 1)"), "!ValueError");
    EXPECT_EQ(expressions.random_state.state(), before);
    EXPECT_EQ(expressions.show("choice([])"), "!IndexError");
    EXPECT_NE(expressions.random_state.state(), before);
}

}  // namespace
}  // namespace asyncrun
