// SPDX-License-Identifier: MIT
#include "engine/interpreter/operations.h"

#include "engine/interpreter/recursion.h"

#include <bit>
#include <cmath>
#include <functional>
#include <limits>

namespace asyncrun {
namespace {

using ast::Op;

const char* symbol(Op op) noexcept {
    switch (op) {
        case Op::add: return "+";
        case Op::subtract: return "-";
        case Op::multiply: return "*";
        case Op::divide: return "/";
        case Op::floor_divide: return "//";
        case Op::modulo: return "%";
        case Op::less: return "<";
        case Op::less_equal: return "<=";
        case Op::greater: return ">";
        case Op::greater_equal: return ">=";
        case Op::equal: return "==";
        case Op::not_equal: return "!=";
        default: return "?";
    }
}

[[noreturn]] void overflow(const char* operation) {
    raise_error("OverflowError",
                std::string("integer result of ") + operation + " does not fit into 64 bits");
}

[[noreturn]] void unsupported(Op op, const Value& a, const Value& b) {
    raise_error("TypeError", std::string("unsupported operand type(s) for ") + symbol(op) + ": '" +
                                 type_name(a) + "' and '" + type_name(b) + "'");
}

/// a / b correctly rounded, as Python divides integers: the double nearest to the exact quotient.
double divide_exactly(int64_t a, int64_t b) noexcept {
    constexpr int64_t exact = int64_t{1} << 53;
    if (a >= -exact && a <= exact && b >= -exact && b <= exact)
        return static_cast<double>(a) / static_cast<double>(b);
    const uint64_t ua = a < 0 ? 0 - static_cast<uint64_t>(a) : static_cast<uint64_t>(a);
    const uint64_t ub = b < 0 ? 0 - static_cast<uint64_t>(b) : static_cast<uint64_t>(b);
    if (ua == 0) return 0.0;
    // Shift the dividend so that the quotient has 63 bits or more, keep what is cut off as a sticky bit, and
    // let the conversion from 64 bits round once.
    __extension__ using Wide = unsigned __int128;
    int shift = 63 + std::countl_zero(ua);
    const Wide dividend = static_cast<Wide>(ua) << shift;
    Wide quotient = dividend / ub;
    bool sticky = dividend % ub != 0;
    while (quotient >> 64) {
        sticky |= static_cast<bool>(quotient & 1);
        quotient >>= 1;
        --shift;
    }
    const double magnitude =
        std::ldexp(static_cast<double>(static_cast<uint64_t>(quotient) | (sticky ? 1u : 0u)), -shift);
    return (a < 0) != (b < 0) ? -magnitude : magnitude;
}

int64_t floor_divide(int64_t a, int64_t b) {
    if (b == 0) raise_error("ZeroDivisionError", "integer division or modulo by zero");
    if (b == -1) {
        if (a == std::numeric_limits<int64_t>::min()) overflow("//");
        return -a;
    }
    const int64_t q = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

int64_t floor_modulo(int64_t a, int64_t b) {
    if (b == 0) raise_error("ZeroDivisionError", "integer modulo by zero");
    if (b == -1) return 0;
    const int64_t r = a % b;
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

double real_modulo(double a, double b) {
    if (b == 0) raise_error("ZeroDivisionError", "float modulo");
    double mod = std::fmod(a, b);
    if (mod != 0) {
        if ((b < 0) != (mod < 0)) mod += b;
    } else {
        mod = std::copysign(0.0, b);
    }
    return mod;
}

/// floatobject.c, _float_div_mod.
double real_floor_divide(double a, double b) {
    if (b == 0) raise_error("ZeroDivisionError", "float floor division by zero");
    const double mod = std::fmod(a, b);
    double div = (a - mod) / b;
    if (mod != 0 && (b < 0) != (mod < 0)) div -= 1.0;
    if (div == 0) return std::copysign(0.0, a / b);
    double floored = std::floor(div);
    if (div - floored > 0.5) floored += 1.0;
    return floored;
}

Value integer_operation(Op op, int64_t a, int64_t b) {
    int64_t r;
    switch (op) {
        case Op::add:
            if (__builtin_add_overflow(a, b, &r)) overflow("+");
            return r;
        case Op::subtract:
            if (__builtin_sub_overflow(a, b, &r)) overflow("-");
            return r;
        case Op::multiply:
            if (__builtin_mul_overflow(a, b, &r)) overflow("*");
            return r;
        case Op::divide:
            if (b == 0) raise_error("ZeroDivisionError", "division by zero");
            return divide_exactly(a, b);
        case Op::floor_divide: return floor_divide(a, b);
        default: return floor_modulo(a, b);
    }
}

Value real_operation(Op op, double a, double b) {
    switch (op) {
        case Op::add: return a + b;
        case Op::subtract: return a - b;
        case Op::multiply: return a * b;
        case Op::divide:
            if (b == 0) raise_error("ZeroDivisionError", "float division by zero");
            return a / b;
        case Op::floor_divide: return real_floor_divide(a, b);
        default: return real_modulo(a, b);
    }
}

bool is_sequence(const Value& v) noexcept { return v.is_string() || v.is_list(); }

void check_list_size(int64_t size) {
    if (size > max_list_items) {
        raise_error("MemoryError", "a list of " + std::to_string(size) + " items is more than the limit of " +
                                       std::to_string(max_list_items));
    }
}

Value concatenate(const Value& a, const Value& b) {
    if (a.kind() != b.kind()) {
        const std::string type = type_name(a);
        raise_error("TypeError",
                    "can only concatenate " + type + " (not \"" + type_name(b) + "\") to " + type);
    }
    if (a.is_string()) {
        if (a.text().size() + b.text().size() > max_string_bytes)
            raise_error("MemoryError", "string too long");
        std::string out;
        out.reserve(a.text().size() + b.text().size());
        out += a.text();
        out += b.text();
        return Value(std::move(out));
    }
    check_list_size(a.list().size());
    check_list_size(b.list().size());
    std::vector<Value> items = a.list().items();
    std::vector<Value> more = b.list().items();
    check_list_size(static_cast<int64_t>(items.size() + more.size()));
    items.insert(items.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    return Value(std::move(items));
}

Value repeat(const Value& sequence, const Value& times) {
    if (!times.is_integral()) {
        raise_error("TypeError", "can't multiply sequence by non-int of type '" + type_name(times) + "'");
    }
    const int64_t n = std::max<int64_t>(0, times.integer());
    if (sequence.is_string()) {
        const std::string& text = sequence.text();
        size_t size;
        if (__builtin_mul_overflow(text.size(), static_cast<size_t>(n), &size) || size > max_string_bytes) {
            raise_error("MemoryError", "string too long");
        }
        std::string out;
        out.reserve(size);
        if (!text.empty()) {
            for (int64_t i = 0; i < n; ++i) out += text;
        }
        return Value(std::move(out));
    }
    int64_t size;
    if (__builtin_mul_overflow(sequence.list().size(), n, &size)) size = std::numeric_limits<int64_t>::max();
    check_list_size(size);
    if (size == 0) return Value(std::vector<Value>{});
    const std::vector<Value> items = sequence.list().items();
    std::vector<Value> out;
    out.reserve(static_cast<size_t>(size));
    for (int64_t i = 0; i < n; ++i) out.insert(out.end(), items.begin(), items.end());
    return Value(std::move(out));
}

int order(const Value& a, const Value& b, Op op);

bool ordered(Op op, int order) noexcept {
    switch (op) {
        case Op::less: return order < 0;
        case Op::less_equal: return order <= 0;
        case Op::greater: return order > 0;
        default: return order >= 0;
    }
}

/// What any ordering of a NaN gives: no comparison holds.
constexpr int unordered = 2;

/// -1, 0, 1 or `unordered`; TypeError, worded for `op`, when the kinds have no order.
int order_lists(const Value& a, const Value& b, Op op) {
    RecursionGuard guard("comparison");
    Value x, y;
    for (int64_t i = 0;; ++i) {
        const bool more_a = a.list().get(i, x);
        const bool more_b = b.list().get(i, y);
        if (!more_a || !more_b) return more_a ? 1 : more_b ? -1 : 0;
        if (!identical(x, y) && !equal(x, y)) return order(x, y, op);
    }
}

int order(const Value& a, const Value& b, Op op) {
    if (a.is_number() && b.is_number()) {
        if (!a.is_real() && !b.is_real()) return a.integer() < b.integer() ? -1 : a.integer() > b.integer();
        if (a.is_real() && b.is_real()) {
            return a.real() < b.real() ? -1 : a.real() > b.real() ? 1 : a.real() == b.real() ? 0 : unordered;
        }
        if (b.is_real()) return compare_exactly(a.integer(), b.real()).value_or(unordered);
        const std::optional<int> reversed = compare_exactly(b.integer(), a.real());
        return reversed ? -*reversed : unordered;
    }
    if (a.is_string() && b.is_string()) {
        const int c = a.text().compare(b.text());
        return c < 0 ? -1 : c > 0;
    }
    if (a.is_list() && b.is_list()) return order_lists(a, b, op);
    raise_error("TypeError", std::string("'") + symbol(op) + "' not supported between instances of '" +
                                 type_name(a) + "' and '" + type_name(b) + "'");
}

bool equal_lists(const ListObject& a, const ListObject& b) {
    if (&a == &b) return true;
    if (a.size() != b.size()) return false;
    ListObject::Range ra, rb;
    if (a.as_range(ra) && b.as_range(rb)) {
        return ra.count == rb.count &&
               (ra.count == 0 || (ra.start == rb.start && (ra.count == 1 || ra.step == rb.step)));
    }
    RecursionGuard guard("comparison");
    Value x, y;
    for (int64_t i = 0;; ++i) {
        const bool more_a = a.get(i, x);
        const bool more_b = b.get(i, y);
        if (!more_a || !more_b) return more_a == more_b;
        if (!equal(x, y)) return false;
    }
}

bool equal_dicts(const DictObject& a, const DictObject& b) {
    if (&a == &b) return true;
    if (a.entries().size() != b.entries().size()) return false;
    RecursionGuard guard("comparison");
    for (const auto& [key, value] : a.entries()) {
        const Value* other = b.find(key);
        if (!other || !equal(value, *other)) return false;
    }
    return true;
}

bool range_contains(const ListObject::Range& range, const Value& item) noexcept {
    int64_t wanted;
    if (item.is_integral()) {
        wanted = item.integer();
    } else if (item.is_real() && std::trunc(item.real()) == item.real() && std::fabs(item.real()) < 0x1p63) {
        wanted = static_cast<int64_t>(item.real());
    } else {
        return false;
    }
    __extension__ using Wide = __int128;
    const Wide distance = static_cast<Wide>(wanted) - range.start;
    if (distance % range.step != 0) return false;
    const Wide position = distance / range.step;
    return position >= 0 && position < range.count;
}

}  // namespace

Value binary(Op op, const Value& a, const Value& b) {
    if (a.is_number() && b.is_number()) {
        if (!a.is_real() && !b.is_real()) return integer_operation(op, a.integer(), b.integer());
        return real_operation(op, a.number(), b.number());
    }
    if (op == Op::add && is_sequence(a)) return concatenate(a, b);
    if (op == Op::multiply) {
        if (is_sequence(a)) return repeat(a, b);
        if (is_sequence(b)) return repeat(b, a);
    }
    unsupported(op, a, b);
}

Value negate(const Value& a) {
    if (a.is_real()) return -a.real();
    if (!a.is_integral()) raise_error("TypeError", "bad operand type for unary -: '" + type_name(a) + "'");
    if (a.integer() == std::numeric_limits<int64_t>::min()) overflow("unary -");
    return -a.integer();
}

Value unary_plus(const Value& a) {
    if (a.is_bool()) return a.integer();
    if (!a.is_number()) raise_error("TypeError", "bad operand type for unary +: '" + type_name(a) + "'");
    return a;
}

std::optional<int> compare_exactly(int64_t i, double d) noexcept {
    if (std::isnan(d)) return std::nullopt;
    if (d >= 0x1p63) return -1;
    if (d < -0x1p63) return 1;
    const double whole = std::trunc(d);
    const auto truncated = static_cast<int64_t>(whole);
    if (i != truncated) return i < truncated ? -1 : 1;
    return d > whole ? -1 : d < whole ? 1 : 0;
}

bool equal(const Value& a, const Value& b) {
    if (a.is_number() && b.is_number()) return order(a, b, Op::equal) == 0;
    if (a.kind() != b.kind()) return false;
    switch (a.kind()) {
        case Kind::none: return true;
        case Kind::string: return a.text() == b.text();
        case Kind::list: return equal_lists(a.list(), b.list());
        case Kind::dict: return equal_dicts(a.dict(), b.dict());
        case Kind::exception: return a.error() == b.error();
        default: return a.same_object(b);
    }
}

bool compare(Op op, const Value& a, const Value& b) {
    switch (op) {
        case Op::equal: return equal(a, b);
        case Op::not_equal: return !equal(a, b);
        case Op::in: return contains(b, a);
        case Op::not_in: return !contains(b, a);
        default: {
            const int result = order(a, b, op);
            return result != unordered && ordered(op, result);
        }
    }
}

bool less(const Value& a, const Value& b) { return order(a, b, Op::less) == -1; }

bool identical(const Value& a, const Value& b) noexcept {
    if (a.kind() != b.kind()) return false;
    if (a.on_heap()) return a.same_object(b);
    if (a.is_real()) return std::bit_cast<uint64_t>(a.real()) == std::bit_cast<uint64_t>(b.real());
    return a.integer() == b.integer();
}

bool contains(const Value& container, const Value& item) {
    switch (container.kind()) {
        case Kind::list: {
            ListObject& list = container.list();
            ListObject::Range range;
            if (list.as_range(range)) return range_contains(range, item);
            Value candidate;
            for (int64_t i = 0; list.get(i, candidate); ++i) {
                if (candidate.same_object(item) || equal(candidate, item)) return true;
            }
            return false;
        }
        case Kind::string:
            if (!item.is_string()) {
                raise_error("TypeError",
                            "'in <string>' requires string as left operand, not " + type_name(item));
            }
            return container.text().find(item.text()) != std::string::npos;
        case Kind::dict: hash_value(item); return container.dict().find(item) != nullptr;
        default:
            if (container.is_handle()) return container.handle().contains(item);
            raise_error("TypeError", "argument of type '" + type_name(container) + "' is not iterable");
    }
}

size_t hash_value(const Value& value) {
    switch (value.kind()) {
        case Kind::none: return 0x9E3779B97F4A7C15u;
        case Kind::boolean:
        case Kind::integer: return std::hash<int64_t>{}(value.integer());
        case Kind::real: {
            const double d = value.real();
            if (std::trunc(d) == d && std::fabs(d) < 0x1p63)
                return std::hash<int64_t>{}(static_cast<int64_t>(d));
            return std::hash<double>{}(d);
        }
        case Kind::string: return std::hash<std::string>{}(value.text());
        case Kind::list:
        case Kind::dict: raise_error("TypeError", "unhashable type: '" + type_name(value) + "'");
        case Kind::exception: return std::hash<const void*>{}(value.error().get());
        default: return std::hash<const void*>{}(&value.object());
    }
}

bool truth_slow(const Value& value) {
    switch (value.kind()) {
        case Kind::unbound:
        case Kind::none: return false;
        case Kind::boolean:
        case Kind::integer: return value.integer() != 0;
        case Kind::real: return value.real() != 0;
        case Kind::string: return !value.text().empty();
        case Kind::list: return value.list().size() != 0;
        case Kind::dict: return !value.dict().entries().empty();
        case Kind::set: return truth(value.handle().query(StateQuery::length));
        default: return true;
    }
}

Value deep_copy(const Value& value) {
    if (!value.is_list()) return value;
    std::vector<Value> items = value.list().items();
    for (Value& item : items) item = deep_copy(item);
    return Value(std::move(items));
}

}  // namespace asyncrun
