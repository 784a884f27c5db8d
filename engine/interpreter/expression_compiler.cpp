// SPDX-License-Identifier: MIT
#include "engine/interpreter/expression_compiler.h"

#include "engine/interpreter/operations.h"
#include "engine/language/suggest.h"

#include <algorithm>

namespace asyncrun {
namespace {

std::string count_of_arguments(uint32_t n) {
    return std::to_string(n) + (n == 1 ? " argument" : " arguments");
}

std::string arity_of(const Builtin& builtin) {
    if (builtin.most == Builtin::any_number) return "at least " + count_of_arguments(builtin.least);
    if (builtin.least == builtin.most)
        return builtin.least == 0 ? "no arguments" : count_of_arguments(builtin.least);
    return std::to_string(builtin.least) + " to " + count_of_arguments(builtin.most);
}

/// Whether a folded value may stand for the expression: it must be immutable, and small.
bool may_fold(const Value& value) {
    return !value.on_heap() || (value.is_string() && value.text().size() <= 4096);
}

}  // namespace

class ExpressionCompiler {
  public:
    ExpressionCompiler(NameResolver& names, Diagnostics& diagnostics)
        : names_(names), diagnostics_(diagnostics), rules_(names.rules()) {}

    ExprCode compile(const ast::Expr& expression) {
        code_.root_ = node_of(expression);
        return std::move(code_);
    }

    static ExprCode constant(Value value) {
        ExprCode code;
        ExprNode& node = code.nodes_.emplace_back();
        nodes::make_constant(node, std::move(value));
        code.root_ = &node;
        return code;
    }

  private:
    using Expr = ast::Expr;
    using ExprKind = ast::ExprKind;

    ExprNode& fresh() { return code_.nodes_.emplace_back(); }
    NodeDetails& fresh_details() { return code_.details_.emplace_back(); }

    const ExprNode* constant_node(Value value) {
        ExprNode& node = fresh();
        nodes::make_constant(node, std::move(value));
        return &node;
    }

    /// The node, or its value when that is known now. One that raises stays: it is the task that must see the
    /// error.
    const ExprNode* folded(ExprNode& node, bool operands_constant) {
        if (!operands_constant) return &node;
        try {
            Evaluation nothing;
            Value value = node.eval(node, nothing);
            if (may_fold(value)) return constant_node(std::move(value));
        } catch (const Exception&) {
        }
        return &node;
    }

    std::vector<const ExprNode*> nodes_of(const std::vector<ast::ExprPtr>& items) {
        std::vector<const ExprNode*> out;
        out.reserve(items.size());
        for (const ast::ExprPtr& item : items) out.push_back(node_of(*item));
        return out;
    }

    static bool all_constant(const std::vector<const ExprNode*>& items) {
        return std::all_of(items.begin(), items.end(), nodes::is_constant);
    }

    const ExprNode* node_of(const Expr& x) {
        switch (x.kind) {
            case ExprKind::none: return constant_node(Value());
            case ExprKind::boolean: return constant_node(x.integer != 0);
            case ExprKind::integer: return constant_node(x.integer);
            case ExprKind::real: return constant_node(x.real);
            case ExprKind::string: return constant_node(Value(x.text));
            case ExprKind::format: return format_node(x);
            case ExprKind::list: {
                NodeDetails& details = fresh_details();
                details.items = nodes_of(x.items);
                ExprNode& node = fresh();
                nodes::make_list(node, &details);
                return &node;
            }
            case ExprKind::name: return name_node(x);
            case ExprKind::index: {
                const ExprNode* const container = node_of(*x.items[0]);
                const ExprNode* const index = node_of(*x.items[1]);
                ExprNode& node = fresh();
                nodes::make_index(node, container, index);
                return folded(node, nodes::is_constant(container) && nodes::is_constant(index));
            }
            case ExprKind::slice: {
                const ExprNode* parts[3] = {};
                bool constant = true;
                for (size_t i = 0; i < x.items.size() && i < 3; ++i) {
                    if (!x.items[i]) continue;
                    parts[i] = node_of(*x.items[i]);
                    constant = constant && nodes::is_constant(parts[i]);
                }
                ExprNode& node = fresh();
                nodes::make_slice(node, parts[0], parts[1], parts[2]);
                return folded(node, constant);
            }
            case ExprKind::call: return call_node(x);
            case ExprKind::unary: {
                const ExprNode* const operand = node_of(*x.items[0]);
                ExprNode& node = fresh();
                nodes::make_unary(node, x.op, operand);
                return folded(node, nodes::is_constant(operand));
            }
            case ExprKind::binary: return binary_node(x.op, *x.items[0], *x.items[1]);
            case ExprKind::comparison: return comparison_node(x);
            case ExprKind::logical: {
                const ExprNode* const a = node_of(*x.items[0]);
                const ExprNode* const b = node_of(*x.items[1]);
                ExprNode& node = fresh();
                nodes::make_logical(node, x.op, a, b);
                return folded(node, nodes::is_constant(a) && nodes::is_constant(b));
            }
            case ExprKind::conditional: {
                const ExprNode* const then = node_of(*x.items[0]);
                const ExprNode* const condition = node_of(*x.items[1]);
                const ExprNode* const otherwise = node_of(*x.items[2]);
                if (nodes::is_constant(condition)) return truth(condition->constant) ? then : otherwise;
                ExprNode& node = fresh();
                nodes::make_conditional(node, then, condition, otherwise);
                return &node;
            }
            case ExprKind::comprehension: return comprehension_node(x);
        }
        return constant_node(Value());
    }

    const ExprNode* binary_node(ast::Op op, const Expr& left, const Expr& right) {
        const ExprNode* const a = node_of(left);
        const ExprNode* const b = node_of(right);
        ExprNode& node = fresh();
        nodes::make_binary(node, op, a, b);
        return folded(node, nodes::is_constant(a) && nodes::is_constant(b));
    }

    const ExprNode* comparison_node(const Expr& x) {
        if (x.ops.size() == 1) return binary_node(x.ops[0], *x.items[0], *x.items[1]);
        NodeDetails& details = fresh_details();
        details.items = nodes_of(x.items);
        details.ops = x.ops;
        ExprNode& node = fresh();
        nodes::make_comparison_chain(node, &details);
        return folded(node, all_constant(details.items));
    }

    const ExprNode* name_node(const Expr& x) {
        const std::optional<Binding> binding = names_.value(x.text, x.span);
        if (!binding) {
            std::string hint = did_you_mean(x.text, names_.value_names());
            if (hint.empty() && (find_builtin(x.text) || known_callable(x.text))) {
                hint = "'" + x.text + "' is a function: a call of it has parentheses";
            }
            diagnostics_.error(x.span, "no " + names_.value_noun() + " is named '" + x.text + "'", hint);
            return constant_node(Value());
        }
        ExprNode& node = fresh();
        switch (binding->place) {
            case Binding::Place::local: nodes::make_slot(node, binding->index, x.text); break;
            case Binding::Place::constant: nodes::make_constant(node, binding->constant); break;
            case Binding::Place::shared: nodes::make_shared(node, binding->index); break;
            case Binding::Place::context: nodes::make_context(node, binding->index); break;
            case Binding::Place::object: nodes::make_object(node, binding->index); break;
            case Binding::Place::refused:
                diagnostics_.error(x.span, to_str(binding->constant));
                nodes::make_constant(node, Value());
                break;
        }
        return &node;
    }

    bool known_callable(std::string_view name) const {
        const std::vector<std::string> names = names_.callable_names();
        return std::find(names.begin(), names.end(), name) != names.end();
    }

    const ExprNode* call_node(const Expr& x) {
        const Span place = x.name_span.known() ? x.name_span : x.span;
        const std::optional<Callable> callable = names_.callable(x.text, place);
        NodeDetails& details = fresh_details();
        details.items = nodes_of(x.items);
        const auto given = static_cast<uint32_t>(details.items.size());
        ExprNode& node = fresh();
        if (callable) {
            if (!callable->refusal.empty()) {
                diagnostics_.error(place, callable->refusal);
            } else if (!rules_.calls) {
                not_allowed(place, x.text);
            } else if (callable->arity != given) {
                wrong_arity(place, x.text,
                            callable->arity == 0 ? "no arguments" : count_of_arguments(callable->arity),
                            given);
            }
            nodes::make_call(node, callable->kind, callable->index, &details);
            return &node;
        }
        const Builtin* const builtin = find_builtin(x.text);
        if (!builtin) {
            unknown_function(place, x.text);
            return constant_node(Value());
        }
        if (!allowed(builtin->depends_on)) {
            not_allowed(place, x.text);
        } else if (given < builtin->least ||
                   (builtin->most != Builtin::any_number && given > builtin->most)) {
            wrong_arity(place, x.text, arity_of(*builtin), given);
            return constant_node(Value());
        }
        names_.builtin_called(*builtin, place);
        nodes::make_builtin_call(node, builtin->function, &details);
        return folded(node, builtin->depends_on == BuiltinClass::pure && all_constant(details.items));
    }

    bool allowed(BuiltinClass what) const {
        switch (what) {
            case BuiltinClass::pure: return true;
            case BuiltinClass::random: return rules_.random;
            default: return rules_.state;
        }
    }

    void not_allowed(Span place, const std::string& name) {
        diagnostics_.error(place, "'" + name + "' cannot be called in " + rules_.place,
                           "only params and functions that depend on their arguments alone may stand here");
    }

    void wrong_arity(Span place, const std::string& name, const std::string& takes, uint32_t given) {
        diagnostics_.error(place, "'" + name + "' takes " + takes + ", " + std::to_string(given) +
                                      (given == 1 ? " is given" : " are given"));
    }

    void unknown_function(Span place, const std::string& name) {
        Suggestion suggestion(name);
        for (const std::string& known : names_.callable_names()) suggestion.consider(known);
        for (const Builtin& known : builtins()) suggestion.consider(known.name);
        diagnostics_.error(place, "no function, coroutine or generator is named '" + name + "'",
                           suggestion.question());
    }

    const ExprNode* comprehension_node(const Expr& x) {
        const ExprNode* const iterable = node_of(*x.items[1]);  // outside the scope, as in Python
        names_.push_scope();
        NodeDetails& details = fresh_details();
        for (const std::string& target : x.targets)
            details.targets.push_back(names_.declare_temporary(target));
        const ExprNode* const condition = x.items.size() > 2 && x.items[2] ? node_of(*x.items[2]) : nullptr;
        const ExprNode* const item = node_of(*x.items[0]);
        names_.pop_scope();
        ExprNode& node = fresh();
        nodes::make_comprehension(node, item, iterable, condition, &details);
        return &node;
    }

    const ExprNode* format_node(const Expr& x) {
        NodeDetails& details = fresh_details();
        std::vector<TemplatePart>& parts = details.parts;
        const auto literal = [&](const std::string& text) {
            if (parts.empty() || parts.back().expr) parts.emplace_back();
            parts.back().text += text;
        };
        for (const ast::FormatPart& part : x.parts) {
            if (!part.expr) {
                literal(part.text);
                continue;
            }
            TemplatePart compiled;
            compiled.expr = node_of(*part.expr);
            compiled.as_repr = part.conversion == 'r';
            if (part.conversion == 's') {
                // str(x) first: the format is then a string's.
                NodeDetails& argument = fresh_details();
                argument.items = {compiled.expr};
                ExprNode& text = fresh();
                nodes::make_builtin_call(text, find_builtin("str")->function, &argument);
                compiled.expr = folded(text, nodes::is_constant(argument.items[0]));
            }
            compiled.format = format_of(part);
            if (nodes::is_constant(compiled.expr)) {
                try {
                    Value value = compiled.expr->constant;
                    if (compiled.as_repr) value = Value(to_repr(value));
                    std::string text;
                    append_formatted(text, value, compiled.format);
                    literal(text);
                    continue;
                } catch (const Exception&) {
                }
            }
            parts.push_back(std::move(compiled));
        }
        if (parts.empty()) return constant_node(Value(std::string()));
        if (parts.size() == 1 && !parts[0].expr) return constant_node(Value(parts[0].text));
        ExprNode& node = fresh();
        nodes::make_format(node, &details);
        return &node;
    }

    FormatSpec format_of(const ast::FormatPart& part) {
        FormatSpec spec;
        if (const auto wrong = parse_format_spec(part.format, spec)) {
            diagnostics_.error(part.format_span, wrong->message);
            return {};
        }
        return spec;
    }

    NameResolver& names_;
    Diagnostics& diagnostics_;
    const ExpressionRules rules_;
    ExprCode code_;
};

ExprCode compile_expression(const ast::Expr& expression, NameResolver& names, Diagnostics& diagnostics) {
    return ExpressionCompiler(names, diagnostics).compile(expression);
}

TemplateCode compile_template(const ast::Expr& format, NameResolver& names, Diagnostics& diagnostics) {
    return TemplateCode(ExpressionCompiler(names, diagnostics).compile(format));
}

ExprCode constant_expression(Value value) { return ExpressionCompiler::constant(std::move(value)); }

void TemplateCode::render(std::string& out, Evaluation& evaluation) const {
    assert(code_);
    if (nodes::is_format(code_.root_)) {
        nodes::render(*code_.root_, out, evaluation);
    } else {
        append_str(out, code_.eval(evaluation));
    }
}

}  // namespace asyncrun
