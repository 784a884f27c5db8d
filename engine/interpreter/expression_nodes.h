// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/builtins.h"
#include "engine/interpreter/evaluation.h"
#include "engine/interpreter/text_format.h"
#include "engine/language/expression.h"

#include <cstdint>
#include <string>
#include <vector>

namespace asyncrun {

struct NodeDetails;

/// One node of an executable expression: a function that knows its shape and finds everything it needs here,
/// without names or lookups. Nodes never change once compiled; any number of threads may run them.
struct ExprNode {
    using Eval = Value (*)(const ExprNode&, Evaluation&);
    using Truth = bool (*)(const ExprNode&, Evaluation&);

    Eval eval = nullptr;
    /// The value's truth, for conditions: comparisons answer without making a value.
    Truth truth = nullptr;
    const ExprNode* a = nullptr;  ///< the operands; their meaning is the shape's
    const ExprNode* b = nullptr;
    const ExprNode* c = nullptr;
    uint32_t index = 0;  ///< a slot, or the index of a shared or context variable, an object, a callable
    uint32_t other_index = 0;  ///< the right operand's slot
    Value constant;  ///< a constant; of a slot its name; of a shape with a constant right operand that
    BuiltinFunction builtin = nullptr;
    ast::Op op = ast::Op::add;
    CallableKind callable = CallableKind::coroutine;
    const NodeDetails* details = nullptr;  ///< what only bigger shapes have
};

/// A piece of a template: text, or an expression and how to show it.
struct TemplatePart {
    std::string text;
    const ExprNode* expr = nullptr;
    bool as_repr = false;
    FormatSpec format;
};

struct NodeDetails {
    std::vector<const ExprNode*> items;  ///< list items, arguments, operands of a chain
    std::vector<ast::Op> ops;            ///< of a chain of comparisons
    std::vector<uint32_t> targets;       ///< slots of a comprehension's variables
    std::vector<TemplatePart> parts;
};

/// The functions that the compiler puts into nodes. Each sets `eval` and `truth` for operands that are
/// already there.
namespace nodes {

void make_constant(ExprNode& node, Value value);
void make_slot(ExprNode& node, uint32_t slot, std::string name);
void make_shared(ExprNode& node, uint32_t index);
void make_context(ExprNode& node, uint32_t index);
void make_object(ExprNode& node, uint32_t index);
void make_unary(ExprNode& node, ast::Op op, const ExprNode* operand);
/// Arithmetic and single comparisons, specialised for slots and constants as operands.
void make_binary(ExprNode& node, ast::Op op, const ExprNode* a, const ExprNode* b);
void make_logical(ExprNode& node, ast::Op op, const ExprNode* a, const ExprNode* b);
void make_conditional(ExprNode& node, const ExprNode* then, const ExprNode* condition,
                      const ExprNode* otherwise);
/// details: items, ops.
void make_comparison_chain(ExprNode& node, const NodeDetails* details);
void make_index(ExprNode& node, const ExprNode* container, const ExprNode* index);
/// Absent bounds are null.
void make_slice(ExprNode& node, const ExprNode* container, const ExprNode* begin, const ExprNode* end);
/// details: items.
void make_list(ExprNode& node, const NodeDetails* details);
void make_builtin_call(ExprNode& node, BuiltinFunction function, const NodeDetails* details);
void make_call(ExprNode& node, CallableKind kind, uint32_t index, const NodeDetails* details);
/// details: targets. The condition may be null.
void make_comprehension(ExprNode& node, const ExprNode* item, const ExprNode* iterable,
                        const ExprNode* condition, const NodeDetails* details);
/// details: parts.
void make_format(ExprNode& node, const NodeDetails* details);

bool is_constant(const ExprNode* node) noexcept;
bool is_slot(const ExprNode* node) noexcept;
bool is_object(const ExprNode* node) noexcept;
bool is_call(const ExprNode* node) noexcept;
bool is_format(const ExprNode* node) noexcept;
/// Appends what a format node shows.
void render(const ExprNode& format, std::string& out, Evaluation& evaluation);

}  // namespace nodes

}  // namespace asyncrun
