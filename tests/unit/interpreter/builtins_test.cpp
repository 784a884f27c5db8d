// SPDX-License-Identifier: MIT
#include "engine/interpreter/builtins.h"

#include "tests/unit/interpreter/expression_fixture.h"

#include <set>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using testing::PythonCase;

// What CPython 3.11.7 gives, printed by its repr; "!" and a class is what it raises.
// clang-format off
constexpr PythonCase functions[] = {
    {"range(3)", "[0, 1, 2]"},
    {"range(1, 4)", "[1, 2, 3]"},
    {"range(10, 0, -3)", "[10, 7, 4, 1]"},
    {"range(0)", "[]"},
    {"range(5, 1)", "[]"},
    {"range(1, 2, 0)", "!ValueError"},
    {"range(1.0)", "!TypeError"},
    {"range('a')", "!TypeError"},
    {"range(True)", "[0]"},
    {"len('héllo')", "5"},
    {"len([1, 2])", "2"},
    {"len(range(10, 0, -1))", "10"},
    {"len(5)", "!TypeError"},
    {"len(none)", "!TypeError"},
    {"str(1)", "'1'"},
    {"str(1.0)", "'1.0'"},
    {"str('a')", "'a'"},
    {"str([1, 'a', none, true, 1.5])", "\"[1, 'a', None, True, 1.5]\""},
    {"str(none)", "'None'"},
    {"int(3.9)", "3"},
    {"int(-3.9)", "-3"},
    {"int('42')", "42"},
    {"int(' -42 ')", "-42"},
    {"int('1_000')", "1000"},
    {"int('1__0')", "!ValueError"},
    {"int('_1')", "!ValueError"},
    {"int('')", "!ValueError"},
    {"int('x')", "!ValueError"},
    {"int('1.5')", "!ValueError"},
    {"int(true)", "1"},
    {"int(none)", "!TypeError"},
    {"int([])", "!TypeError"},
    {"int(float('inf'))", "!OverflowError"},
    {"int(float('nan'))", "!ValueError"},
    {"int(1e30)", "!OverflowError"},
    {"int('9223372036854775807')", "9223372036854775807"},
    {"int('9223372036854775808')", "!OverflowError"},
    {"int('-9223372036854775808')", "-9223372036854775808"},
    {"int('+5')", "5"},
    {"int('- 5')", "!ValueError"},
    {"float('1.5')", "1.5"},
    {"float(' 2 ')", "2.0"},
    {"float('1e5')", "100000.0"},
    {"float('inf')", "inf"},
    {"float('-Infinity')", "-inf"},
    {"float('nan')", "nan"},
    {"float('x')", "!ValueError"},
    {"float('')", "!ValueError"},
    {"float('1_0.5')", "10.5"},
    {"float('1_')", "!ValueError"},
    {"float(3)", "3.0"},
    {"float(true)", "1.0"},
    {"float(none)", "!TypeError"},
    {"float('1e400')", "inf"},
    {"float('-1e400')", "-inf"},
    {"float('1e-400')", "0.0"},
    {"float('.5')", "0.5"},
    {"float('5.')", "5.0"},
    {"float('.')", "!ValueError"},
    {"float('0x10')", "!ValueError"},
    {"float('1e')", "!ValueError"},
    {"float('1e5_0')", "1e+50"},
    {"bool(0)", "False"},
    {"bool('')", "False"},
    {"bool('0')", "True"},
    {"bool([])", "False"},
    {"bool(0.0)", "False"},
    {"bool(none)", "False"},
    {"abs(-3)", "3"},
    {"abs(-3.5)", "3.5"},
    {"abs(true)", "1"},
    {"abs('a')", "!TypeError"},
    {"abs((-9223372036854775808))", "!OverflowError"},
    {"abs(-0.0)", "0.0"},
    {"min([3, 1, 2])", "1"},
    {"max([3, 1, 2])", "3"},
    {"min(3, 1, 2)", "1"},
    {"max('a', 'b')", "'b'"},
    {"min([])", "!ValueError"},
    {"max([])", "!ValueError"},
    {"min(5)", "!TypeError"},
    {"min(1, 'a')", "!TypeError"},
    {"max(1, 1.0)", "1"},
    {"max(1.0, 1)", "1.0"},
    {"min(true, 1)", "True"},
    {"max([1, 2], [1, 3])", "[1, 3]"},
    {"max('hello')", "'o'"},
    {"min(1, 2.5, -1)", "-1"},
    {"sum([1, 2, 3])", "6"},
    {"sum([])", "0"},
    {"sum([0.1, 0.2, 0.3])", "0.6000000000000001"},
    {"sum([1, 2.5])", "3.5"},
    {"sum(['a'])", "!TypeError"},
    {"sum([[1], [2]], [])", "[1, 2]"},
    {"sum([1, 2], 10)", "13"},
    {"sum([], 'a')", "!TypeError"},
    {"sum(5)", "!TypeError"},
    {"sum([true, true])", "2"},
    {"sum(range(100))", "4950"},
    {"sum([1, none])", "!TypeError"},
    {"round(2.5)", "2"},
    {"round(3.5)", "4"},
    {"round(-2.5)", "-2"},
    {"round(-0.4)", "0"},
    {"round(2.675, 2)", "2.67"},
    {"round(1.005, 2)", "1.0"},
    {"round(1234.5678, -2)", "1200.0"},
    {"round(1250.0, -2)", "1200.0"},
    {"round(1350.0, -2)", "1400.0"},
    {"round(150, -2)", "200"},
    {"round(250, -2)", "200"},
    {"round(-150, -2)", "-200"},
    {"round(-250, -2)", "-200"},
    {"round(1234, 2)", "1234"},
    {"round(5, -1)", "0"},
    {"round(15, -1)", "20"},
    {"round(49, -2)", "0"},
    {"round(1.5, none)", "2"},
    {"round(float('inf'))", "!OverflowError"},
    {"round(float('nan'))", "!ValueError"},
    {"round(1e30)", "!OverflowError"},
    {"round('a')", "!TypeError"},
    {"round(1.5, 'a')", "!TypeError"},
    {"round(true)", "1"},
    {"round(float('inf'), 2)", "inf"},
    {"round(0.5, 0)", "0.0"},
    {"round(1.5, 0)", "2.0"},
    {"round(-0.5, 0)", "-0.0"},
    {"round(1e300, -300)", "1e+300"},
    {"round(5e299, -300)", "1e+300"},
    {"round(1e-5, 3)", "0.0"},
    {"round(123.456, 400)", "123.456"},
    {"round(123.456, -400)", "0.0"},
    {"round(9223372036854775807, -1)", "!OverflowError"},
    {"round(9223372036854775800, -2)", "9223372036854775800"},
    {"round(5000000000000000000, -19)", "0"},
    {"round(6000000000000000000, -19)", "!OverflowError"},
    {"round(1.7976931348623157e308, -308)", "!OverflowError"},
    {"round(0.15, 1)", "0.1"},
    {"round(0.25, 1)", "0.2"},
    {"round(99.95, 1)", "100.0"},
    {"round(995.0, -1)", "1000.0"},
    {"sorted([3, 1, 2])", "[1, 2, 3]"},
    {"sorted(['b', 'a', 'B'])", "['B', 'a', 'b']"},
    {"sorted([2.5, -1.0])", "[-1.0, 2.5]"},
    {"sorted([2, 1.5, true])", "[True, 1.5, 2]"},
    {"sorted([1, 'a'])", "!TypeError"},
    {"sorted('hello')", "['e', 'h', 'l', 'l', 'o']"},
    {"sorted([[2, 1], [1, 2], [1, 1]])", "[[1, 1], [1, 2], [2, 1]]"},
    {"sorted(range(5, 0, -1))", "[1, 2, 3, 4, 5]"},
    {"sorted([1, 1.0, true])", "[1, 1.0, True]"},
    {"sorted([true, 1.0, 1])", "[True, 1.0, 1]"},
    {"sorted(5)", "!TypeError"},
    {"sorted([none, none])", "!TypeError"},
    {"sorted([0.0, -0.0])", "[0.0, -0.0]"},
    {"reversed([1, 2, 3])", "[3, 2, 1]"},
    {"reversed('abc')", "['c', 'b', 'a']"},
    {"reversed(range(5))", "[4, 3, 2, 1, 0]"},
    {"reversed(range(0, 10, 3))", "[9, 6, 3, 0]"},
    {"reversed(range(0))", "[]"},
    {"reversed(5)", "!TypeError"},
    {"zip([1, 2], [3, 4])", "[[1, 3], [2, 4]]"},
    {"zip([1, 2, 3], 'ab')", "[[1, 'a'], [2, 'b']]"},
    {"zip()", "[]"},
    {"zip([1])", "[[1]]"},
    {"zip(5)", "!TypeError"},
    {"any([0, 1])", "True"},
    {"any([])", "False"},
    {"any([0, '', none])", "False"},
    {"all([1, 2])", "True"},
    {"all([])", "True"},
    {"all([1, 0])", "False"},
    {"any(5)", "!TypeError"},
    {"upper('héllo ß')", "'HÉLLO SS'"},
    {"lower('HÉLLO ÄΩ')", "'héllo äω'"},
    {"upper('ǆ ﬁ')", "'Ǆ FI'"},
    {"lower('İ')", "'i̇'"},
    {"upper(5)", "!TypeError"},
    {"strip('  a b  ')", "'a b'"},
    {"strip('\\t\\n x \\r')", "'x'"},
    {"strip('xxaxx', 'x')", "'a'"},
    {"strip('abcba', 'ab')", "'c'"},
    {"strip('')", "''"},
    {"strip('\u2003a\u3000')", "'a'"},
    {"split('a,b,,c', ',')", "['a', 'b', '', 'c']"},
    {"split('a b  c ')", "['a', 'b', 'c']"},
    {"split('', ',')", "['']"},
    {"split('')", "[]"},
    {"split('  a  b ', ' ')", "['', '', 'a', '', 'b', '']"},
    {"split('a', '')", "!ValueError"},
    {"split('a--b', '--')", "['a', 'b']"},
    {"split(5, ',')", "!TypeError"},
    {"split('a', 5)", "!TypeError"},
    {"join(',', ['a', 'b'])", "'a,b'"},
    {"join('', [])", "''"},
    {"join(', ', 'abc')", "'a, b, c'"},
    {"join(',', [1])", "!TypeError"},
    {"join(1, ['a'])", "!TypeError"},
    {"join(',', 5)", "!TypeError"},
    {"find('hello', 'l')", "2"},
    {"find('hello', 'z')", "-1"},
    {"find('héllo', 'l')", "2"},
    {"find('', '')", "0"},
    {"find('abc', '')", "0"},
    {"find('abc', 1)", "!TypeError"},
    {"replace('aXbX', 'X', '--')", "'a--b--'"},
    {"replace('abc', '', '-')", "'-a-b-c-'"},
    {"replace('', '', '-')", "'-'"},
    {"replace('aaa', 'aa', 'b')", "'ba'"},
    {"replace('a', 'a', 1)", "!TypeError"},
    {"replace('héé', 'é', 'e')", "'hee'"},
};
// clang-format on

template <size_t n>
void expect_as_python(const PythonCase (&cases)[n]) {
    testing::Expressions expressions;
    for (const PythonCase& c : cases) EXPECT_EQ(expressions.show(c.expression), c.expected) << c.expression;
}

/// A handle that answers two questions and keeps the default for the others.
class Door final : public HandleObject {
  public:
    Door() : HandleObject(Kind::event) {}
    std::string display() const override { return "door"; }
    Value query(StateQuery query) const override {
        if (query == StateQuery::is_set) return true;
        if (query == StateQuery::length) return 3;
        return HandleObject::query(query);
    }
    bool contains(const Value& item) const override { return item.is_int(); }
};

TEST(Builtins, WorkAsPythons) { expect_as_python(functions); }

TEST(Builtins, SumOverflowsOnAnyPartialSum) {
    testing::Expressions expressions;
    EXPECT_EQ(expressions.show("sum([9223372036854775807, 1, -1])"), "!OverflowError");
    EXPECT_EQ(expressions.show("sum(range(4000000000000000000, 4000000000000000003))"), "!OverflowError");
}

TEST(Builtins, HaveNamesOfTheirOwnAndSaneBounds) {
    std::set<std::string> names;
    for (const Builtin& builtin : builtins()) {
        EXPECT_TRUE(names.insert(builtin.name).second) << builtin.name;
        EXPECT_LE(builtin.least, builtin.most) << builtin.name;
        EXPECT_EQ(find_builtin(builtin.name), &builtin);
    }
    // Section 3 of the language's contract lists these.
    for (const char* name :
         {"range",     "len",        "str",        "int",        "float",     "bool",        "abs",
          "min",       "max",        "sum",        "round",      "sorted",    "reversed",    "zip",
          "any",       "all",        "upper",      "lower",      "strip",     "split",       "join",
          "find",      "replace",    "random",     "uniform",    "randint",   "exponential", "normal",
          "lognormal", "choice",     "qsize",      "empty",      "full",      "unfinished",  "is_set",
          "locked",    "done",       "cancelled",  "cancelling", "result",    "exception",   "name",
          "code",      "waiting",    "kind",       "broken",     "expired",   "when",        "current_task",
          "all_tasks", "error_name", "exceptions", "now",        "task_name", "task_count",  "thread_count",
          "thread_id", "pid"}) {
        EXPECT_EQ(names.erase(name), 1u) << name;
    }
    EXPECT_TRUE(names.empty()) << *names.begin();
    EXPECT_EQ(find_builtin("eval"), nullptr);
}

TEST(Builtins, LookIntoExceptions) {
    testing::Expressions expressions;
    std::vector<ErrorRef> members = {make_error(errors::value(), "a"), make_error(errors::timeout())};
    expressions.local("group", Value(make_ref<Error>(errors::exception_group(), "two", members)));
    expressions.local("e", Value(members[0]));
    EXPECT_EQ(expressions.show("error_name(group)"), "'ExceptionGroup'");
    EXPECT_EQ(expressions.show("error_name(e)"), "'ValueError'");
    EXPECT_EQ(expressions.show("error_name(5)"), "None");
    EXPECT_EQ(expressions.show("exceptions(group)"), "[ValueError('a'), TimeoutError()]");
    EXPECT_EQ(expressions.show("exceptions(group)[0] == e"), "True");
    EXPECT_EQ(expressions.show("exceptions(group)[1] == e"), "False");
    EXPECT_EQ(expressions.show("exceptions(e)"), "!TypeError");
    EXPECT_EQ(expressions.show("kind(e)"), "'exception'");
}

TEST(Builtins, NameTheKindOfEveryValue) {
    testing::Expressions expressions;
    expressions.local("door", Value(make_ref<Door>()));
    EXPECT_EQ(expressions.show("[kind(x) for x in [none, true, 1, 1.5, 'a', [], range(3), door]]"),
              "['none', 'bool', 'int', 'float', 'str', 'list', 'list', 'event']");
}

TEST(Builtins, AskHandlesAndRefuseOtherValues) {
    testing::Expressions expressions;
    expressions.local("door", Value(make_ref<Door>()));
    EXPECT_EQ(expressions.show("is_set(door)"), "True");
    EXPECT_EQ(expressions.show("len(door)"), "3");
    EXPECT_EQ(expressions.show("1 in door"), "True");
    EXPECT_EQ(expressions.show("'{door}' + str([door])"), "'{door}[door]'");
    EXPECT_EQ(expressions.show("qsize(door)"), "!TypeError");
    EXPECT_EQ(expressions.last_error->message(), "qsize() does not take a value of kind 'event'");
    EXPECT_EQ(expressions.show("qsize(5)"), "!TypeError");
    EXPECT_EQ(expressions.show("[x for x in door]"), "!TypeError");
}

TEST(Builtins, TellOfTheRunThroughTheEnvironment) {
    testing::Expressions expressions;
    EXPECT_EQ(expressions.show("[now(), task_name(), task_count(), thread_count(), thread_id(), pid()]"),
              "[1.5, 'Task-1', 2, 3, 4, 5]");
    EXPECT_EQ(expressions.show("[current_task(), all_tasks()]"), "[None, []]");
}

}  // namespace
}  // namespace asyncrun
