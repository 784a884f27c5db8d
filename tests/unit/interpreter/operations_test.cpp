// SPDX-License-Identifier: MIT
#include "engine/interpreter/operations.h"

#include "tests/unit/interpreter/expression_fixture.h"

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using testing::PythonCase;

// What CPython 3.11.7 gives, printed by its repr; "!" and a class is what it raises.
// clang-format off
constexpr PythonCase arithmetic[] = {
    {"1 + 2", "3"},
    {"1 + 2.5", "3.5"},
    {"True + 1", "2"},
    {"True + True", "2"},
    {"-True", "-1"},
    {"+True", "1"},
    {"1 - 2", "-1"},
    {"2 * 3", "6"},
    {"7 / 2", "3.5"},
    {"6 / 3", "2.0"},
    {"7 // 2", "3"},
    {"-7 // 2", "-4"},
    {"7 // -2", "-4"},
    {"-7 // -2", "3"},
    {"7 % 3", "1"},
    {"-7 % 3", "2"},
    {"7 % -3", "-2"},
    {"-7 % -3", "-1"},
    {"7.5 // 2", "3.0"},
    {"-7.5 // 2", "-4.0"},
    {"7.5 % 2", "1.5"},
    {"-7.5 % 2", "0.5"},
    {"7.5 % -2", "-0.5"},
    {"-0.0 % 3", "0.0"},
    {"0.0 // -3", "-0.0"},
    {"-1e-20 % 3.0", "3.0"},
    {"1e300 * 1e10", "inf"},
    {"1e308 * 10 - 1e308 * 10", "nan"},
    {"1 / 0", "!ZeroDivisionError"},
    {"1 // 0", "!ZeroDivisionError"},
    {"1 % 0", "!ZeroDivisionError"},
    {"1.0 / 0", "!ZeroDivisionError"},
    {"1.0 // 0", "!ZeroDivisionError"},
    {"1.0 % 0", "!ZeroDivisionError"},
    {"0 / 5", "0.0"},
    {"-0.0", "-0.0"},
    {"9223372036854775807 + 1", "!OverflowError"},
    {"9223372036854775807 - 1", "9223372036854775806"},
    {"(-9223372036854775808) - 1", "!OverflowError"},
    {"(-9223372036854775808) * -1", "!OverflowError"},
    {"-(-9223372036854775808)", "!OverflowError"},
    {"(-9223372036854775808) // -1", "!OverflowError"},
    {"(-9223372036854775808) % -1", "0"},
    {"9223372036854775807 * 2", "!OverflowError"},
    {"9223372036854775807 / 3", "3.0744573456182584e+18"},
    {"(-9223372036854775808) / 7", "-1.3176245766935393e+18"},
    {"9223372036854775807 / 9223372036854775807", "1.0"},
    {"(-9223372036854775808) / 9223372036854775807", "-1.0"},
    {"9007199254740993 / 1", "9007199254740992.0"},
    {"9007199254740993 / 3", "3002399751580331.0"},
    {"9223372036854775807 / 9223372036854775806", "1.0"},
    {"9007199254740995 / 2", "4503599627370498.0"},
    {"-9007199254740993 / 5", "-1801439850948198.5"},
    {"9223372036854775807 + 0.0", "9.223372036854776e+18"},
    {"9223372036854775807 * 1.0", "9.223372036854776e+18"},
    {"5 + True", "6"},
    {"3 * False", "0"},
    {"'a' + 'b'", "'ab'"},
    {"'a' + 1", "!TypeError"},
    {"1 + 'a'", "!TypeError"},
    {"'ab' * 3", "'ababab'"},
    {"3 * 'ab'", "'ababab'"},
    {"'ab' * -1", "''"},
    {"'ab' * 1.5", "!TypeError"},
    {"'ab' * True", "'ab'"},
    {"[1] + [2, 3]", "[1, 2, 3]"},
    {"[1] + 'a'", "!TypeError"},
    {"[1, 2] * 2", "[1, 2, 1, 2]"},
    {"0 * [1]", "[]"},
    {"[1] - [1]", "!TypeError"},
    {"'%d' - 1", "!TypeError"},
    {"none + 1", "!TypeError"},
    {"-'a'", "!TypeError"},
    {"-none", "!TypeError"},
    {"+'a'", "!TypeError"},
    {"+2.5", "2.5"},
    {"--3", "3"},
    {"0.1 + 0.2", "0.30000000000000004"},
    {"1e16 + 1.0", "1e+16"},
    {"2.0 // 0.1", "19.0"},
    {"1.0 % 0.1", "0.09999999999999995"},
    {"-3.0 // 2", "-2.0"},
    {"3 - 5.5", "-2.5"},
    {"2 * 0.5 + 1", "2.0"},
    {"7 // 2.0", "3.0"},
    {"5e-324 / 2", "0.0"},
    {"(-5) // 3 * 3 + (-5) % 3", "-5"},
    {"1e308 + 1e308", "inf"},
};

constexpr PythonCase comparisons[] = {
    {"1 < 2", "True"},
    {"1 < 1.5", "True"},
    {"2 > 1.5", "True"},
    {"1 == 1.0", "True"},
    {"1 == True", "True"},
    {"0 == False", "True"},
    {"1 == '1'", "False"},
    {"none == none", "True"},
    {"none == 0", "False"},
    {"none != 0", "True"},
    {"'a' < 'b'", "True"},
    {"'a' < 'B'", "False"},
    {"'é' > 'z'", "True"},
    {"'a' < 1", "!TypeError"},
    {"1 < 'a'", "!TypeError"},
    {"none < 1", "!TypeError"},
    {"[1, 2] < [1, 3]", "True"},
    {"[1, 2] < [1, 2, 0]", "True"},
    {"[] < [0]", "True"},
    {"[2] < [1, 5]", "False"},
    {"[1, 'a'] < [1, 2]", "!TypeError"},
    {"[1, 'a'] < [2, 2]", "True"},
    {"[1] == [1.0]", "True"},
    {"[1, [2, 3]] == [1, [2, 3]]", "True"},
    {"[1] == 1", "False"},
    {"[1, 2] >= [1, 2]", "True"},
    {"[1, 2] <= [1]", "False"},
    {"1 < 2 < 3", "True"},
    {"1 < 3 < 2", "False"},
    {"3 > 2 >= 2 != 1", "True"},
    {"1 == 1 == 1.0 == true", "True"},
    {"9223372036854775807 == 9223372036854775807.0", "False"},
    {"9223372036854775807 < 9223372036854775807.0", "True"},
    {"9007199254740993 == 9007199254740992.0", "False"},
    {"9007199254740993 > 9007199254740992.0", "True"},
    {"(-9223372036854775808) == -9223372036854775808.0", "True"},
    {"(-9223372036854775808) < -9.3e18", "False"},
    {"1 < float('inf')", "True"},
    {"1 > float('-inf')", "True"},
    {"1 < float('nan')", "False"},
    {"float('nan') == float('nan')", "False"},
    {"float('nan') != float('nan')", "True"},
    {"1.5 > 1", "True"},
    {"-1.5 < -1", "True"},
    {"-2 < -1.5", "True"},
    {"1 in [1, 2]", "True"},
    {"1.0 in [1, 2]", "True"},
    {"3 not in [1, 2]", "True"},
    {"'b' in 'abc'", "True"},
    {"'' in 'abc'", "True"},
    {"1 in 'abc'", "!TypeError"},
    {"1 in 2", "!TypeError"},
    {"3 in range(10)", "True"},
    {"3.0 in range(10)", "True"},
    {"3.5 in range(10)", "False"},
    {"10 in range(10)", "False"},
    {"'a' in range(10)", "False"},
    {"5 in range(0, 10, 2)", "False"},
    {"4 in range(10, 0, -2)", "True"},
    {"true in range(2)", "True"},
    {"[1] in [[1]]", "True"},
    {"range(3) == [0, 1, 2]", "True"},
    {"range(0) == range(1, 1)", "True"},
    {"range(0, 3, 2) == range(0, 4, 2)", "True"},
    {"not 0", "True"},
    {"not ''", "True"},
    {"not 'a'", "False"},
    {"not []", "True"},
    {"not [0]", "False"},
    {"not 0.0", "True"},
    {"not none", "True"},
    {"1 and 2", "2"},
    {"0 and 2", "0"},
    {"0 or 'x'", "'x'"},
    {"'' or [] or 0", "0"},
    {"1 if 0 else 2", "2"},
    {"'a' if [] else 'b'", "'b'"},
    {"1 < 2 and 2 < 3", "True"},
    {"not 1 == 2", "True"},
    {"1 or 1 / 0", "1"},
    {"0 and 1 / 0", "0"},
};

constexpr PythonCase sequences[] = {
    {"[1, 2, 3][0]", "1"},
    {"[1, 2, 3][-1]", "3"},
    {"[1, 2, 3][3]", "!IndexError"},
    {"[1, 2, 3][-4]", "!IndexError"},
    {"[1, 2][True]", "2"},
    {"[1][1.0]", "!TypeError"},
    {"[1]['a']", "!TypeError"},
    {"'héllo'[1]", "'é'"},
    {"'héllo'[-1]", "'o'"},
    {"'abc'[5]", "!IndexError"},
    {"'abc'['x']", "!TypeError"},
    {"5[0]", "!TypeError"},
    {"none[0]", "!TypeError"},
    {"range(10)[3]", "3"},
    {"range(10)[-1]", "9"},
    {"range(10)[10]", "!IndexError"},
    {"range(0, 100, 7)[4]", "28"},
    {"[1, 2, 3, 4][1:3]", "[2, 3]"},
    {"[1, 2, 3][:2]", "[1, 2]"},
    {"[1, 2, 3][-2:]", "[2, 3]"},
    {"[1, 2, 3][5:]", "[]"},
    {"[1, 2, 3][2:1]", "[]"},
    {"[1, 2, 3][-10:10]", "[1, 2, 3]"},
    {"[1, 2, 3][:]", "[1, 2, 3]"},
    {"[1, 2, 3][none:none]", "[1, 2, 3]"},
    {"'héllo wörld'[1:8]", "'éllo wö'"},
    {"'abc'[-2:]", "'bc'"},
    {"'abc'[:-1]", "'ab'"},
    {"range(10)[2:5]", "[2, 3, 4]"},
    {"range(10)[-3:]", "[7, 8, 9]"},
    {"range(10, 0, -3)[1:]", "[7, 4, 1]"},
    {"[1, 2][1.0:]", "!TypeError"},
    {"5[1:2]", "!TypeError"},
    {"[][:]", "[]"},
    {"''[0:1]", "''"},
    {"[x * x for x in range(5)]", "[0, 1, 4, 9, 16]"},
    {"[x for x in 'abc']", "['a', 'b', 'c']"},
    {"[x for x in range(10) if x % 3 == 0]", "[0, 3, 6, 9]"},
    {"[a + b for a, b in zip([1, 2], [10, 20])]", "[11, 22]"},
    {"[[a, i] for i, a in [[0, 'x'], [1, 'y']]]", "[['x', 0], ['y', 1]]"},
    {"[a for a, b in [[1]]]", "!ValueError"},
    {"[a for a, b in [[1, 2, 3]]]", "!ValueError"},
    {"[a for a, b in [1]]", "!TypeError"},
    {"[x for x in 5]", "!TypeError"},
    {"[[y for y in range(x)] for x in range(4)]", "[[], [0], [0, 1], [0, 1, 2]]"},
    {"[x for x in [y * 2 for y in range(3)]]", "[0, 2, 4]"},
    {"[1 / x for x in [1, 0]]", "!ZeroDivisionError"},
    {"[a for a, b in ['ab', 'cd']]", "['a', 'c']"},
};
// clang-format on

template <size_t n>
void expect_as_python(const PythonCase (&cases)[n]) {
    testing::Expressions expressions;
    for (const PythonCase& c : cases) EXPECT_EQ(expressions.show(c.expression), c.expected) << c.expression;
}

TEST(Operations, ComputeAsPythonDoes) { expect_as_python(arithmetic); }
TEST(Operations, CompareAsPythonDoes) { expect_as_python(comparisons); }
TEST(Operations, IndexSliceAndWalkSequencesAsPythonDoes) { expect_as_python(sequences); }

TEST(Operations, TakeVariablesAsTheyTakeConstants) {
    // The specialised shapes read slots and constants in place: all must agree with the plain one.
    const std::vector<std::string> values = {"3", "-4", "0", "2.5", "true", "'a'", "[1]", "none"};
    const std::vector<std::string> operators = {
        "+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "in"};
    for (const std::string& a : values) {
        for (const std::string& b : values) {
            testing::Expressions expressions;
            expressions.local("a", expressions.value_of(a));
            expressions.local("b", expressions.value_of(b));
            for (const std::string& op : operators) {
                const std::string expected = expressions.show(a + " " + op + " " + b);
                for (const char* left : {"a", "(a if true else a)", "[a][0]"}) {
                    for (const std::string& right : {std::string("b"), std::string("[b][0]"), b}) {
                        const std::string text = std::string(left) + " " + op + " " + right;
                        EXPECT_EQ(expressions.show(text), expected)
                            << text << " with a = " << a << ", b = " << b;
                    }
                }
            }
        }
    }
}

TEST(Operations, HashEqualValuesAlike) {
    EXPECT_EQ(hash_value(Value(1)), hash_value(Value(1.0)));
    EXPECT_EQ(hash_value(Value(1)), hash_value(Value(true)));
    EXPECT_EQ(hash_value(Value("a")), hash_value(Value(std::string("a"))));
    EXPECT_THROW(hash_value(Value(std::vector<Value>{})), Exception);
}

TEST(Operations, UnpackGivesAllOrNothing) {
    Value out[2];
    unpack(Value(std::vector<Value>{Value(1), Value("x")}), 2, out);
    EXPECT_EQ(to_repr(out[0]) + to_repr(out[1]), "1'x'");
    EXPECT_THROW(unpack(Value(std::vector<Value>{Value(5)}), 2, out), Exception);
    EXPECT_THROW(unpack(Value(5), 2, out), Exception);
    EXPECT_EQ(to_repr(out[0]), "1");
}

TEST(Operations, RefuseListsBeyondTheMemoryLimit) {
    testing::Expressions expressions;
    EXPECT_EQ(expressions.show("[0] * 10000000000"), "!MemoryError");
    EXPECT_EQ(expressions.show("'a' * 10000000000"), "!MemoryError");
    EXPECT_EQ(expressions.show("sorted(range(1000000000))"), "!MemoryError");
    EXPECT_EQ(expressions.show("range(1000000000) + [1]"), "!MemoryError");
}

}  // namespace
}  // namespace asyncrun
