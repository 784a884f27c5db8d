// SPDX-License-Identifier: MIT
#include "engine/language/diagnostic.h"

#include <string>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

Span find(const SourceFile& source, const std::string& what) {
    const size_t at = source.text().find(what);
    return {static_cast<uint32_t>(at), static_cast<uint32_t>(at + what.size())};
}

std::string rendered(const std::string& text, const std::string& what) {
    const SourceFile source("s.toml", text);
    return render_diagnostic({Severity::error, find(source, what), "bad", ""}, source);
}

TEST(Diagnostic, HasTheFormOfACompilersError) {
    const SourceFile source("scenario.toml", std::string(11, '\n') + "  { put = \"q1\", item = \"i\" },\n");
    const Diagnostic diagnostic{Severity::error, find(source, "\"q1\""),
                                "no queue, variable or argument is named 'q1'", "did you mean 'q'?"};
    EXPECT_EQ(render_diagnostic(diagnostic, source),
              "scenario.toml:12:11: error: no queue, variable or argument is named 'q1'; did you mean 'q'?\n"
              "   12 |   { put = \"q1\", item = \"i\" },\n"
              "      |           ^~~~\n");
}

TEST(Diagnostic, WithoutAPlaceIsOneLine) {
    const SourceFile source("s.toml", "a = 1");
    EXPECT_EQ(render_diagnostic({Severity::warning, {}, "no main", "add one"}, source),
              "s.toml: warning: no main; add one\n");
}

TEST(Diagnostic, PrintsTabsAsSpacesAndCountsThemAsOneColumn) {
    EXPECT_EQ(rendered("\ta = \tfoo # x", "foo"),
              "s.toml:1:7: error: bad\n"
              "    1 |     a =     foo # x\n"
              "      |             ^~~\n");
}

TEST(Diagnostic, GivesWideCharactersTwoCaretsAndCombiningOnesNone) {
    EXPECT_EQ(rendered("a = \"\u4e2d\u6587\" + b", "\u6587\" +"),
              "s.toml:1:7: error: bad\n"
              "    1 | a = \"\u4e2d\u6587\" + b\n"
              "      |        ^~~~~\n");
    EXPECT_EQ(rendered("e\u0301 = foo", "foo"),
              "s.toml:1:6: error: bad\n"
              "    1 | e\u0301 = foo\n"
              "      |     ^~~\n");
}

TEST(Diagnostic, NeverSendsControlCharactersToTheTerminal) {
    EXPECT_EQ(rendered("a\x1b[31m = foo", "foo"),
              "s.toml:1:10: error: bad\n"
              "    1 | a\uFFFD[31m = foo\n"
              "      |          ^~~\n");
}

TEST(Diagnostic, UnderlinesTheFirstLineOfALongerSpan) {
    EXPECT_EQ(rendered("a = [ # x  \n 1 ]", "[ # x  \n 1 ]"),
              "s.toml:1:5: error: bad\n"
              "    1 | a = [ # x\n"
              "      |     ^~~~~\n");
}

TEST(Diagnostic, PointsBehindTheEndOfALine) {
    EXPECT_EQ(rendered("a =\nb", "\n"),
              "s.toml:1:4: error: bad\n"
              "    1 | a =\n"
              "      |    ^\n");
    const SourceFile empty("s.toml", "");
    EXPECT_EQ(render_diagnostic({Severity::error, {0, 1}, "bad", ""}, empty),
              "s.toml:1:1: error: bad\n    1 |\n      | ^\n");
}

TEST(Diagnostic, CutsALongLineAroundThePlace) {
    const std::string before(1000, 'a');
    const std::string after(100000, 'b');
    EXPECT_EQ(rendered(before + "foo" + after, "foo"),
              "s.toml:1:1001: error: bad\n"
              "    1 | ..." +
                  std::string(40, 'a') + "foo" + std::string(77, 'b') +
                  "...\n"
                  "      | " +
                  std::string(43, ' ') + "^~~\n");
    EXPECT_EQ(rendered("foo" + after, "foo"),
              "s.toml:1:1: error: bad\n"
              "    1 | foo" +
                  std::string(117, 'b') +
                  "...\n"
                  "      | ^~~\n");
}

TEST(Diagnostic, ColoursWhenAskedTo) {
    const SourceFile source("s.toml", "foo");
    EXPECT_EQ(render_diagnostic({Severity::error, {0, 3}, "bad", ""}, source, true),
              "\x1b[1ms.toml:1:1:\x1b[0m \x1b[1;31merror:\x1b[0m \x1b[1mbad\x1b[0m\n"
              "    1 | foo\n"
              "      | \x1b[1;31m^~~\x1b[0m\n");
}

TEST(Diagnostics, AreSortedByPlaceWithoutRepetitionsAndKeepTheirNotes) {
    const SourceFile source("s.toml", "abcdef");
    Diagnostics diagnostics(source);
    diagnostics.error({4, 5}, "late");
    diagnostics.note({0, 1}, "about late");
    diagnostics.error({2, 3}, "early");
    diagnostics.error({4, 5}, "late");
    diagnostics.warning({2, 3}, "early");
    const auto all = diagnostics.all();
    ASSERT_EQ(all.size(), 4u);
    EXPECT_EQ(all[0].message, "early");
    EXPECT_EQ(all[1].severity, Severity::warning);
    EXPECT_EQ(all[2].message, "late");
    EXPECT_EQ(all[3].message, "about late");
    EXPECT_EQ(diagnostics.summary(), "2 errors, 1 warning");
}

TEST(Diagnostics, SummariseWhatThereIs) {
    const SourceFile source("s.toml", "abcdef");
    Diagnostics diagnostics(source);
    EXPECT_EQ(diagnostics.summary(), "");
    diagnostics.warning({0, 1}, "a");
    diagnostics.warning({1, 2}, "b");
    EXPECT_FALSE(diagnostics.has_errors());
    EXPECT_EQ(diagnostics.summary(), "2 warnings");
    diagnostics.error({0, 1}, "c");
    EXPECT_TRUE(diagnostics.has_errors());
    EXPECT_EQ(diagnostics.summary(), "1 error, 2 warnings");
}

}  // namespace
}  // namespace asyncrun
