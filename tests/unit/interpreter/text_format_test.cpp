// SPDX-License-Identifier: MIT
#include "tests/unit/interpreter/expression_fixture.h"

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using testing::PythonCase;

// What CPython 3.11.7 gives, printed by its repr; "!" and a class is what it raises.
// clang-format off
constexpr PythonCase texts[] = {
    {"0.1", "0.1"},
    {"1.0", "1.0"},
    {"100.0", "100.0"},
    {"1e15", "1000000000000000.0"},
    {"1e16", "1e+16"},
    {"1e17", "1e+17"},
    {"123456789012345680.0", "1.2345678901234568e+17"},
    {"9999999999999998.0", "9999999999999998.0"},
    {"1e22", "1e+22"},
    {"1e-4", "0.0001"},
    {"1e-5", "1e-05"},
    {"0.00012345", "0.00012345"},
    {"1.5e-7", "1.5e-07"},
    {"5e-324", "5e-324"},
    {"1.7976931348623157e308", "1.7976931348623157e+308"},
    {"-0.0", "-0.0"},
    {"float('inf')", "inf"},
    {"float('-inf')", "-inf"},
    {"float('nan')", "nan"},
    {"1/3", "0.3333333333333333"},
    {"2/3", "0.6666666666666666"},
    {"100/3", "33.333333333333336"},
    {"1e100", "1e+100"},
    {"123456.789", "123456.789"},
    {"0.3", "0.3"},
    {"3.0e10", "30000000000.0"},
    {"4.35", "4.35"},
    {"0.1+0.7", "0.7999999999999999"},
    {"1e21+1", "1e+21"},
    {"'it\\'s'", "\"it's\""},
    {"'say \"hi\"'", "'say \"hi\"'"},
    {"'it\\'s \"x\"'", "'it\\'s \"x\"'"},
    {"'a\\nb\\tc\\r'", "'a\\nb\\tc\\r'"},
    {"'back\\\\slash'", "'back\\\\slash'"},
    {"'plain'", "'plain'"},
    {"'é ü 日本'", "'é ü 日本'"},
    {"'\u200b'", "'\\u200b'"},
    {"'\u00a0'", "'\\xa0'"},
    {"'\u00ad'", "'\\xad'"},
    {"'😀'", "'😀'"},
    {"'\ufeff'", "'\\ufeff'"},
    {"'\u0378'", "'\\u0378'"},
    {"['a', [1, [none]], \"b'c\"]", "['a', [1, [None]], \"b'c\"]"},
    {"[[], [[]]]", "[[], [[]]]"},
    {"[true, false, none]", "[True, False, None]"},
    {"[1e16, 0.5]", "[1e+16, 0.5]"},
};

constexpr PythonCase format_strings[] = {
    {"f'{\"héllo\"}'", "'héllo'"},
    {"f'{\"héllo\":5}'", "'héllo'"},
    {"f'{\"héllo\":<5}'", "'héllo'"},
    {"f'{\"héllo\":>5}'", "'héllo'"},
    {"f'{\"héllo\":^5}'", "'héllo'"},
    {"f'{\"héllo\":s}'", "'héllo'"},
    {"f'{\"héllo\":10s}'", "'héllo     '"},
    {"f'{\"héllo\":.2}'", "'hé'"},
    {"f'{\"héllo\":.2s}'", "'hé'"},
    {"f'{\"héllo\":*^9}'", "'**héllo**'"},
    {"f'{\"héllo\":é>6}'", "'éhéllo'"},
    {"f'{\"héllo\":5.1}'", "'h    '"},
    {"f'{\"héllo\":05}'", "'héllo'"},
    {"f'{\"héllo\":<05}'", "'héllo'"},
    {"f'{\"héllo\":0}'", "'héllo'"},
    {"f'{\"héllo\":d}'", "!ValueError"},
    {"f'{\"héllo\":+}'", "!ValueError"},
    {"f'{\"héllo\":=5}'", "!ValueError"},
    {"f'{\"héllo\":,}'", "!ValueError"},
    {"f'{\"héllo\":_}'", "!ValueError"},
    {"f'{true}'", "'True'"},
    {"f'{true:5}'", "'    1'"},
    {"f'{true:<5}'", "'1    '"},
    {"f'{true:>5}'", "'    1'"},
    {"f'{true:^5}'", "'  1  '"},
    {"f'{true:s}'", "!ValueError"},
    {"f'{true:10s}'", "!ValueError"},
    {"f'{true:.2}'", "!ValueError"},
    {"f'{true:.2s}'", "!ValueError"},
    {"f'{true:*^9}'", "'****1****'"},
    {"f'{true:é>6}'", "'ééééé1'"},
    {"f'{true:5.1}'", "!ValueError"},
    {"f'{true:05}'", "'00001'"},
    {"f'{true:<05}'", "'10000'"},
    {"f'{true:0}'", "'1'"},
    {"f'{true:d}'", "'1'"},
    {"f'{true:+}'", "'+1'"},
    {"f'{true:=5}'", "'    1'"},
    {"f'{true:,}'", "'1'"},
    {"f'{true:_}'", "'1'"},
    {"f'{none}'", "'None'"},
    {"f'{none:5}'", "!TypeError"},
    {"f'{none:<5}'", "!TypeError"},
    {"f'{none:>5}'", "!TypeError"},
    {"f'{none:^5}'", "!TypeError"},
    {"f'{none:s}'", "!TypeError"},
    {"f'{none:10s}'", "!TypeError"},
    {"f'{none:.2}'", "!TypeError"},
    {"f'{none:.2s}'", "!TypeError"},
    {"f'{none:*^9}'", "!TypeError"},
    {"f'{none:é>6}'", "!TypeError"},
    {"f'{none:5.1}'", "!TypeError"},
    {"f'{none:05}'", "!TypeError"},
    {"f'{none:<05}'", "!TypeError"},
    {"f'{none:0}'", "!TypeError"},
    {"f'{none:d}'", "!TypeError"},
    {"f'{none:+}'", "!TypeError"},
    {"f'{none:=5}'", "!TypeError"},
    {"f'{none:,}'", "!TypeError"},
    {"f'{none:_}'", "!TypeError"},
    {"f'{1!r}'", "'1'"},
    {"f'{\"a\"!r}'", "\"'a'\""},
    {"f'{\"a\"!s:>3}'", "'  a'"},
    {"f'{\"a\"!r:>5}'", "\"  'a'\""},
    {"f'{[1, \"a\"]}'", "\"[1, 'a']\""},
    {"f'{1.5!r:>6}'", "'   1.5'"},
    {"f'{{x}} {1}{2}'", "'{x} 12'"},
    {"f'{true!s:5}|'", "'True |'"},
    {"f'{none!r:>6}'", "'  None'"},
};
// clang-format on

/// A format that suits no value is found when the scenario is loaded, where Python raises ValueError.
template <size_t n>
void expect_as_python(const PythonCase (&cases)[n]) {
    testing::Expressions expressions;
    for (const PythonCase& c : cases) {
        const std::string shown = expressions.show(c.expression);
        if (shown.starts_with("!load: ")) {
            EXPECT_STREQ(c.expected, "!ValueError") << c.expression << " gave " << shown;
        } else {
            EXPECT_EQ(shown, c.expected) << c.expression;
        }
    }
}

TEST(Text, ShowsValuesAsPythonsRepr) { expect_as_python(texts); }
TEST(Text, FormatsStringsAndOtherKindsAsPythonDoes) { expect_as_python(format_strings); }

Value error_value(const char* type, const char* message) {
    return Value(make_error(ErrorType::declare(type), message));
}

TEST(Text, ShowsExceptionsByTheirMessageAndInListsByTheirRepr) {
    const Value boom = error_value("ValueError", "boom");
    EXPECT_EQ(to_str(boom), "boom");
    EXPECT_EQ(to_repr(boom), "ValueError('boom')");
    EXPECT_EQ(to_str(Value(std::vector<Value>{boom})), "[ValueError('boom')]");
    EXPECT_EQ(to_repr(error_value("TimeoutError", "")), "TimeoutError()");
    EXPECT_EQ(error_summary(*boom.error()), "ValueError: boom");
    EXPECT_EQ(error_summary(*error_value("TimeoutError", "").error()), "TimeoutError");
}

TEST(Text, QuotesTheMessageOfAKeyError) {
    EXPECT_EQ(to_str(error_value("KeyError", "lost")), "'lost'");
    EXPECT_EQ(to_repr(error_value("KeyError", "lost")), "KeyError('lost')");
    EXPECT_EQ(to_str(error_value("KeyError", "")), "") << "KeyError() has no text";
}

TEST(Text, TellsAnEmptyTextFromNone) {
    EXPECT_EQ(to_repr(error_value("CancelledError", "")), "CancelledError()");
    EXPECT_EQ(to_repr(error_value("CancelledError", "stop")), "CancelledError('stop')");
    const Value given = error_value("CancelledError", "");
    given.error()->text_given = true;
    EXPECT_EQ(to_repr(given), "CancelledError('')") << "as gather gives a cancelled child";
}

TEST(Text, TellsHowManyMembersAGroupHas) {
    const auto group = [](size_t n) {
        std::vector<ErrorRef> members;
        for (size_t i = 0; i < n; ++i) members.push_back(make_error(errors::value(), std::to_string(i)));
        return Value(make_ref<Error>(errors::exception_group(), "unhandled errors in a TaskGroup", members));
    };
    EXPECT_EQ(to_str(group(1)), "unhandled errors in a TaskGroup (1 sub-exception)");
    EXPECT_EQ(to_str(group(2)), "unhandled errors in a TaskGroup (2 sub-exceptions)");
    EXPECT_EQ(to_repr(group(2)),
              "ExceptionGroup('unhandled errors in a TaskGroup', [ValueError('0'), ValueError('1')])");
}

TEST(Text, EndsAListWithinItself) {
    const Value list(std::vector<Value>{Value(1)});
    list.list().append(list);
    EXPECT_EQ(to_str(list), "[1, [...]]");
    EXPECT_EQ(to_json_text(list), "[1, null]");
    list.list().pop();
}

TEST(Text, EscapesWhatIsNoUtf8) {
    EXPECT_EQ(to_repr(Value("a\xff\xc3")), "'a\\udcff\\udcc3'");
    EXPECT_EQ(Value("a\xff\xc3").string().length(), 3);
}

TEST(Json, KeepsPlainDataAndTellsTheRestAsText) {
    std::vector<DictObject::Entry> entries;
    entries.emplace_back(Value("status"), Value(200));
    entries.emplace_back(Value("body"), Value("a\"b\n\x01\xff"));
    const Value dict(make_ref<DictObject>(std::move(entries)));
    EXPECT_EQ(to_json_text(dict), "{\"status\": 200, \"body\": \"a\\\"b\\n\\u0001\xEF\xBF\xBD\"}");
    EXPECT_EQ(to_str(dict), "{'status': 200, 'body': 'a\"b\\n\\x01\\udcff'}");
    testing::Expressions expressions;
    const Value mixed =
        expressions.value_of("[none, true, 1, 0.1, 1e300, float('nan'), float('inf'), 'x', [[]]]");
    EXPECT_EQ(to_json_text(mixed), "[null, true, 1, 0.1, 1e+300, null, null, \"x\", [[]]]");
    EXPECT_EQ(to_json_text(error_value("ValueError", "boom")), "\"boom\"");
}

}  // namespace
}  // namespace asyncrun
