// SPDX-License-Identifier: MIT
#include "engine/interpreter/literal.h"

#include "engine/language/expression_parser.h"
#include "engine/language/identifier.h"

#include <memory>
#include <string>
#include <utility>

namespace asyncrun {
namespace {

/// The syntax tree of a value position, or null after an error. What is wrong with the items of an array is
/// reported of each of them.
ast::ExprPtr tree_of(const Node& node, Diagnostics& diagnostics) {
    auto leaf = [&](ast::ExprKind kind) {
        auto tree = std::make_unique<ast::Expr>();
        tree->kind = kind;
        tree->span = node.span;
        return tree;
    };
    switch (node.kind) {
        case NodeKind::string: return parse_expression(node, diagnostics);
        case NodeKind::integer: {
            auto tree = leaf(ast::ExprKind::integer);
            tree->integer = node.integer;
            return tree;
        }
        case NodeKind::real: {
            auto tree = leaf(ast::ExprKind::real);
            tree->real = node.real;
            return tree;
        }
        case NodeKind::boolean: {
            auto tree = leaf(ast::ExprKind::boolean);
            tree->integer = node.boolean;
            return tree;
        }
        case NodeKind::array: {
            auto tree = leaf(ast::ExprKind::list);
            tree->items.reserve(node.items.size());
            bool complete = true;
            for (const Node& item : node.items) {
                tree->items.push_back(tree_of(item, diagnostics));
                complete = complete && tree->items.back();
            }
            return complete ? std::move(tree) : nullptr;
        }
        case NodeKind::table:
        case NodeKind::datetime: break;
    }
    diagnostics.error(
        node.span, "a value is a number, a boolean, a string with an expression or an array of those, not " +
                       std::string(describe(node.kind)));
    return nullptr;
}

/// Returns one object by one name, so that it is built in place: moving an ExprCode allocates.
ExprCode compile_tree(const ast::Expr& tree, NameResolver& names, Diagnostics& diagnostics) {
    const size_t errors_before = diagnostics.error_count();
    ExprCode code = compile_expression(tree, names, diagnostics);
    if (diagnostics.error_count() != errors_before) code = ExprCode();
    return code;
}

}  // namespace

ExprCode compile_operand(const Node& node, NameResolver& names, Diagnostics& diagnostics) {
    const ast::ExprPtr tree = tree_of(node, diagnostics);
    if (!tree) return {};
    return compile_tree(*tree, names, diagnostics);
}

bool is_variable_name(std::string_view name) { return is_identifier(name) && !is_reserved_word(name); }

}  // namespace asyncrun
