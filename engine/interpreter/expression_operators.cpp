// SPDX-License-Identifier: MIT
#include "engine/interpreter/expression_operators.h"

#include "engine/interpreter/operations.h"

#include <cmath>

// Operators specialised by operation and by where their operands come from, because `i + 1` and `x < n` are
// most of what scenarios compute. Integers and floats are handled in place; everything else goes to
// operations.h.
namespace asyncrun::nodes {
namespace {

using ast::Op;

/// Where an operand comes from. Slots and constants are read in place, without a copy.
enum class From { slot, constant, anywhere };

template <From from>
decltype(auto) left(const ExprNode& n, Evaluation& e) {
    if constexpr (from == From::slot) {
        return static_cast<const Value&>(e.locals[n.index]);
    } else {
        return n.a->eval(*n.a, e);
    }
}

template <From from>
decltype(auto) right(const ExprNode& n, Evaluation& e) {
    if constexpr (from == From::slot) {
        return static_cast<const Value&>(e.locals[n.other_index]);
    } else if constexpr (from == From::constant) {
        return static_cast<const Value&>(n.constant);
    } else {
        return n.b->eval(*n.b, e);
    }
}

void check_bound(const ExprNode& n, const Value& a, const Value& b) {
    if (a.is_unbound()) raise_unbound(*n.a);
    if (b.is_unbound()) raise_unbound(*n.b);
}

[[gnu::noinline]] Value arithmetic_slow(const ExprNode& n, const Value& a, const Value& b) {
    check_bound(n, a, b);
    return binary(n.op, a, b);
}

[[gnu::noinline]] bool compare_slow(const ExprNode& n, const Value& a, const Value& b) {
    check_bound(n, a, b);
    return compare(n.op, a, b);
}

[[gnu::noinline]] Value index_slow(const ExprNode& n, const Value& a, const Value& b) {
    check_bound(n, a, b);
    return subscript(a, b);
}

template <Op op>
bool integers(int64_t a, int64_t b, int64_t& out) {
    if constexpr (op == Op::add) return !__builtin_add_overflow(a, b, &out);
    if constexpr (op == Op::subtract) return !__builtin_sub_overflow(a, b, &out);
    if constexpr (op == Op::multiply) return !__builtin_mul_overflow(a, b, &out);
    if constexpr (op == Op::floor_divide) {
        if (b <= 0) return false;
        out = a / b - (a % b < 0);
        return true;
    }
    if constexpr (op == Op::modulo) {
        if (b <= 0) return false;
        out = a % b;
        if (out < 0) out += b;
        return true;
    }
    return false;
}

template <Op op>
constexpr bool has_plain_reals =
    op == Op::add || op == Op::subtract || op == Op::multiply || op == Op::divide;

template <Op op>
Value reals(double a, double b) {
    if constexpr (op == Op::add) return a + b;
    if constexpr (op == Op::subtract) return a - b;
    if constexpr (op == Op::multiply) return a * b;
    return a / b;
}

template <Op op, From l, From r>
Value arithmetic(const ExprNode& n, Evaluation& e) {
    auto&& a = left<l>(n, e);
    if constexpr (l == From::slot && r == From::anywhere) {
        if (a.is_unbound()) [[unlikely]]
            raise_unbound(*n.a);
    }
    auto&& b = right<r>(n, e);
    if (a.is_int() && b.is_int()) {
        int64_t result;
        if (integers<op>(a.integer(), b.integer(), result)) [[likely]]
            return result;
    } else if constexpr (has_plain_reals<op>) {
        const bool numbers = (a.is_real() && (b.is_real() || b.is_int())) || (a.is_int() && b.is_real());
        if (numbers) {
            const double y = b.number();
            if (op != Op::divide || y != 0) return reals<op>(a.number(), y);
        }
    }
    return arithmetic_slow(n, a, b);
}

template <Op op, class T>
bool holds(T a, T b) {
    switch (op) {
        case Op::equal: return a == b;
        case Op::not_equal: return a != b;
        case Op::less: return a < b;
        case Op::less_equal: return a <= b;
        case Op::greater: return a > b;
        default: return a >= b;
    }
}

template <Op op, From l, From r>
bool comparison_truth(const ExprNode& n, Evaluation& e) {
    auto&& a = left<l>(n, e);
    if constexpr (l == From::slot && r == From::anywhere) {
        if (a.is_unbound()) [[unlikely]]
            raise_unbound(*n.a);
    }
    auto&& b = right<r>(n, e);
    if constexpr (op != Op::in && op != Op::not_in) {
        if (a.is_int() && b.is_int()) return holds<op>(a.integer(), b.integer());
        if (a.is_real() && b.is_real()) return holds<op>(a.real(), b.real());
    }
    return compare_slow(n, a, b);
}

template <Op op, From l, From r>
Value comparison(const ExprNode& n, Evaluation& e) {
    return comparison_truth<op, l, r>(n, e);
}

template <From l, From r>
Value index_of(const ExprNode& n, Evaluation& e) {
    auto&& a = left<l>(n, e);
    if constexpr (l == From::slot && r == From::anywhere) {
        if (a.is_unbound()) [[unlikely]]
            raise_unbound(*n.a);
    }
    auto&& b = right<r>(n, e);
    if (a.is_list() && b.is_int()) {
        Value item;
        if (a.list().get(b.integer(), item)) [[likely]]
            return item;
    }
    return index_slow(n, a, b);
}

bool truth_of_eval(const ExprNode& n, Evaluation& e) { return truth(n.eval(n, e)); }

template <Op op, From l, From r>
void choose(ExprNode& node) {
    if constexpr (op == Op::add || op == Op::subtract || op == Op::multiply || op == Op::divide ||
                  op == Op::floor_divide || op == Op::modulo) {
        node.eval = arithmetic<op, l, r>;
        node.truth = truth_of_eval;
    } else {
        node.eval = comparison<op, l, r>;
        node.truth = comparison_truth<op, l, r>;
    }
}

template <From l, From r>
void choose_operation(ExprNode& node) {
    switch (node.op) {
        case Op::add: return choose<Op::add, l, r>(node);
        case Op::subtract: return choose<Op::subtract, l, r>(node);
        case Op::multiply: return choose<Op::multiply, l, r>(node);
        case Op::divide: return choose<Op::divide, l, r>(node);
        case Op::floor_divide: return choose<Op::floor_divide, l, r>(node);
        case Op::modulo: return choose<Op::modulo, l, r>(node);
        case Op::equal: return choose<Op::equal, l, r>(node);
        case Op::not_equal: return choose<Op::not_equal, l, r>(node);
        case Op::less: return choose<Op::less, l, r>(node);
        case Op::less_equal: return choose<Op::less_equal, l, r>(node);
        case Op::greater: return choose<Op::greater, l, r>(node);
        case Op::greater_equal: return choose<Op::greater_equal, l, r>(node);
        case Op::in: return choose<Op::in, l, r>(node);
        default: return choose<Op::not_in, l, r>(node);
    }
}

template <From l, From r>
void choose_index(ExprNode& node) {
    node.eval = index_of<l, r>;
    node.truth = truth_of_eval;
}

/// Calls `use` with the two places as template arguments, after writing what reading them in place needs.
template <class Use>
void by_operands(ExprNode& node, const ExprNode* a, const ExprNode* b, Use use) {
    node.a = a;
    node.b = b;
    if (is_slot(b)) node.other_index = b->index;
    if (is_constant(b)) node.constant = b->constant;
    const auto with_left = [&]<From l>() {
        if (is_slot(b)) return use.template operator()<l, From::slot>();
        if (is_constant(b)) return use.template operator()<l, From::constant>();
        return use.template operator()<l, From::anywhere>();
    };
    if (is_slot(a)) {
        node.index = a->index;
        return with_left.template operator()<From::slot>();
    }
    with_left.template operator()<From::anywhere>();
}

}  // namespace

void make_binary(ExprNode& node, Op op, const ExprNode* a, const ExprNode* b) {
    node.op = op;
    by_operands(node, a, b, [&]<From l, From r>() { choose_operation<l, r>(node); });
}

void make_index(ExprNode& node, const ExprNode* container, const ExprNode* index) {
    by_operands(node, container, index, [&]<From l, From r>() { choose_index<l, r>(node); });
}

}  // namespace asyncrun::nodes
