// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/value.h"
#include "engine/language/expression.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace asyncrun {

/// Python's operators on values. All of them raise asyncrun::Exception with Python's class: TypeError for
/// kinds that do not fit, OverflowError where Python's integers would outgrow 64 bits, ZeroDivisionError,
/// IndexError, KeyError.

/// a op b for + - * / // %. A bool counts as an int; int and float mix to float; strings and lists know + and
/// *.
Value binary(ast::Op op, const Value& a, const Value& b);
Value negate(const Value& a);
Value unary_plus(const Value& a);

/// One comparison: == != < <= > >= in, not in. Integers and floats compare exactly.
bool compare(ast::Op op, const Value& a, const Value& b);
/// ==, across kinds; never raises but for lists nested beyond reason (RecursionError).
bool equal(const Value& a, const Value& b);
/// <, for sorting and min/max.
bool less(const Value& a, const Value& b);
/// Python's `is`, with numbers compared by kind and bits.
bool identical(const Value& a, const Value& b) noexcept;
/// -1, 0, 1; nothing when `d` is NaN.
std::optional<int> compare_exactly(int64_t i, double d) noexcept;
/// item in container.
bool contains(const Value& container, const Value& item);
/// Equal values have equal hashes; TypeError for lists and dictionaries ("unhashable type: 'list'").
size_t hash_value(const Value& value);

/// bool(x). A handle is true.
bool truth_slow(const Value& value);
inline bool truth(const Value& value) {
    if (value.is_bool() || value.is_int()) [[likely]]
        return value.integer() != 0;
    return truth_slow(value);
}

/// container[index] of a list, string or dictionary.
Value subscript(const Value& container, const Value& index);
/// container[begin:end]; an absent bound is `none`.
Value slice(const Value& container, const Value& begin, const Value& end);
/// container[index] = item, for lists.
void store_item(const Value& container, const Value& index, Value item);
/// len(x).
int64_t length(const Value& value);

/// Python's int-like arguments: an int or bool; TypeError "'float' object cannot be interpreted as an
/// integer".
int64_t as_index(const Value& value);
/// A number as a double; TypeError "must be real number, not str".
double as_number(const Value& value);

/// Walks what `for x in ...` walks: a list (seeing items appended meanwhile), a string's characters, a
/// dictionary's keys. Keeps the value alive. TypeError in the constructor for anything else. One thread.
class Iteration {
  public:
    explicit Iteration(Value iterable);
    /// The next value, or false at the end.
    bool next(Value& out) {
        if (source_.is_list()) [[likely]]
            return source_.list().get(position_++, out);
        return next_other(out);
    }
    /// How many values may come, for reserving; at most a few thousand are promised.
    size_t size_hint() const;

  private:
    bool next_other(Value& out);

    Value source_;
    int64_t position_ = 0;  ///< index in a list or dictionary, byte offset in a string
};

/// The values that unpacking into `count` names gives: `for = ["i", "x"]`. TypeError or ValueError as Python
/// words it. Writes count values to `out`.
void unpack(const Value& value, size_t count, Value* out);

/// A copy that shares no list with the original, at any depth, and holds no lazy range.
Value deep_copy(const Value& value);

/// Whether the value is plain data (none, numbers, strings, lists and dictionaries of those): what may cross
/// to another process and what compares by value in expectations.
bool is_plain(const Value& value);

}  // namespace asyncrun
