// SPDX-License-Identifier: MIT
#include "engine/interpreter/builtin_functions.h"
#include "engine/interpreter/operations.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace asyncrun::builtin {
namespace {

__extension__ using Wide = __int128;

std::vector<Value> collect(const Value& iterable, Evaluation& e) {
    if (iterable.is_list()) return iterable.list().items();
    Iteration items(iterable);
    std::vector<Value> out;
    for (Value item; items.next(item);) {
        e.poll();
        out.push_back(std::move(item));
    }
    return out;
}

/// Merge sort that stays within bounds whatever the comparison says (lists may change under it, NaN has no
/// order).
void merge_sort(std::vector<Value>& items, std::vector<Value>& buffer, size_t begin, size_t end,
                Evaluation& e) {
    if (end - begin < 2) return;
    const size_t middle = begin + (end - begin) / 2;
    merge_sort(items, buffer, begin, middle, e);
    merge_sort(items, buffer, middle, end, e);
    e.poll();
    size_t left = begin;
    size_t right = middle;
    for (size_t at = begin; at < end; ++at) {
        const bool take_right = left == middle || (right < end && less(items[right], items[left]));
        buffer[at] = std::move(items[take_right ? right++ : left++]);
    }
    std::move(buffer.begin() + static_cast<ptrdiff_t>(begin), buffer.begin() + static_cast<ptrdiff_t>(end),
              items.begin() + static_cast<ptrdiff_t>(begin));
}

/// The first of the items that no other one comes before, where `before` is < or its mirror.
template <class Next>
Value extreme(bool largest, const char* name, Evaluation& e, Next next) {
    Value best;
    if (!next(best)) raise_error("ValueError", std::string(name) + "() arg is an empty sequence");
    for (Value item; next(item);) {
        e.poll();
        if (largest ? compare(ast::Op::greater, item, best) : less(item, best)) best = std::move(item);
    }
    return best;
}

Value extreme(bool largest, const char* name, Arguments arguments, Evaluation& e) {
    if (arguments.size() == 1) {
        Iteration items(arguments[0]);
        return extreme(largest, name, e, [&](Value& out) { return items.next(out); });
    }
    size_t at = 0;
    return extreme(largest, name, e, [&](Value& out) {
        if (at == arguments.size()) return false;
        out = std::move(arguments[at++]);
        return true;
    });
}

}  // namespace

Value range(Arguments arguments, Evaluation&) {
    int64_t start = 0;
    int64_t stop = as_index(arguments[0]);
    int64_t step = 1;
    if (arguments.size() > 1) {
        start = stop;
        stop = as_index(arguments[1]);
    }
    if (arguments.size() > 2) {
        step = as_index(arguments[2]);
        if (step == 0) raise_error("ValueError", "range() arg 3 must not be zero");
    }
    const Wide distance = step > 0 ? static_cast<Wide>(stop) - start : static_cast<Wide>(start) - stop;
    const Wide stride = step > 0 ? static_cast<Wide>(step) : -static_cast<Wide>(step);
    const Wide count = distance <= 0 ? 0 : (distance + stride - 1) / stride;
    if (count > std::numeric_limits<int64_t>::max()) {
        raise_error("OverflowError", "the length of a range does not fit into 64 bits");
    }
    return ListObject::range(start, step, static_cast<int64_t>(count));
}

Value len(Arguments arguments, Evaluation&) { return length(arguments[0]); }

Value min(Arguments arguments, Evaluation& e) { return extreme(false, "min", arguments, e); }
Value max(Arguments arguments, Evaluation& e) { return extreme(true, "max", arguments, e); }

Value sum(Arguments arguments, Evaluation& e) {
    Value total = arguments.size() > 1 ? arguments[1] : Value(0);
    if (total.is_string()) raise_error("TypeError", "sum() can't sum strings [use join(sep, xs) instead]");
    Iteration items(arguments[0]);
    int64_t partial;
    for (Value item; items.next(item);) {
        e.poll();
        if (total.is_int() && item.is_int() &&
            !__builtin_add_overflow(total.integer(), item.integer(), &partial)) {
            total = Value(partial);
        } else {
            total = binary(ast::Op::add, total, item);
        }
    }
    return total;
}

Value sorted(Arguments arguments, Evaluation& e) {
    std::vector<Value> items = collect(arguments[0], e);
    const auto all_are = [&](auto what) { return std::all_of(items.begin(), items.end(), what); };
    if (all_are([](const Value& v) { return v.is_int(); })) {
        const auto before = [](const Value& a, const Value& b) { return a.integer() < b.integer(); };
        if (!std::is_sorted(items.begin(), items.end(), before))
            std::stable_sort(items.begin(), items.end(), before);
    } else if (all_are([](const Value& v) { return v.is_real() && !std::isnan(v.real()); })) {
        std::stable_sort(items.begin(), items.end(),
                         [](const Value& a, const Value& b) { return a.real() < b.real(); });
    } else if (all_are([](const Value& v) { return v.is_string(); })) {
        std::stable_sort(items.begin(), items.end(),
                         [](const Value& a, const Value& b) { return a.text() < b.text(); });
    } else {
        std::vector<Value> buffer(items.size());
        merge_sort(items, buffer, 0, items.size(), e);
    }
    return Value(std::move(items));
}

Value reversed(Arguments arguments, Evaluation& e) {
    ListObject::Range range;
    if (arguments[0].is_list() && arguments[0].list().as_range(range) &&
        range.step != std::numeric_limits<int64_t>::min()) {
        return ListObject::range(range[range.count - 1], -range.step, range.count);
    }
    std::vector<Value> items = collect(arguments[0], e);
    std::reverse(items.begin(), items.end());
    return Value(std::move(items));
}

Value zip(Arguments arguments, Evaluation& e) {
    std::vector<Iteration> columns;
    for (const Value& argument : arguments) columns.emplace_back(argument);
    std::vector<Value> rows;
    while (!columns.empty()) {
        e.poll();
        std::vector<Value> row(columns.size());
        for (size_t i = 0; i < columns.size(); ++i) {
            if (!columns[i].next(row[i])) return Value(std::move(rows));
        }
        if (static_cast<int64_t>(rows.size()) >= max_list_items)
            raise_error("MemoryError", "the list grows too long");
        rows.emplace_back(std::move(row));
    }
    return Value(std::move(rows));
}

Value any(Arguments arguments, Evaluation& e) {
    Iteration items(arguments[0]);
    for (Value item; items.next(item);) {
        e.poll();
        if (truth(item)) return true;
    }
    return false;
}

Value all(Arguments arguments, Evaluation& e) {
    Iteration items(arguments[0]);
    for (Value item; items.next(item);) {
        e.poll();
        if (!truth(item)) return false;
    }
    return true;
}

}  // namespace asyncrun::builtin
