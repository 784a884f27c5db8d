// SPDX-License-Identifier: MIT
#include "engine/language/document.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

class Document : public testing::Test {
  protected:
    const Node& load(const std::string& text) {
        source_ = std::make_unique<SourceFile>("s.toml", text);
        diagnostics_ = std::make_unique<Diagnostics>(*source_);
        root_ = load_document(*source_, *diagnostics_);
        EXPECT_NE(root_, nullptr) << diagnostics_->render();
        static const Node nothing;
        return root_ ? *root_ : nothing;
    }

    std::string error_of(const std::string& text) {
        source_ = std::make_unique<SourceFile>("s.toml", text);
        diagnostics_ = std::make_unique<Diagnostics>(*source_);
        root_ = load_document(*source_, *diagnostics_);
        EXPECT_EQ(root_, nullptr);
        EXPECT_EQ(diagnostics_->error_count(), 1u);
        return diagnostics_->render();
    }

    std::string at(Span span) const { return source_->text().substr(span.begin, span.end - span.begin); }

    std::unique_ptr<SourceFile> source_;
    std::unique_ptr<Diagnostics> diagnostics_;
    std::unique_ptr<Node> root_;
};

TEST_F(Document, KeepsTheOrderOfTheFile) {
    const Node& root = load("zebra = 1\n[b]\ny = 1\nx = 2\n[a]\n[b.sub]\n");
    ASSERT_EQ(root.entries.size(), 3u);
    EXPECT_EQ(root.entries[0].key, "zebra");
    EXPECT_EQ(root.entries[1].key, "b");
    EXPECT_EQ(root.entries[2].key, "a");
    const Node& b = root.entries[1].value;
    ASSERT_EQ(b.entries.size(), 3u);
    EXPECT_EQ(b.entries[0].key, "y");
    EXPECT_EQ(b.entries[1].key, "x");
    EXPECT_EQ(b.entries[2].key, "sub");
    EXPECT_EQ(at(b.entries[1].key_span), "x");
    EXPECT_EQ(root.find("nothing"), nullptr);
}

TEST_F(Document, HasEveryKindOfValue) {
    const Node& root = load(
        "s = 'x'\ni = -9223372036854775808\nf = 1.5\nb = true\nd = 1979-05-27\na = [1]\nt = {}\nh = 0xff\n");
    EXPECT_EQ(root.find("s")->text(), "x");
    EXPECT_EQ(root.find("i")->integer, INT64_MIN);
    EXPECT_EQ(root.find("f")->real, 1.5);
    EXPECT_TRUE(root.find("b")->boolean);
    EXPECT_EQ(root.find("d")->kind, NodeKind::datetime);
    EXPECT_EQ(root.find("d")->text(), "1979-05-27");
    EXPECT_EQ(root.find("a")->items.at(0).integer, 1);
    EXPECT_TRUE(root.find("t")->braces);
    EXPECT_EQ(root.find("h")->integer, 255);
    EXPECT_EQ(describe(root.find("i")->kind), "an integer");
}

TEST_F(Document, SpansCoverTheValuesText) {
    const Node& root = load(
        "[coroutine.main] # c\nsteps = [ # d\n  { put = \"q\", n = 1 }, \"pass\" ]\n[[e]]\nx = 1\n[[e]]\n");
    const Node& main = *root.find("coroutine")->find("main");
    EXPECT_EQ(at(main.span), "[coroutine.main]");
    EXPECT_FALSE(main.braces);
    const Node& steps = *main.find("steps");
    EXPECT_EQ(at(steps.span), "[ # d\n  { put = \"q\", n = 1 }, \"pass\" ]");
    EXPECT_EQ(at(steps.items[0].span), "{ put = \"q\", n = 1 }");
    EXPECT_EQ(at(steps.items[0].entries[0].value.span), "\"q\"");
    EXPECT_EQ(at(steps.items[0].entries[1].value.span), "1");
    EXPECT_EQ(at(steps.items[1].span), "\"pass\"");
    const Node& e = *root.find("e");
    ASSERT_EQ(e.items.size(), 2u);
    EXPECT_EQ(at(e.span), "[[e]]");
    EXPECT_EQ(at(e.items[1].span), "[[e]]");
    EXPECT_GT(e.items[1].span.begin, e.items[0].span.begin);
}

TEST_F(Document, MapsDecodedTextBackThroughEscapes) {
    const Node& root = load("a = \"x\\u00e9\\ty\\\\\"\n");
    const Node& a = *root.find("a");
    ASSERT_EQ(a.text(), "x\xC3\xA9\ty\\");
    EXPECT_EQ(at(a.string.span(0, 1)), "x");
    EXPECT_EQ(at(a.string.span(1, 3)), "\\u00e9");
    EXPECT_EQ(at(a.string.span(3, 4)), "\\t");
    EXPECT_EQ(at(a.string.span(4, 5)), "y");
    EXPECT_EQ(at(a.string.span(5, 6)), "\\\\");
    EXPECT_EQ(at(a.string.span(6, 6)), "\"");
    EXPECT_EQ(at(a.string.span(0, 5)), "x\\u00e9\\ty");
}

TEST_F(Document, MapsMultiLineStringsOfBothForms) {
    const Node& root =
        load("a = \"\"\"\r\none\r\ntwo \\\r\n   three\"\"\"\nb = '''\nx\\y''z'''\nc = \"\"\"q\"\"\"\"\"\n");
    const MappedText& a = root.find("a")->string;
    ASSERT_EQ(a.text(), "one\ntwo three");
    EXPECT_EQ(at(a.span(0, 3)), "one");
    EXPECT_EQ(at(a.span(3, 4)), "\r\n");
    EXPECT_EQ(at(a.span(8, 13)), "three");
    EXPECT_EQ(at(a.span(4, 13)), "two \\\r\n   three");
    EXPECT_EQ(at(a.span(4, 8)), "two ");
    const MappedText& b = root.find("b")->string;
    ASSERT_EQ(b.text(), "x\\y''z");
    EXPECT_EQ(at(b.span(1, 6)), "\\y''z");
    EXPECT_EQ(at(b.whole()), "'''\nx\\y''z'''");
    EXPECT_EQ(root.find("c")->text(), "q\"\"");
}

TEST_F(Document, ExplainsANewlineInBraces) {
    EXPECT_EQ(error_of("steps = [\n  { if = \"a\",\n    do = [] },\n]\n"),
              "s.toml:2:14: error: a newline is not allowed inside '{ }'; TOML wants a table in braces on "
              "one line, only an "
              "array '[ ]' inside it may span lines\n"
              "    2 |   { if = \"a\",\n"
              "      |              ^\n");
    load("steps = [\n  { if = \"a\", do = [\n 'pass', # c\n ] },\n]\n");
}

TEST_F(Document, ExplainsACommaBeforeTheClosingBrace) {
    EXPECT_EQ(error_of("a = [ { b = 1, }, ]\n"),
              "s.toml:1:14: error: a comma is not allowed before the closing '}'; TOML allows a trailing "
              "comma in arrays '[ ]' "
              "alone: remove it\n"
              "    1 | a = [ { b = 1, }, ]\n"
              "      |              ^\n");
}

TEST_F(Document, SaysThatAnExpressionNeedsQuotes) {
    EXPECT_EQ(error_of("a = { sleep = 5ms }\n"),
              "s.toml:1:15: error: '5ms' is not a TOML value; a number with a unit, or any other expression, "
              "needs quotes: "
              "\"5ms\"\n"
              "    1 | a = { sleep = 5ms }\n"
              "      |               ^~~\n");
    EXPECT_EQ(error_of("a = [1, foo]\n"),
              "s.toml:1:9: error: 'foo' is not a TOML value; text and expressions need quotes: \"foo\"\n"
              "    1 | a = [1, foo]\n"
              "      |         ^~~\n");
}

TEST_F(Document, PointsAtIntegersOutOfRange) {
    EXPECT_EQ(error_of("a = 1\nb = 9223372036854775808\n"),
              "s.toml:2:5: error: this integer is outside the range of 64 bits\n"
              "    2 | b = 9223372036854775808\n"
              "      |     ^~~~~~~~~~~~~~~~~~~\n");
}

TEST_F(Document, PointsAtBytesThatAreNoUtf8) {
    EXPECT_EQ(error_of("a = \"\xC3\xA9\xE9\"\n"),
              "s.toml:1:7: error: the byte 0xE9 is not valid UTF-8; save the file as UTF-8\n"
              "    1 | a = \"\u00e9\uFFFD\"\n"
              "      |       ^\n");
}

TEST_F(Document, PointsAtTheSecondOfTwoEqualKeys) {
    EXPECT_EQ(error_of("a = { x = 1, x = 2 }\n"),
              "s.toml:1:14: error: the key 'x' has a value already\n"
              "    1 | a = { x = 1, x = 2 }\n"
              "      |              ^\n");
    EXPECT_EQ(error_of("[a.b]\nx = 1\n[a.b]\n"),
              "s.toml:3:1: error: 'a.b' is declared twice; a table can be opened only once\n"
              "    3 | [a.b]\n"
              "      | ^~~~~\n");
}

TEST_F(Document, NamesTheBracketThatIsStillOpen) {
    EXPECT_EQ(error_of("steps = [\n { a = 1 },\n[coroutine.x]\nsteps = []\n"),
              "s.toml:3:1: error: a table cannot begin here: the '[' of line 1 is still open\n"
              "    3 | [coroutine.x]\n"
              "      | ^~~~~~~~~~~~~\n");
    EXPECT_EQ(error_of("steps = [\n 1,\n"),
              "s.toml:1:9: error: this '[' is never closed; add ']'\n"
              "    1 | steps = [\n"
              "      |         ^\n");
}

TEST_F(Document, PointsAtAQuoteThatIsNotClosed) {
    EXPECT_EQ(error_of("a = \"abc\nb = 1\n"),
              "s.toml:1:5: error: this string does not end on its line; add \", or use \"\"\" for text of "
              "several lines\n"
              "    1 | a = \"abc\n"
              "      |     ^~~~\n");
}

TEST_F(Document, ReportsTheFirstMistakeWhicheverPassFindsIt) {
    EXPECT_NE(error_of("a = foo\nb = { c = 1, }\n").find("'foo' is not a TOML value"), std::string::npos);
    EXPECT_NE(error_of("b = { c = 1, }\na = foo\n").find("a comma is not allowed"), std::string::npos);
}

TEST_F(Document, BoundsNestingHoweverItIsWritten) {
    const std::string message = "tables and arrays nest more than 200 deep here";
    const auto repeated = [](const std::string& text, int times) {
        std::string out;
        for (int i = 0; i < times; ++i) out += text;
        return out;
    };
    EXPECT_NE(error_of("a = " + std::string(1 << 20, '[')).find(message), std::string::npos);
    EXPECT_NE(error_of("a = " + repeated("{a=", 300000)).find(message), std::string::npos);
    EXPECT_NE(error_of(repeated("a.", 300000) + "a = 1").find(message), std::string::npos);
    EXPECT_NE(error_of("[" + repeated("a.", 300000) + "a]").find(message), std::string::npos);
    EXPECT_NE(error_of("[" + repeated("a.", 90) + "a]\n" + repeated("b.", 90) + "b = " + std::string(30, '['))
                  .find(message),
              std::string::npos);
    load("[" + repeated("a.", 50) + "a]\n" + repeated("b.", 50) + "b = " + std::string(50, '[') +
         std::string(50, ']'));
    load(repeated("a = 1.5\n[[b]]\n", 1) + repeated("[[b]]\nx.y = [{z = [[[1]]]}]\n", 1000));
}

TEST_F(Document, AnEmptyFileIsAnEmptyTable) {
    EXPECT_TRUE(load("").entries.empty());
    EXPECT_TRUE(load("# nothing").entries.empty());
}

}  // namespace
}  // namespace asyncrun
