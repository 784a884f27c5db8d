// SPDX-License-Identifier: MIT
#include "engine/interpreter/body_compiler.h"
#include "engine/interpreter/literal.h"
#include "engine/language/expression_parser.h"
#include "engine/language/suggest.h"

#include <algorithm>

namespace asyncrun {
namespace {

/// Exceptions that behave specially in Python: they stop its loop or turn into RuntimeError (details B4).
bool may_be_raised(std::string_view name) {
    static constexpr std::string_view refused[] = {
        "KeyboardInterrupt", "SystemExit",         "GeneratorExit",         "StopIteration",      "StopAsyncIteration",
        "ExceptionGroup",    "BaseExceptionGroup", "UnicodeDecodeError",    "UnicodeEncodeError", "UnicodeTranslateError",
    };
    return std::find(std::begin(refused), std::end(refused), name) == std::end(refused);
}

bool is_class_name(std::string_view name) {
    if (name.empty() || name[0] < 'A' || name[0] > 'Z') return false;
    return std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

}  // namespace

ExprCode BodyCompiler::expression(const Node& node) { return compile_operand(node, *this, diagnostics); }

TemplateCode BodyCompiler::text(const Node& node) {
    if (!node.is(NodeKind::string)) {
        diagnostics.error(node.span, "text is a string, not " + std::string(describe(node.kind)));
        return {};
    }
    const auto tree = parse_template(node, diagnostics);
    return tree ? compile_template(*tree, *this, diagnostics) : TemplateCode();
}

std::string BodyCompiler::word(const Node& node, const std::vector<std::string_view>& allowed) {
    if (!node.is(NodeKind::string)) {
        diagnostics.error(node.span, "a word is a string, not " + std::string(describe(node.kind)));
        return {};
    }
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), node.text()) == allowed.end()) {
        std::string list;
        for (const auto w : allowed) list += (list.empty() ? "" : ", ") + in_quotes(w);
        diagnostics.error(node.span, "expected one of " + list + ", not " + in_quotes(node.text()),
                          did_you_mean(node.text(), allowed));
        return {};
    }
    return node.text();
}

CallOperand BodyCompiler::call(const Node& node) {
    CallOperand operand;
    operand.code = expression(node);
    if (!operand.code) return operand;
    if (const Value* constant = operand.code.constant(); constant && node.is(NodeKind::string)) {
        if (!constant->is_list()) {
            diagnostics.error(node.span, "expected a call f(x), a task or a future, not " + std::string(kind_word(constant->kind())));
        }
    }
    operand.call = operand.code.call();
    if (operand.call && operand.call->kind == CallableKind::coroutine) {
        operand.callee = program.coroutines[operand.call->index].get();
    } else {
        operand.call.reset();
    }
    return operand;
}

CallOperand BodyCompiler::function_call(const Node& node) {
    CallOperand operand;
    operand.code = expression(node);
    if (!operand.code) return operand;
    operand.call = operand.code.call();
    if (!operand.call || operand.call->kind != CallableKind::function) {
        diagnostics.error(node.span, "expected a call of a [function]");
        operand.call.reset();
        return operand;
    }
    operand.callee = program.functions[operand.call->index].get();
    return operand;
}

std::optional<Target> BodyCompiler::variable(const std::string& name, Span place) {
    if (!is_variable_name(name)) {
        diagnostics.error(place, in_quotes(name) + " cannot name a variable");
        return std::nullopt;
    }
    if (names_.params.contains(name)) {
        diagnostics.error(place, in_quotes(name) + " is a param: it cannot be assigned");
        return std::nullopt;
    }
    if (names_.objects.contains(name)) {
        diagnostics.error(place, in_quotes(name) + " is a declared object: it cannot be assigned");
        return std::nullopt;
    }
    if (const auto it = names_.shared.find(name); it != names_.shared.end()) {
        return Target{Target::Kind::shared, it->second};
    }
    if (const auto it = names_.contexts.find(name); it != names_.contexts.end()) {
        return Target{Target::Kind::context, it->second};
    }
    declare_local(name);
    return Target{Target::Kind::local, locals_.find(name)->second};
}

std::optional<Target> BodyCompiler::target(const Node* node) {
    if (!node) return std::nullopt;
    if (!node->is(NodeKind::string)) {
        diagnostics.error(node->span, "a variable is a string with its name, not " + std::string(describe(node->kind)));
        return std::nullopt;
    }
    return variable(node->text(), node->span);
}

std::vector<Target> BodyCompiler::targets(const Node* node) {
    std::vector<Target> list;
    if (!node) return list;
    if (node->is(NodeKind::array)) {
        for (const Node& item : node->items) {
            if (const auto t = target(&item)) list.push_back(*t);
        }
        if (node->items.empty()) diagnostics.error(node->span, "at least one variable is needed");
    } else if (const auto t = target(node)) {
        list.push_back(*t);
    }
    return list;
}

ExprCode BodyCompiler::object(const Node& node, std::initializer_list<Kind> kinds) {
    const auto list = [&] {
        std::string text;
        size_t i = 0;
        for (const Kind kind : kinds) {
            if (i > 0) text += i + 1 == kinds.size() ? " or " : ", ";
            const std::string word = kind_word(kind);
            text += (i == 0 ? (std::string("aeiou").find(word[0]) != std::string::npos ? "an " : "a ") : "") + word;
            ++i;
        }
        return text;
    };
    if (!node.is(NodeKind::string)) {
        diagnostics.error(node.span, "expected " + list() + ", not " + std::string(describe(node.kind)));
        return {};
    }
    const auto it = names_.objects.find(node.text());
    if (it != names_.objects.end() && !locals_.contains(node.text())) {
        const ObjectDeclaration& declared = program.objects[it->second];
        if (declared.copies_given) {
            diagnostics.error(node.span, in_quotes(node.text()) + " has copies: use one of them, " + node.text() + "[i]");
        } else if (std::find(kinds.begin(), kinds.end(), declared.kind) == kinds.end()) {
            std::string message = "expected " + list() + ", but " + in_quotes(node.text()) + " is a " + kind_word(declared.kind);
            Suggestion suggestion(node.text());
            for (const auto& [name, index] : names_.objects) {
                const Kind kind = program.objects[index].kind;
                if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) suggestion.consider(name);
            }
            diagnostics.error(node.span, std::move(message), suggestion.question());
        }
    }
    return expression(node);
}

const ObjectDeclaration* BodyCompiler::declared(const Node& node) const {
    if (!node.is(NodeKind::string) || locals_.contains(node.text())) return nullptr;
    const auto it = names_.objects.find(node.text());
    return it == names_.objects.end() ? nullptr : &program.objects[it->second];
}

void BodyCompiler::offloaded(const Code& function, Span place) { program.offloads.push_back({&function, place}); }

std::vector<const ErrorType*> BodyCompiler::error_types(const Node& node) {
    std::vector<const ErrorType*> types;
    const auto one = [&](const Node& name) {
        if (!name.is(NodeKind::string) || !is_class_name(name.text())) {
            diagnostics.error(name.span, "expected the name of an error class, such as 'ValueError'");
            return;
        }
        types.push_back(&ErrorType::declare(name.text()));
        caught_.emplace_back(name.text(), name.span);
    };
    if (node.is(NodeKind::array)) {
        for (const Node& item : node.items) one(item);
    } else {
        one(node);
    }
    return types;
}

const ErrorType* BodyCompiler::raisable(const Node& node) {
    if (!node.is(NodeKind::string) || !is_class_name(node.text())) {
        diagnostics.error(node.span, "expected the name of an error class, such as 'ValueError'");
        return nullptr;
    }
    if (!may_be_raised(node.text())) {
        diagnostics.error(node.span, in_quotes(node.text()) + " cannot be raised by a scenario");
        return nullptr;
    }
    raised_.push_back(node.text());
    return &ErrorType::declare(node.text());
}

namespace {

uint32_t index_in(std::vector<std::string>& names, const std::string& name) {
    const auto it = std::find(names.begin(), names.end(), name);
    if (it != names.end()) return static_cast<uint32_t>(it - names.begin());
    names.push_back(name);
    return static_cast<uint32_t>(names.size() - 1);
}

}  // namespace

uint32_t BodyCompiler::counter(const std::string& name) { return index_in(program.counters, name); }
uint32_t BodyCompiler::span_name(const std::string& name) { return index_in(program.spans, name); }

}  // namespace asyncrun
