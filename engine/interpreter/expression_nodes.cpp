// SPDX-License-Identifier: MIT
#include "engine/interpreter/expression_nodes.h"

#include "engine/interpreter/expression_operators.h"
#include "engine/interpreter/operations.h"

#include <algorithm>

namespace asyncrun::nodes {
namespace {

bool truth_of_eval(const ExprNode& n, Evaluation& e) { return truth(n.eval(n, e)); }

void set(ExprNode& node, ExprNode::Eval eval, ExprNode::Truth as_truth = truth_of_eval) {
    node.eval = eval;
    node.truth = as_truth;
}

Value eval_constant(const ExprNode& n, Evaluation&) { return n.constant; }
bool truth_constant(const ExprNode& n, Evaluation&) { return truth(n.constant); }

Value eval_slot(const ExprNode& n, Evaluation& e) {
    const Value& v = e.locals[n.index];
    if (v.is_unbound()) [[unlikely]]
        raise_unbound(n);
    return v;
}
bool truth_slot(const ExprNode& n, Evaluation& e) {
    const Value& v = e.locals[n.index];
    if (v.is_unbound()) [[unlikely]]
        raise_unbound(n);
    return truth(v);
}

Value eval_shared(const ExprNode& n, Evaluation& e) {
    if (e.shared) [[likely]]
        return e.shared[n.index];
    return e.environment->read_shared(n.index);
}
bool truth_shared(const ExprNode& n, Evaluation& e) {
    if (e.shared) [[likely]]
        return truth(e.shared[n.index]);
    return truth(e.environment->read_shared(n.index));
}

Value eval_context(const ExprNode& n, Evaluation& e) { return e.environment->read_context(n.index); }

Value eval_object(const ExprNode& n, Evaluation& e) {
    if (e.objects) [[likely]]
        return e.objects[n.index];
    return e.environment->object(n.index);
}

Value eval_negate(const ExprNode& n, Evaluation& e) { return negate(n.a->eval(*n.a, e)); }
Value eval_plus(const ExprNode& n, Evaluation& e) { return unary_plus(n.a->eval(*n.a, e)); }
bool truth_not(const ExprNode& n, Evaluation& e) { return !n.a->truth(*n.a, e); }
Value eval_not(const ExprNode& n, Evaluation& e) { return !n.a->truth(*n.a, e); }

Value eval_and(const ExprNode& n, Evaluation& e) {
    Value left = n.a->eval(*n.a, e);
    return truth(left) ? n.b->eval(*n.b, e) : left;
}
bool truth_and(const ExprNode& n, Evaluation& e) { return n.a->truth(*n.a, e) && n.b->truth(*n.b, e); }
Value eval_or(const ExprNode& n, Evaluation& e) {
    Value left = n.a->eval(*n.a, e);
    return truth(left) ? left : n.b->eval(*n.b, e);
}
bool truth_or(const ExprNode& n, Evaluation& e) { return n.a->truth(*n.a, e) || n.b->truth(*n.b, e); }

Value eval_conditional(const ExprNode& n, Evaluation& e) {
    return n.b->truth(*n.b, e) ? n.a->eval(*n.a, e) : n.c->eval(*n.c, e);
}
bool truth_conditional(const ExprNode& n, Evaluation& e) {
    return n.b->truth(*n.b, e) ? n.a->truth(*n.a, e) : n.c->truth(*n.c, e);
}

bool truth_chain(const ExprNode& n, Evaluation& e) {
    const auto& items = n.details->items;
    Value left = items[0]->eval(*items[0], e);
    for (size_t i = 0; i < n.details->ops.size(); ++i) {
        Value right = items[i + 1]->eval(*items[i + 1], e);
        if (!compare(n.details->ops[i], left, right)) return false;
        left = std::move(right);
    }
    return true;
}
Value eval_chain(const ExprNode& n, Evaluation& e) { return truth_chain(n, e); }

Value eval_slice(const ExprNode& n, Evaluation& e) {
    const Value container = n.a->eval(*n.a, e);
    const Value begin = n.b ? n.b->eval(*n.b, e) : Value();
    const Value end = n.c ? n.c->eval(*n.c, e) : Value();
    return slice(container, begin, end);
}

Value eval_list(const ExprNode& n, Evaluation& e) {
    std::vector<Value> items;
    items.reserve(n.details->items.size());
    for (const ExprNode* item : n.details->items) items.push_back(item->eval(*item, e));
    return Value(std::move(items));
}

// Few arguments are evaluated into an array on the stack; `use` gets them as a span.
template <class Use>
Value with_arguments(const ExprNode& n, Evaluation& e, Use use) {
    const auto& items = n.details->items;
    const auto argument = [&](size_t i) { return items[i]->eval(*items[i], e); };
    switch (items.size()) {
        case 0: return use(std::span<Value>());
        case 1: {
            Value arguments[] = {argument(0)};
            return use(std::span<Value>(arguments));
        }
        case 2: {
            Value arguments[] = {argument(0), argument(1)};
            return use(std::span<Value>(arguments));
        }
        case 3: {
            Value arguments[] = {argument(0), argument(1), argument(2)};
            return use(std::span<Value>(arguments));
        }
        default: {
            std::vector<Value> arguments;
            arguments.reserve(items.size());
            for (size_t i = 0; i < items.size(); ++i) arguments.push_back(argument(i));
            return use(std::span<Value>(arguments));
        }
    }
}

Value eval_builtin(const ExprNode& n, Evaluation& e) {
    return with_arguments(n, e, [&](std::span<Value> arguments) { return n.builtin(arguments, e); });
}

Value eval_call(const ExprNode& n, Evaluation& e) {
    return with_arguments(n, e, [&](std::span<Value> arguments) {
        return e.environment->call(n.callable, n.index, arguments);
    });
}

Value eval_comprehension(const ExprNode& n, Evaluation& e) {
    Iteration items(n.b->eval(*n.b, e));
    const std::vector<uint32_t>& targets = n.details->targets;
    std::vector<Value> out;
    if (!n.c) out.reserve(items.size_hint());
    std::vector<Value> row(targets.size());
    Value item;
    while (true) {
        e.poll();
        if (targets.size() == 1) {
            if (!items.next(e.locals[targets[0]])) break;
        } else {
            if (!items.next(item)) break;
            unpack(item, targets.size(), row.data());
            for (size_t i = 0; i < targets.size(); ++i) e.locals[targets[i]] = std::move(row[i]);
        }
        if (n.c && !n.c->truth(*n.c, e)) continue;
        if (static_cast<int64_t>(out.size()) >= max_list_items) {
            raise_error("MemoryError",
                        "a list grew beyond the limit of " + std::to_string(max_list_items) + " items");
        }
        out.push_back(n.a->eval(*n.a, e));
    }
    for (const uint32_t target : targets) e.locals[target] = Value::unbound();
    return Value(std::move(out));
}

Value eval_format(const ExprNode& n, Evaluation& e) {
    std::string out;
    render(n, out, e);
    return Value(std::move(out));
}

}  // namespace

void raise_unbound(const ExprNode& slot) {
    raise_error("UnboundLocalError", "cannot access local variable '" + slot.constant.text() +
                                         "' where it is not associated with a value");
}

void make_constant(ExprNode& node, Value value) {
    node.constant = std::move(value);
    set(node, eval_constant, truth_constant);
}

void make_slot(ExprNode& node, uint32_t slot, std::string name) {
    node.index = slot;
    node.constant = Value(std::move(name));
    set(node, eval_slot, truth_slot);
}

void make_shared(ExprNode& node, uint32_t index) {
    node.index = index;
    set(node, eval_shared, truth_shared);
}

void make_context(ExprNode& node, uint32_t index) {
    node.index = index;
    set(node, eval_context);
}

void make_object(ExprNode& node, uint32_t index) {
    node.index = index;
    set(node, eval_object);
}

void make_unary(ExprNode& node, ast::Op op, const ExprNode* operand) {
    node.a = operand;
    switch (op) {
        case ast::Op::logical_not: set(node, eval_not, truth_not); break;
        case ast::Op::negate: set(node, eval_negate); break;
        default: set(node, eval_plus);
    }
}

void make_logical(ExprNode& node, ast::Op op, const ExprNode* a, const ExprNode* b) {
    node.a = a;
    node.b = b;
    if (op == ast::Op::logical_and) {
        set(node, eval_and, truth_and);
    } else {
        set(node, eval_or, truth_or);
    }
}

void make_conditional(ExprNode& node, const ExprNode* then, const ExprNode* condition,
                      const ExprNode* otherwise) {
    node.a = then;
    node.b = condition;
    node.c = otherwise;
    set(node, eval_conditional, truth_conditional);
}

void make_comparison_chain(ExprNode& node, const NodeDetails* details) {
    node.details = details;
    set(node, eval_chain, truth_chain);
}

void make_slice(ExprNode& node, const ExprNode* container, const ExprNode* begin, const ExprNode* end) {
    node.a = container;
    node.b = begin;
    node.c = end;
    set(node, eval_slice);
}

void make_list(ExprNode& node, const NodeDetails* details) {
    node.details = details;
    set(node, eval_list);
}

void make_builtin_call(ExprNode& node, BuiltinFunction function, const NodeDetails* details) {
    node.builtin = function;
    node.details = details;
    set(node, eval_builtin);
}

void make_call(ExprNode& node, CallableKind kind, uint32_t index, const NodeDetails* details) {
    node.callable = kind;
    node.index = index;
    node.details = details;
    set(node, eval_call);
}

void make_comprehension(ExprNode& node, const ExprNode* item, const ExprNode* iterable,
                        const ExprNode* condition, const NodeDetails* details) {
    node.a = item;
    node.b = iterable;
    node.c = condition;
    node.details = details;
    set(node, eval_comprehension);
}

void make_format(ExprNode& node, const NodeDetails* details) {
    node.details = details;
    set(node, eval_format);
}

bool is_constant(const ExprNode* node) noexcept { return node->eval == eval_constant; }
bool is_slot(const ExprNode* node) noexcept { return node->eval == eval_slot; }
bool is_object(const ExprNode* node) noexcept { return node->eval == eval_object; }
bool is_call(const ExprNode* node) noexcept { return node->eval == eval_call; }
bool is_format(const ExprNode* node) noexcept { return node->eval == eval_format; }

void render(const ExprNode& format, std::string& out, Evaluation& e) {
    for (const TemplatePart& part : format.details->parts) {
        if (!part.expr) {
            out += part.text;
            continue;
        }
        Value value = part.expr->eval(*part.expr, e);
        if (part.as_repr) {
            if (says_nothing(part.format)) {
                append_repr(out, value);
                continue;
            }
            value = Value(to_repr(value));
        }
        append_formatted(out, value, part.format);
        if (out.size() > max_string_bytes) raise_error("MemoryError", "string too long");
    }
}

}  // namespace asyncrun::nodes
