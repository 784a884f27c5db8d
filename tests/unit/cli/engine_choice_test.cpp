// SPDX-License-Identifier: MIT
#include "cli/engine_choice.h"

#include "cli/exit_code.h"

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using Names = std::vector<std::string>;

const std::vector<EngineStatus> known = {{"fast", "", "the first", ""},
                                         {"pool", "thread-pool", "the second", ""},
                                         {"ring", "", "the third", "the kernel lacks it"}};

TEST(EngineChoice, KeepsTheOrderAskedForAndEachNameOnce) {
    const EngineChoice choice = choose_engines({"pool,fast", "pool"}, known);
    EXPECT_EQ(choice.names, (Names{"pool", "fast"}));
    EXPECT_TRUE(choice.several);
}

TEST(EngineChoice, TakesAnAliasForTheEngineItself) {
    const EngineChoice choice = choose_engines({"thread-pool"}, known);
    EXPECT_EQ(choice.names, Names{"pool"});
    EXPECT_FALSE(choice.several);
}

TEST(EngineChoice, SkipsWhatIsUnavailableAmongAll) {
    const EngineChoice choice = choose_engines({"all"}, known);
    EXPECT_EQ(choice.names, (Names{"fast", "pool"}));
    ASSERT_EQ(choice.skipped.size(), 1u);
    EXPECT_EQ(choice.skipped[0].unavailable, "the kernel lacks it");
}

TEST(EngineChoice, CountsAllAsSeveralWhateverIsAvailable) {
    EXPECT_TRUE(choose_engines({"all"}, {known[0], known[2]}).several);
}

TEST(EngineChoice, RefusesAnUnavailableEngineThatWasNamed) {
    try {
        choose_engines({"fast,ring"}, known);
        FAIL() << "it was accepted";
    } catch (const CommandError& error) {
        EXPECT_EQ(error.code(), ExitCode::unavailable);
        EXPECT_STREQ(error.what(), "the engine 'ring' is not available here: the kernel lacks it");
    }
}

TEST(EngineChoice, RefusesAnUnknownEngineAndNamesTheNearest) {
    try {
        choose_engines({"pol"}, known);
        FAIL() << "it was accepted";
    } catch (const CommandError& error) {
        EXPECT_EQ(error.code(), ExitCode::invalid);
        EXPECT_EQ(error.hint(), "did you mean 'pool'? The engines are: all, fast, pool, ring");
    }
}

TEST(ExitCode, OfSeveralRunsTheWorstCounts) {
    const ExitCode in_order[] = {ExitCode::fine, ExitCode::failed, ExitCode::time_limit,
                                 ExitCode::interrupted};
    for (const ExitCode a : in_order) {
        for (const ExitCode b : in_order) {
            EXPECT_EQ(worse_of(a, b), static_cast<int>(a) > static_cast<int>(b) ? a : b);
        }
    }
}

}  // namespace
}  // namespace asyncrun
