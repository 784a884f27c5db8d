// SPDX-License-Identifier: MIT
#include "engine/language/expression_parser.h"

#include "engine/language/identifier.h"

#include <memory>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using ast::Expr;
using ast::ExprKind;

const char* name_of(ast::Op op) {
    static constexpr const char* names[] = {"+",  "-",  "*",  "/", "//", "%", "neg", "pos", "not",   "and",
                                            "or", "==", "!=", "<", "<=", ">", ">=",  "in",  "not-in"};
    return names[static_cast<size_t>(op)];
}

/// The tree as an S-expression.
std::string show(const Expr* expr) {
    if (!expr) return "-";
    std::ostringstream out;
    const auto items = [&](const char* head) {
        out << '(' << head;
        for (const auto& item : expr->items) out << ' ' << show(item.get());
        out << ')';
    };
    switch (expr->kind) {
        case ExprKind::none: out << "none"; break;
        case ExprKind::boolean: out << (expr->integer ? "true" : "false"); break;
        case ExprKind::integer: out << expr->integer; break;
        case ExprKind::real: out << expr->real << 'r'; break;
        case ExprKind::string: out << '\'' << expr->text << '\''; break;
        case ExprKind::name: out << expr->text; break;
        case ExprKind::list: items("list"); break;
        case ExprKind::index: items("index"); break;
        case ExprKind::slice: items("slice"); break;
        case ExprKind::call: items(expr->text.c_str()); break;
        case ExprKind::conditional: items("if"); break;
        case ExprKind::unary:
        case ExprKind::binary:
        case ExprKind::logical: items(name_of(expr->op)); break;
        case ExprKind::comparison:
            out << "(cmp " << show(expr->items[0].get());
            for (size_t i = 0; i < expr->ops.size(); ++i)
                out << ' ' << name_of(expr->ops[i]) << ' ' << show(expr->items[i + 1].get());
            out << ')';
            break;
        case ExprKind::comprehension: {
            std::string head = "each";
            for (const auto& target : expr->targets) head += ' ' + target;
            items(head.c_str());
            break;
        }
        case ExprKind::format:
            out << "(format";
            for (const auto& part : expr->parts) {
                if (!part.expr) {
                    out << " '" << part.text << '\'';
                } else {
                    out << " {" << show(part.expr.get());
                    if (part.conversion) out << '!' << part.conversion;
                    if (!part.format.empty()) out << ':' << part.format;
                    out << '}';
                }
            }
            out << ')';
            break;
    }
    return out.str();
}

class ExpressionParser : public testing::Test {
  protected:
    ast::ExprPtr parse_document(const std::string& toml, bool as_template = false) {
        source_ = std::make_unique<SourceFile>("s.toml", toml);
        diagnostics_ = std::make_unique<Diagnostics>(*source_);
        const auto root = load_document(*source_, *diagnostics_);
        if (!root) return nullptr;
        const Node& value = root->entries.at(0).value;
        return as_template ? parse_template(value, *diagnostics_) : parse_expression(value, *diagnostics_);
    }
    /// The tree of an expression, or the errors.
    std::string tree(const std::string& text) {
        source_ = std::make_unique<SourceFile>("s.toml", text);
        diagnostics_ = std::make_unique<Diagnostics>(*source_);
        const auto whole = Span{0, static_cast<uint32_t>(text.size())};
        const auto expr = parse_expression(MappedText::verbatim(text, whole), *diagnostics_);
        EXPECT_EQ(expr == nullptr, diagnostics_->has_errors());
        return expr ? show(expr.get()) : diagnostics_->render();
    }
    std::string tree_of_template(const std::string& text) {
        source_ = std::make_unique<SourceFile>("s.toml", text);
        diagnostics_ = std::make_unique<Diagnostics>(*source_);
        const auto whole = Span{0, static_cast<uint32_t>(text.size())};
        const auto expr = parse_template(MappedText::verbatim(text, whole), *diagnostics_);
        EXPECT_EQ(expr == nullptr, diagnostics_->has_errors());
        return expr ? show(expr.get()) : diagnostics_->render();
    }
    /// "COLUMN-END message; hint" of each error, one a line.
    std::string errors(const std::string& text) {
        EXPECT_NE(tree(text), "");
        return listed();
    }
    std::string listed() const {
        std::string out;
        for (const Diagnostic& found : diagnostics_->all()) {
            out += std::to_string(source_->locate(found.span.begin).column) + '-' +
                   std::to_string(source_->locate(found.span.end).column) + ' ' + found.message +
                   (found.hint.empty() ? "" : "; " + found.hint) + '\n';
        }
        return out;
    }
    std::string at(Span span) const { return source_->text().substr(span.begin, span.end - span.begin); }

    std::unique_ptr<SourceFile> source_;
    std::unique_ptr<Diagnostics> diagnostics_;
};

TEST_F(ExpressionParser, HasPythonsPrecedence) {
    EXPECT_EQ(tree("1 + 2 * -3 // x % 4"), "(+ 1 (% (// (* 2 (neg 3)) x) 4))");
    EXPECT_EQ(tree("a - b - c"), "(- (- a b) c)");
    EXPECT_EQ(tree("not a in b and c not in d or e"), "(or (and (not (cmp a in b)) (cmp c not-in d)) e)");
    EXPECT_EQ(tree("1 < x <= 3 != y"), "(cmp 1 < x <= 3 != y)");
    EXPECT_EQ(tree("a if b else c if d else e"), "(if a b (if c d e))");
    EXPECT_EQ(tree("-x[0]"), "(neg (index x 0))");
    EXPECT_EQ(tree("(a + b) * c"), "(* (+ a b) c)");
    EXPECT_EQ(tree("a or b if c else d"), "(if (or a b) c d)");
    EXPECT_EQ(tree("not not a == b"), "(not (not (cmp a == b)))");
    EXPECT_EQ(tree("- + -1"), "(neg (pos (neg 1)))");
}

TEST_F(ExpressionParser, HasLiteralsOfEveryKind) {
    EXPECT_EQ(tree("[1, 0.5, 1e3, 'a', \"b\", true, False, none, None, [],]"),
              "(list 1 0.5r 1000r 'a' 'b' true false none none (list))");
    EXPECT_EQ(tree("[9ms, 1.5h, 2min, 1e3us]"), "(list 0.009r 5400r 120r 0.001r)");
    EXPECT_EQ(tree("'it\\'s\\t\\x41\\u00e9\\101\\\\'"),
              "'it's\tA\xC3\xA9"
              "A\\'");
    EXPECT_EQ(tree("-9223372036854775808"), "-9223372036854775808");
    EXPECT_EQ(tree("9223372036854775807"), "9223372036854775807");
}

TEST_F(ExpressionParser, HasCallsIndexesSlicesAndComprehensions) {
    EXPECT_EQ(tree("f(x, g(), [1][0],)"), "(f x (g) (index (list 1) 0))");
    EXPECT_EQ(tree("x[1:2][:][1:][:-1]"), "(slice (slice (slice (slice x 1 2) - -) 1 -) - (neg 1))");
    EXPECT_EQ(tree("[f(x) for x in xs if x > 1]"), "(each x (f x) xs (cmp x > 1))");
    EXPECT_EQ(tree("[a + b for a, b in zip(x, y)]"), "(each a b (+ a b) (zip x y) -)");
    EXPECT_EQ(tree("[x if c else y for x in xs]"), "(each x (if x c y) xs -)");
}

TEST_F(ExpressionParser, HasFormatStrings) {
    EXPECT_EQ(tree("f'A {i:>3} {x!r}{y!s:.2f} {{}}\\n'"), "(format 'A ' {i:>3} ' ' {x!r} {y!s:.2f} ' {}\n')");
    EXPECT_EQ(tree("f\"{d['k']} {x[1:2]} {a != b}\""),
              "(format {(index d 'k')} ' ' {(slice x 1 2)} ' ' {(cmp a != b)})");
    EXPECT_EQ(tree("f'plain'"), "'plain'");
    EXPECT_EQ(tree("f'{f\"{x}\"}'"), "(format {(format {x})})");
}

TEST_F(ExpressionParser, HasTemplates) {
    EXPECT_EQ(tree_of_template("task {n}: sleep {pause:.3f}"), "(format 'task ' {n} ': sleep ' {pause:.3f})");
    EXPECT_EQ(tree_of_template("{{x}} \\n {join('\\n', xs)}"), "(format '{x} \\n ' {(join '\n' xs)})");
    EXPECT_EQ(tree_of_template("nothing to do"), "'nothing to do'");
    EXPECT_EQ(tree_of_template(""), "''");
    EXPECT_EQ(tree_of_template("{ x }{f'{y}'}"), "(format {x} {(format {y})})");
}

TEST_F(ExpressionParser, SpansCoverTheNodesText) {
    const auto expr = parse_document("a = \"\\u00e9\"\n")
                          ? nullptr
                          : parse_document("a = \"f(\\\"\\u00e9\\\", x  not   in (y)) \"\n");
    ASSERT_NE(expr, nullptr);
    EXPECT_EQ(at(expr->span), "f(\\\"\\u00e9\\\", x  not   in (y))");
    EXPECT_EQ(at(expr->name_span), "f");
    EXPECT_EQ(at(expr->items[0]->span), "\\\"\\u00e9\\\"");
    EXPECT_EQ(at(expr->items[1]->span), "x  not   in (y)");
    EXPECT_EQ(at(expr->items[1]->op_spans.at(0)), "not   in");
    EXPECT_EQ(at(expr->items[1]->items[1]->span), "y");
}

TEST_F(ExpressionParser, SpansOfComprehensionsAndFormatsNameTheirPieces) {
    const auto expr = parse_document("a = \"[f'{x:>3}' for x, y in z]\"\n");
    ASSERT_NE(expr, nullptr);
    // What makes up the whole string is pointed at by the string's quote (details C1).
    EXPECT_EQ(at(expr->span), "\"[f'{x:>3}' for x, y in z]\"");
    EXPECT_EQ(at(expr->name_span), "x, y");
    EXPECT_EQ(at(expr->items[0]->span), "f'{x:>3}'");
    EXPECT_EQ(at(expr->items[0]->parts[0].format_span), ">3");
}

TEST_F(ExpressionParser, PointsAtTheTokenThroughTomlsEscapes) {
    parse_document("log = \"'\\u00e9\\\"' + * 2\"\n");
    EXPECT_EQ(diagnostics_->render(),
              "s.toml:1:21: error: a value is missing before '*'\n"
              "    1 | log = \"'\\u00e9\\\"' + * 2\"\n"
              "      |                     ^\n");
}

TEST_F(ExpressionParser, PointsAtTheTokenInMultiLineStrings) {
    parse_document("let = \"\"\"\n[\n  '\u00e9\u4e2d', \\\n     a ** b,\r\n  c.d ]\"\"\"\n");
    EXPECT_EQ(diagnostics_->render(),
              "s.toml:4:8: error: the operator '**' is not supported; multiply instead\n"
              "    4 |      a ** b,\n"
              "      |        ^~\n"
              "s.toml:5:4: error: attributes are not supported; a dictionary's value is c['d']\n"
              "    5 |   c.d ]\"\"\"\n"
              "      |    ^~\n");
}

TEST_F(ExpressionParser, PointsAtTheTokenInTemplates) {
    parse_document("log = 'n\u00e9 {x:.3q} { } {f(} {y'\n", true);
    EXPECT_EQ(listed(),
              "16-17 'q' is not a format type, which is one of b c d e E f F g G n o s x X %\n"
              "19-22 an expression is missing between the braces; write '{{' and '}}' for braces\n"
              "25-26 this '(' is never closed; add ')'\n"
              "28-29 this '{' is never closed; write '{{' for a brace\n");
}

TEST_F(ExpressionParser, PointsAtTheClosingQuoteWhenTheTextEndsTooSoon) {
    parse_document("x = \"1 +\"\n");
    EXPECT_EQ(diagnostics_->render(),
              "s.toml:1:9: error: a value is missing after '+'\n"
              "    1 | x = \"1 +\"\n"
              "      |         ^\n");
    parse_document("x = \"  \"\n");
    EXPECT_EQ(diagnostics_->render(),
              "s.toml:1:5: error: an expression is missing\n"
              "    1 | x = \"  \"\n"
              "      |     ^~~~\n");
}

TEST_F(ExpressionParser, ReportsAllIndependentErrors) {
    EXPECT_EQ(errors("f(1 +, 2 *, g(3 -))"),
              "6-7 a value is missing after '+'\n"
              "11-12 a value is missing after '*'\n"
              "18-19 a value is missing after '-'\n");
    EXPECT_EQ(errors("(1 +) + [2 *]"),
              "5-6 a value is missing after '+'\n"
              "13-14 a value is missing after '*'\n");
    EXPECT_EQ(errors("5msec + 0x10 + 007"),
              "2-6 'msec' is not a unit of time; did you mean 'ms'?\n"
              "9-13 numbers are written in decimal; '0x10' is not\n"
              "16-19 an integer has no leading zeros\n");
}

TEST_F(ExpressionParser, SaysWhatToWriteInsteadOfThePythonThatIsMissing) {
    EXPECT_EQ(errors("a ** b"), "3-5 the operator '**' is not supported; multiply instead\n");
    EXPECT_EQ(errors("a is not b"), "3-9 'is not' is not supported; write '!='\n");
    EXPECT_EQ(errors("q.qsize() + a.b"),
              "2-8 methods are not supported; write qsize(q)\n14-16 attributes are not supported; a "
              "dictionary's value is a['b']\n");
    EXPECT_EQ(errors("lambda x: x"), "1-7 'lambda' is not supported; declare a [function] and call it\n");
    EXPECT_EQ(errors("{1: 2}"),
              "1-2 dictionaries and sets cannot be written in an expression; write a list: [a, b]\n");
    EXPECT_EQ(errors("(1, 2)"), "3-4 tuples are not supported; write a list: [a, b]\n");
    EXPECT_EQ(errors("f(a=1)"),
              "3-5 keyword arguments are not supported; give the arguments in their order\n");
    EXPECT_EQ(errors("'a' 'b'"), "5-8 strings side by side are not joined; write '+' between them\n");
    EXPECT_EQ(errors("(x := 3)"), "4-6 ':=' is not supported; a 'let' step assigns\n");
    EXPECT_EQ(errors("a & b | c"),
              "3-4 the operator '&' is not supported; write 'and'\n7-8 the operator '|' is not supported; "
              "write 'or'\n");
    EXPECT_EQ(errors("a = 1"), "3-4 '=' does not compare; write '=='; a 'let' step assigns\n");
    EXPECT_EQ(errors("sum(x for x in xs)"),
              "7-10 generator expressions are not supported; write a list: [f(x) for x in xs]\n");
    EXPECT_EQ(errors("[x for x in a for y in b]"), "15-18 a list comprehension has one 'for'\n");
    EXPECT_EQ(errors("[x for x in a if b if c]"),
              "20-22 a list comprehension has one 'if'; join the conditions with 'and'\n");
    EXPECT_EQ(errors("x[1:2:3]"), "6-7 a slice has no step; write x[a:b]\n");
    EXPECT_EQ(errors("max(*xs)"), "5-6 unpacking with '*' is not supported\n");
    EXPECT_EQ(errors("f(x)(y)"), "5-6 only a function's name can be called\n");
    EXPECT_EQ(errors("await f()"),
              "1-6 'await' is a step of its own, no part of an expression; write { await = \"...\" }\n");
    EXPECT_EQ(errors("r'a'"), "1-2 the string prefix 'r' is not supported; write '...' or f'...'\n");
    EXPECT_EQ(errors("1 == not x"), "6-9 'not' needs parentheses here; write '(not ...)'\n");
    EXPECT_EQ(errors("a if b"), "3-5 this 'if' has no 'else'; write 'a if condition else b'\n");
}

TEST_F(ExpressionParser, SaysWhatIsWrongWithNumbers) {
    EXPECT_EQ(errors("5 ms"), "3-5 no space may stand between a number and its unit; write '5ms'\n");
    EXPECT_EQ(errors("1_000"), "1-6 a number has no '_' between its digits\n");
    EXPECT_EQ(errors("9223372036854775808"),
              "1-20 this integer is outside the range of 64 bits; write it with '.0' for a float\n");
    EXPECT_EQ(errors("-9223372036854775809"),
              "2-21 this integer is outside the range of 64 bits; write it with '.0' for a float\n");
    EXPECT_EQ(errors("99999999999999999999999"),
              "1-24 this integer is outside the range of 64 bits; write it with '.0' for a float\n");
    EXPECT_EQ(errors("3days"), "2-6 'days' is not a unit of time; the units are ns us ms s min h\n");
}

TEST_F(ExpressionParser, SaysWhatIsWrongWithBracketsAndQuotes) {
    EXPECT_EQ(errors("f(1, 2"), "2-3 this '(' is never closed; add ')'\n");
    EXPECT_EQ(errors("[1, 2)"), "6-7 this ')' cannot close a '['; ']' is missing before it\n");
    EXPECT_EQ(errors("x)"), "2-3 this ')' closes nothing\n");
    EXPECT_EQ(errors("'abc"), "1-2 this quote is never closed; add a ' at the string's end\n");
    EXPECT_EQ(errors("[a b]"), "4-5 a comma or ']' is missing before 'b'\n");
    EXPECT_EQ(errors("x[]"), "3-4 an index is missing\n");
}

TEST_F(ExpressionParser, SaysWhatIsWrongWithCharactersAndWordsOnce) {
    EXPECT_EQ(errors("gr\u00f6\u00dfe + 1"),
              "1-6 the character '\u00f6' (U+00F6) has no meaning in an expression; names are of ASCII "
              "letters, digits and '_', text goes in quotes\n");
    EXPECT_EQ(errors("x # note"),
              "3-9 the character '#' has no meaning in an expression; expressions have no comments\n");
    EXPECT_EQ(errors("a $$ b"), "3-5 the character '$' has no meaning in an expression\n");
    EXPECT_EQ(errors("class + 1"), "1-6 'class' is a reserved word and cannot name a value\n");
    EXPECT_EQ(errors("hello world"),
              "7-12 an operator is missing between 'hello' and 'world'; text goes in quotes, a call's "
              "arguments in parentheses\n");
}

TEST_F(ExpressionParser, SaysWhatIsWrongWithFormatStrings) {
    EXPECT_EQ(errors("f'{x:{w}}'"), "6-7 a format cannot contain an expression\n");
    EXPECT_EQ(errors("f'{x!a}'"), "5-7 '!a' is not a conversion; write '!r' or '!s'\n");
    EXPECT_EQ(errors("f'}'"), "3-4 this '}' closes nothing; write '}}' for a brace\n");
    EXPECT_EQ(errors("f'{x'"), "3-4 this '{' is never closed; write '{{' for a brace\n");
    EXPECT_EQ(errors("f\"{g('\\n')}\""), "7-8 a backslash is not allowed in the braces of an f-string\n");
    EXPECT_EQ(errors("f'{a + }{b -}'"),
              "8-9 a value is missing after '+'\n13-14 a value is missing after '-'\n");
}

TEST_F(ExpressionParser, KeepsAnUnknownEscapeAsPythonDoesAndWarns) {
    EXPECT_EQ(tree("'a\\qb'"), "'a\\qb'");
    EXPECT_EQ(listed(), "3-5 unknown escape sequence: the backslash stays; write '\\\\' for a backslash\n");
    EXPECT_FALSE(diagnostics_->has_errors());
}

TEST_F(ExpressionParser, BoundsDepthInEveryDirection) {
    const std::string deep = "this expression nests more than 200 deep";
    for (const char* piece : {"(", "[", "f(", "x[", "-", "not ", "{", "a if b else ", "*", "f'{", "(not -"}) {
        std::string text;
        while (text.size() < (1 << 20)) text += piece;
        EXPECT_NE(tree(text).find("error"), std::string::npos) << piece;
        EXPECT_LE(diagnostics_->error_count(), 2u) << piece;
    }
    EXPECT_NE(tree(std::string(300, '(') + "1" + std::string(300, ')')).find(deep), std::string::npos);
    EXPECT_EQ(tree(std::string(150, '(') + "1" + std::string(150, ')')), "1");
    for (const char* piece : {"+1", "[0]", " and 1", "**1", "&1"}) {
        std::string text = "1";
        while (text.size() < (1 << 20)) text += piece;
        EXPECT_NE(tree(text).find("error"), std::string::npos) << piece;
    }
    std::string comparisons = "1";
    for (int i = 0; i < 100000; ++i) comparisons += "<1";
    EXPECT_NE(tree(comparisons).find("(cmp 1 < 1"), std::string::npos);
}

TEST_F(ExpressionParser, EndsOnAnyGarbage) {
    const std::string alphabet = "ab1.'\"[](){},:=!<>+-*/% \\fornt\nif\xC3\xA9$\x01";
    uint32_t state = 1;
    for (int round = 0; round < 20000; ++round) {
        std::string text;
        state = state * 1664525 + 1013904223;
        const uint32_t length = state >> 27;
        for (uint32_t i = 0; i < length; ++i) {
            state = state * 1664525 + 1013904223;
            text += alphabet[(state >> 16) % alphabet.size()];
        }
        tree(text);
        tree_of_template(text);
    }
}

TEST_F(ExpressionParser, ReportsAnOpaqueTextAsAWhole) {
    const SourceFile source("command line", "-p x=1 +");
    Diagnostics diagnostics(source);
    EXPECT_EQ(parse_expression(MappedText::opaque("1 +", {3, 8}), diagnostics), nullptr);
    EXPECT_EQ(diagnostics.render(),
              "command line:1:4: error: a value is missing after '+'\n    1 | -p x=1 +\n      |    ^~~~~\n");
}

TEST(Identifier, IsAWordOfAsciiThatPythonDoesNotReserve) {
    EXPECT_TRUE(is_identifier("_a1"));
    EXPECT_FALSE(is_identifier("1a"));
    EXPECT_FALSE(is_identifier(""));
    EXPECT_FALSE(is_identifier("a-b"));
    EXPECT_FALSE(is_identifier("\u00e9"));
    for (const char* word : {"and", "class", "none", "None", "true", "False", "yield", "while", "as", "is"})
        EXPECT_TRUE(is_reserved_word(word)) << word;
    for (const char* word : {"ms", "match", "print", "self", "queue"})
        EXPECT_FALSE(is_reserved_word(word)) << word;
}

}  // namespace
}  // namespace asyncrun
