// SPDX-License-Identifier: MIT
#include "engine/interpreter/value.h"

#include "engine/interpreter/operations.h"
#include "engine/interpreter/text_format.h"

#include <functional>
#include <thread>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

Value list_of(std::vector<Value> items) { return Value(std::move(items)); }

std::string error_of(const std::function<void()>& what) {
    try {
        what();
    } catch (const Exception& e) {
        return error_summary(*e.error());
    }
    return "";
}

TEST(Value, CountsItsObject) {
    Value a("text");
    EXPECT_EQ(a.object().references(), 1u);
    {
        const Value b = a;
        EXPECT_EQ(a.object().references(), 2u);
        EXPECT_TRUE(a.same_object(b));
    }
    EXPECT_EQ(a.object().references(), 1u);
    const Value c = std::move(a);
    EXPECT_EQ(c.object().references(), 1u);
    Value d = c;
    d = Value(5);
    EXPECT_EQ(c.object().references(), 1u);
    d = c;
    Value& same = d;
    d = same;
    d = std::move(same);
    EXPECT_EQ(d.text(), "text");
    EXPECT_EQ(c.object().references(), 2u);
}

TEST(Value, OfANullErrorIsNone) { EXPECT_TRUE(Value(ErrorRef()).is_none()); }

TEST(List, IsSharedByReference) {
    const Value xs = list_of({Value(1)});
    const Value ys = xs;
    ys.list().append(Value(2));
    EXPECT_EQ(to_repr(xs), "[1, 2]");
}

TEST(List, ChangesAsPythons) {
    const Value xs = list_of({Value(1), Value(2), Value(1), Value("a")});
    xs.list().remove(Value(1.0));
    EXPECT_EQ(to_repr(xs), "[2, 1, 'a']");
    EXPECT_EQ(to_repr(xs.list().pop()), "'a'");
    EXPECT_EQ(to_repr(xs.list().pop(0)), "2");
    xs.list().set(-1, Value(7));
    EXPECT_EQ(to_repr(xs), "[7]");
    EXPECT_EQ(error_of([&] { xs.list().remove(Value(9)); }), "ValueError: list.remove(x): x not in list");
    EXPECT_EQ(error_of([&] { xs.list().pop(1); }), "IndexError: pop index out of range");
    EXPECT_EQ(error_of([&] { xs.list().set(1, Value(0)); }),
              "IndexError: list assignment index out of range");
    EXPECT_EQ(error_of([&] { xs.list().at(1); }), "IndexError: list index out of range");
    xs.list().pop();
    EXPECT_EQ(error_of([&] { xs.list().pop(); }), "IndexError: pop from empty list");
    EXPECT_EQ(error_of([&] { store_item(Value("abc"), Value(0), Value("x")); }),
              "TypeError: 'str' object does not support item assignment");
}

TEST(List, IsWalkedWithWhatIsAppendedMeanwhile) {
    const Value xs = list_of({Value(1), Value(2)});
    Iteration items(xs);
    std::string seen;
    for (Value item; items.next(item);) {
        seen += to_repr(item);
        if (item.integer() < 3) xs.list().append(Value(item.integer() + 2));
    }
    EXPECT_EQ(seen, "1234");
}

TEST(List, OfABillionNumbersCostsNothingUntilItIsChanged) {
    const Value xs(ListObject::range(0, 2, 1'000'000'000));
    EXPECT_EQ(xs.list().size(), 1'000'000'000);
    EXPECT_EQ(to_repr(xs.list().at(-1)), "1999999998");
    EXPECT_TRUE(contains(xs, Value(1'000'000)));
    EXPECT_FALSE(contains(xs, Value(1'000'001)));
    EXPECT_EQ(length(slice(xs, Value(10), Value(-10))), 999'999'980);
    EXPECT_EQ(error_of([&] { xs.list().append(Value(1)); }).substr(0, 12), "MemoryError:");
    const Value few(ListObject::range(5, -1, 3));
    few.list().append(Value("end"));
    EXPECT_EQ(to_repr(few), "[5, 4, 3, 'end']");
}

TEST(List, NestedDeeplyIsFreedWithoutDeepRecursion) {
    Value nested;
    for (int i = 0; i < 1'000'000; ++i) nested = list_of({std::move(nested)});
    EXPECT_EQ(error_of([&] { to_repr(nested); }).substr(0, 15), "RecursionError:");
    Value other;
    for (int i = 0; i < 2'000; ++i) other = list_of({std::move(other)});
    EXPECT_EQ(error_of([&] { equal(nested, other); }).substr(0, 15), "RecursionError:");
}

TEST(List, KeepsEveryItemWhenThreadsAppendAndPop) {
    const Value xs = list_of({});
    constexpr int threads = 4;
    constexpr int each = 2'000;
    std::atomic<int> popped{0};
    {
        ParallelSection section;
        std::vector<std::thread> workers;
        for (int t = 0; t < threads; ++t) {
            workers.emplace_back([&xs, &popped, t] {
                for (int i = 0; i < each; ++i) {
                    xs.list().append(Value(std::to_string(t)));
                    Value item;
                    xs.list().get(0, item);
                    if (i % 2) {
                        xs.list().pop();
                        ++popped;
                    }
                }
            });
        }
        for (std::thread& worker : workers) worker.join();
    }
    EXPECT_EQ(popped, threads * each / 2);
    EXPECT_EQ(xs.list().size(), threads * each / 2);
}

TEST(String, CountsAndCutsCodePoints) {
    const Value s("h\u00e9llo \u65e5\u672c \U0001f600");
    EXPECT_EQ(s.string().length(), 10);
    EXPECT_EQ(s.string().slice(1, 3), "\u00e9l");
    EXPECT_EQ(s.string().slice(9, 10), "\U0001f600");
    EXPECT_FALSE(s.string().is_ascii());
    EXPECT_TRUE(Value("plain").string().is_ascii());
}

TEST(Dictionary, FindsItsEntriesInOrder) {
    std::vector<DictObject::Entry> entries;
    entries.emplace_back(Value("b"), Value(1));
    entries.emplace_back(Value("a"), Value(2));
    const Value d(make_ref<DictObject>(std::move(entries)));
    EXPECT_EQ(to_repr(d), "{'b': 1, 'a': 2}");
    EXPECT_EQ(to_repr(subscript(d, Value("a"))), "2");
    EXPECT_EQ(error_of([&] { subscript(d, Value("x")); }), "KeyError: 'x'");
    EXPECT_EQ(error_of([&] { subscript(d, list_of({})); }), "TypeError: unhashable type: 'list'");
    EXPECT_TRUE(contains(d, Value("b")));
    EXPECT_EQ(length(d), 2);
    std::string keys;
    Iteration walk(d);
    for (Value key; walk.next(key);) keys += to_str(key);
    EXPECT_EQ(keys, "ba");
}

TEST(PlainData, IsWhatMayCrossToAnotherProcess) {
    EXPECT_TRUE(is_plain(list_of({Value(1), Value("a"), list_of({Value()})})));
    EXPECT_FALSE(is_plain(list_of({Value(make_error(errors::value()))})));
}

}  // namespace
}  // namespace asyncrun
