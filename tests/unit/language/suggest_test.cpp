// SPDX-License-Identifier: MIT
#include "engine/language/suggest.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

TEST(Suggest, CountsAnExchangeOfNeighboursAsOneEdit) {
    EXPECT_EQ(edit_distance("gahter", "gather"), 1u);
    EXPECT_EQ(edit_distance("", "abc"), 3u);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
    EXPECT_EQ(edit_distance("same", "same"), 0u);
}

TEST(Suggest, OffersTheNearestName) {
    const std::vector<std::string> names{"sleep", "sleep_until", "spawn", "gather", "span"};
    EXPECT_EQ(did_you_mean("slep", names), "did you mean 'sleep'?");
    EXPECT_EQ(did_you_mean("sleep_untill", names), "did you mean 'sleep_until'?");
    EXPECT_EQ(did_you_mean("gahter", names), "did you mean 'gather'?");
    EXPECT_EQ(did_you_mean("spwan", names), "did you mean 'spawn'?");
    EXPECT_EQ(did_you_mean("frobnicate", names), "");
}

TEST(Suggest, OffersShortNamesOnlyIfSomethingIsLeftInCommon) {
    EXPECT_EQ(did_you_mean("q1", std::vector<std::string>{"q"}), "did you mean 'q'?");
    EXPECT_EQ(did_you_mean("x", std::vector<std::string>{"y"}), "");
    EXPECT_EQ(did_you_mean("ab", std::vector<std::string>{"cd"}), "");
}

TEST(Suggest, TakesAnotherCaseForTheSameName) {
    EXPECT_EQ(did_you_mean("MAXSIZE", std::vector<std::string>{"minsize", "maxsize"}),
              "did you mean 'maxsize'?");
    EXPECT_EQ(did_you_mean("max-size", std::vector<std::string>{"max_size"}), "did you mean 'max_size'?");
}

TEST(Suggest, HasNothingToSayAboutTextThatIsNoName) {
    EXPECT_EQ(did_you_mean(std::string(100000, 'a'), std::vector<std::string>{std::string(100000, 'b'), "a"}),
              "");
}

}  // namespace
}  // namespace asyncrun
