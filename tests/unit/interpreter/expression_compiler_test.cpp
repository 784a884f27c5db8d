// SPDX-License-Identifier: MIT
#include "engine/interpreter/expression_compiler.h"

#include "engine/interpreter/operations.h"
#include "tests/unit/interpreter/expression_fixture.h"

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using testing::Expressions;

TEST(Compiler, ReadsNamesFromWhereTheyLive) {
    Expressions x;
    x.local("i", Value(1));
    x.param("n", Value(10));
    x.shared("total", Value(100));
    x.context("request", Value(1000));
    x.object("q", Value(10000));
    EXPECT_EQ(x.show("i + n + total + request + q"), "11111");
    x.in_place = false;  // through the environment instead
    EXPECT_EQ(x.show("i + n + total + request + q"), "11111");
}

TEST(Compiler, FoldsWhatIsKnownAndKeepsWhatIsNot) {
    Expressions x;
    x.param("n", Value(10));
    x.local("i", Value(1));
    const ExprCode known = x.compile("n * 2 + len('abc') if n > 5 else 1 / 0");
    ASSERT_NE(known.constant(), nullptr);
    EXPECT_EQ(to_repr(*known.constant()), "23");
    EXPECT_EQ(x.compile("i * 0").constant(), nullptr);
    EXPECT_EQ(x.compile("1 / 0").constant(), nullptr);
    EXPECT_EQ(x.compile("random()").constant(), nullptr);
    EXPECT_EQ(x.compile("i").local(), std::optional<uint32_t>(0));
    EXPECT_EQ(x.compile("i + 1").local(), std::nullopt);
}

TEST(Compiler, MakesANewListEachTime) {
    Expressions x;
    const ExprCode code = x.compile("[1, 2]");
    Evaluation e = x.evaluation();
    const Value first = code.eval(e);
    first.list().append(Value(3));
    EXPECT_EQ(to_repr(code.eval(e)), "[1, 2]");
    const ExprCode range = x.compile("range(2)");
    range.eval(e).list().append(Value(3));
    EXPECT_EQ(to_repr(range.eval(e)), "[0, 1]");
}

TEST(Compiler, RaisesUnboundLocalErrorWhereverTheVariableStands) {
    for (const char* text :
         {"x",        "x + 1",         "1 + x",        "x + x",       "y + x",   "x + y", "x < 1",  "y == x",
          "x[0]",     "y[x]",          "-x",           "not x",       "x and 1", "[x]",   "f'{x}'", "len(x)",
          "x in [1]", "1 if x else 2", "x + random()", "x < random()"}) {
        Expressions e;
        e.unassigned("x");
        e.local("y", Value(std::vector<Value>{Value(1)}));
        EXPECT_EQ(e.show(text), "!UnboundLocalError") << text;
        EXPECT_EQ(e.last_error->message(),
                  "cannot access local variable 'x' where it is not associated with a value");
        EXPECT_TRUE(e.last_error->is_a(*ErrorType::find("NameError")));
    }
    Expressions e;
    e.unassigned("x");
    const uint64_t before = e.random_state.state();
    EXPECT_EQ(e.show("x + random()"), "!UnboundLocalError");
    EXPECT_EQ(e.random_state.state(), before) << "the left operand is looked at first";
}

TEST(Compiler, AnswersConditionsAsItAnswersValues) {
    Expressions x;
    x.local("i", Value(3));
    x.local("n", Value(5));
    x.local("s", Value(""));
    for (const char* text :
         {"i < n", "i > n", "i == 3", "i and s", "i or s", "not i", "s", "i", "0.0", "i < n < 9", "i < n < 4",
          "1 if s else 0", "i in [3]", "i not in [3]", "[s]", "n - 5", "'a' < 'b'"}) {
        const ExprCode code = x.compile(text);
        Evaluation e = x.evaluation();
        EXPECT_EQ(code.eval_truth(e), truth(code.eval(e))) << text;
    }
}

TEST(Compiler, GivesComprehensionVariablesAScopeOfTheirOwn) {
    Expressions x;
    x.local("i", Value(7));
    EXPECT_EQ(x.show("[i * 10 for i in [i, i + 1]]"), "[70, 80]");
    EXPECT_EQ(x.show("i"), "7");
    EXPECT_EQ(x.show("[k for k in [1]] + [k]"), "!load: no variable, argument or object is named 'k'");
    EXPECT_EQ(x.show("[[a + b for b in range(a)] for a in range(3)]"), "[[], [1], [2, 3]]");
}

TEST(Compiler, StopsALoopWhenTold) {
    Expressions x;
    x.interrupt = true;
    for (const char* text : {"[0 for i in range(1000000000)]", "sum(range(1000000000))",
                             "max(range(1000000000))", "all([1])", "zip(range(1000000000))"}) {
        const ExprCode code = x.compile(text);
        Evaluation e = x.evaluation();
        EXPECT_THROW(code.eval(e), Interrupted) << text;
    }
}

TEST(Compiler, HandsCallsToTheEnvironment) {
    Expressions x;
    x.callable("step", CallableKind::coroutine, 3);
    x.callable("numbers", CallableKind::generator, 0);
    x.local("i", Value(4));
    EXPECT_EQ(x.show("[step(i, 'a', 1.5), numbers()]"), R"(["0:0 4 'a' 1.5", '1:1'])");
    EXPECT_EQ(x.calls, (std::vector<std::string>{"0:0 4 'a' 1.5", "1:1"}));
}

TEST(Compiler, OpensACallForVerbsThatTakeOne) {
    Expressions x;
    x.callable("step", CallableKind::coroutine, 2);
    x.local("i", Value(4));
    const ExprCode code = x.compile("step(i + 1, 'a')");
    const auto call = code.call();
    ASSERT_TRUE(call);
    EXPECT_EQ(call->kind, CallableKind::coroutine);
    Evaluation e = x.evaluation();
    std::string arguments;
    for (const ExprNode* argument : call->arguments) arguments += to_repr(argument->eval(*argument, e));
    EXPECT_EQ(arguments, "5'a'");
    EXPECT_TRUE(x.calls.empty());
    EXPECT_FALSE(x.compile("[step(1, 2)]").call());
    EXPECT_FALSE(x.compile("i").call());
}

TEST(Compiler, ReportsUnknownNamesAtTheirTokenWithTheNearest) {
    Expressions x;
    x.local("q", Value(1));
    x.local("count", Value(1));
    x.callable("fetch", CallableKind::coroutine, 1);
    EXPECT_EQ(x.show("1 + q1"), "!load: no variable, argument or object is named 'q1'; did you mean 'q'?");
    EXPECT_EQ(x.places.at(0), (Span{4, 6}));
    EXPECT_EQ(x.show("fetsh(1)"),
              "!load: no function, coroutine or generator is named 'fetsh'; did you mean 'fetch'?");
    EXPECT_EQ(x.places.at(0), (Span{0, 5}));
    EXPECT_EQ(x.show("unifrom(1, 2)"),
              "!load: no function, coroutine or generator is named 'unifrom'; did you mean 'uniform'?");
    EXPECT_EQ(x.show("fetch + 1").substr(0, 67),
              "!load: no variable, argument or object is named 'fetch'; 'fetch' is");
    x.show("nothing + cuont + zzzzz(yyyyy)");
    EXPECT_EQ(x.findings.size(), 4u) << "all of them are reported";
}

TEST(Compiler, ReportsAWrongNumberOfArguments) {
    Expressions x;
    x.callable("fetch", CallableKind::coroutine, 1);
    x.callable("tick", CallableKind::function, 0);
    EXPECT_EQ(x.show("fetch()"), "!load: 'fetch' takes 1 argument, 0 are given");
    EXPECT_EQ(x.show("tick(1)"), "!load: 'tick' takes no arguments, 1 is given");
    EXPECT_EQ(x.show("len()"), "!load: 'len' takes 1 argument, 0 are given");
    EXPECT_EQ(x.show("round(1, 2, 3)"), "!load: 'round' takes 1 to 2 arguments, 3 are given");
    EXPECT_EQ(x.show("min()"), "!load: 'min' takes at least 1 argument, 0 are given");
    EXPECT_EQ(x.show("now(1)"), "!load: 'now' takes no arguments, 1 is given");
}

TEST(Compiler, KeepsNamesOfFunctionsApartFromNamesOfValues) {
    Expressions x;
    x.local("done", Value(5));
    x.local("len", Value(6));
    EXPECT_EQ(x.show("len + len('abc')"), "9");
    x.callable("max", CallableKind::function, 1);
    EXPECT_EQ(x.show("max(1)"), "'2:0 1'") << "the scenario's own function wins";
}

TEST(Compiler, AllowsPureFunctionsAloneInDeclarations) {
    Expressions x;
    x.allowed = {false, false, false, "a declaration"};
    x.callable("fetch", CallableKind::coroutine, 0);
    x.param("n", Value(4));
    EXPECT_EQ(x.show("max(n, 2) * 2"), "8");
    for (const char* text : {"random()", "now()", "fetch()", "qsize(n)", "all_tasks()"}) {
        EXPECT_NE(x.show(text).find("cannot be called in a declaration"), std::string::npos) << text;
    }
}

TEST(Template, ShowsItsExpressions) {
    Expressions x;
    x.local("n", Value(3));
    x.local("pause", Value(0.0123456));
    x.local("e", Value(make_error(errors::value(), "boom")));
    EXPECT_EQ(x.render("task {n}: sleep {pause:.3f}"), "task 3: sleep 0.012");
    EXPECT_EQ(x.render("{{n}} {e} {e!r} {[e]} {n:>4}{'a'!r:>5}"),
              "{n} boom ValueError('boom') [ValueError('boom')]    3  'a'");
    EXPECT_EQ(x.render("{range(3)}"), "[0, 1, 2]");
    EXPECT_EQ(x.render("{e:>10}"), "!TypeError");
    EXPECT_EQ(x.render("{e!s:>6}|"), "  boom|");
}

TEST(Template, IsConstantWithoutVariables) {
    Expressions x;
    x.param("n", Value(3));
    const TemplateCode plain = x.compile_text("just text {{}}");
    ASSERT_NE(plain.constant(), nullptr);
    EXPECT_EQ(*plain.constant(), "just text {}");
    const TemplateCode folded = x.compile_text("n is {n:03d}{1 + 1}");
    ASSERT_NE(folded.constant(), nullptr);
    EXPECT_EQ(*folded.constant(), "n is 0032");
    EXPECT_EQ(x.render(""), "");
}

TEST(Template, ReportsUnknownNamesInside) {
    Expressions x;
    x.local("pause", Value(1));
    EXPECT_EQ(x.render("sleep {puase:.3f}"),
              "!load: no variable, argument or object is named 'puase'; did you mean 'pause'?");
    EXPECT_EQ(x.places.at(0), (Span{7, 12}));
}

TEST(ConstantExpression, GivesItsValue) {
    const ExprCode code = constant_expression(Value(5));
    Evaluation e;
    EXPECT_EQ(to_repr(code.eval(e)), "5");
    EXPECT_TRUE(code.eval_truth(e));
}

}  // namespace
}  // namespace asyncrun
