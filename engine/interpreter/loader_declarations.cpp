// SPDX-License-Identifier: MIT
#include "engine/interpreter/loader_declarations.h"

#include "engine/interpreter/handles.h"
#include "engine/interpreter/literal.h"
#include "engine/interpreter/operations.h"
#include "engine/interpreter/text_format.h"
#include "engine/language/expression_parser.h"
#include "engine/language/suggest.h"

#include <algorithm>

namespace asyncrun {
namespace {

/// The value for a message: as it prints, or only its kind when that is long.
std::string shown(const Value& value) {
    if (value.is_list() || value.is_dict() || (value.is_string() && value.text().size() > 40)) {
        return "a " + std::string(kind_word(value.kind()));
    }
    return to_repr(value);
}

}  // namespace

// ---- names ----

std::optional<Binding> DeclarationNames::value(std::string_view name, Span) {
    for (auto scope = temporaries_.rbegin(); scope != temporaries_.rend(); ++scope) {
        for (const auto& [temporary, slot] : *scope) {
            if (temporary == name) return Binding{Binding::Place::local, slot, {}};
        }
    }
    const auto refused = [](std::string why) {
        return Binding{Binding::Place::refused, 0, Value(std::move(why))};
    };
    const auto noun = nouns_.find(name);
    if (params_) {
        if (const auto it = declared_.params.find(name); it != declared_.params.end()) {
            used_broken_ = used_broken_ || broken_.contains(name);
            return Binding{Binding::Place::constant, 0, it->second};
        }
        if (const auto it = extra_.find(name); it != extra_.end())
            return Binding{Binding::Place::constant, 0, it->second};
        if (noun == nouns_.end()) return std::nullopt;
        return refused(place_ + " sees params alone, and " + in_quotes(name) + " is " + noun->second);
    }
    if (noun == nouns_.end()) {
        return refused(place_ + " holds a constant, and " + in_quotes(name) +
                       " is a name; text is written \"'" + std::string(name) + "'\"");
    }
    return refused(place_ + " holds a constant, and " + in_quotes(name) + " is " + noun->second);
}

std::optional<Callable> DeclarationNames::callable(std::string_view name, Span) {
    const auto it = declared_.callables.find(name);
    if (it == declared_.callables.end()) return std::nullopt;
    Callable callable;
    callable.arity = it->second.arity;
    callable.refusal = in_quotes(name) + " cannot be called in " + place_;
    return callable;
}

std::vector<std::string> DeclarationNames::value_names() const {
    std::vector<std::string> names;
    for (const auto& scope : temporaries_) {
        for (const auto& [name, slot] : scope) names.push_back(name);
    }
    if (params_) {
        for (const auto& [name, ignored] : declared_.params) names.push_back(name);
        for (const auto& [name, ignored] : extra_) names.push_back(name);
    }
    return names;
}

uint32_t DeclarationNames::declare_temporary(const std::string& name) {
    temporaries_.back().emplace_back(name, slots_);
    return slots_++;
}

// ---- values ----

std::optional<Value> DeclarationReader::evaluate(const ExprCode& code, Span place) {
    if (names_.used_broken() || !code) return std::nullopt;
    std::vector<Value> locals(names_.slots(), Value::unbound());
    Evaluation evaluation;
    evaluation.locals = locals.data();
    try {
        return deep_copy(code.eval(evaluation));
    } catch (const Exception& e) {
        const Error& error = *e.error();
        diagnostics_.error(place, "this raises " + error.type().name() +
                                      (error.message().empty() ? "" : ": " + error.message()));
        return std::nullopt;
    }
}

std::optional<Value> DeclarationReader::constant(const Node& node) {
    return evaluate(compile_operand(node, names_, diagnostics_), node.span);
}

std::optional<Value> DeclarationReader::constant(const MappedText& text) {
    const ast::ExprPtr tree = parse_expression(text, diagnostics_);
    if (!tree) return std::nullopt;
    const size_t errors_before = diagnostics_.error_count();
    const ExprCode code = compile_expression(*tree, names_, diagnostics_);
    return diagnostics_.error_count() == errors_before ? evaluate(code, text.whole()) : std::nullopt;
}

std::optional<int64_t> DeclarationReader::integer(const Entry* entry, Range range) {
    if (!entry) return std::nullopt;
    const auto value = constant(entry->value);
    if (!value) return std::nullopt;
    if (!value->is_int()) {
        diagnostics_.error(entry->value.span,
                           in_quotes(entry->key) + " is a whole number, not " + shown(*value),
                           value->is_real() ? "int(…) or // makes it one" : "");
        return std::nullopt;
    }
    const int64_t number = value->integer();
    if (number < range.least || number > range.most) {
        diagnostics_.error(entry->value.span,
                           in_quotes(entry->key) +
                               (number < range.least ? " is at least " + std::to_string(range.least)
                                                     : " is at most " + std::to_string(range.most)) +
                               ", not " + std::to_string(number));
        return std::nullopt;
    }
    return number;
}

std::optional<Duration> DeclarationReader::seconds(const Entry* entry) {
    if (!entry) return std::nullopt;
    const auto value = constant(entry->value);
    if (!value) return std::nullopt;
    const auto refuse = [&](const char* what) {
        diagnostics_.error(entry->value.span, in_quotes(entry->key) + what + ", not " + shown(*value));
        return std::nullopt;
    };
    if (!value->is_int() && !value->is_real())
        return refuse(" is a time, such as '10ms' or a number of seconds");
    if (!(value->number() >= 0)) return refuse(" is a time of 0 or more");
    const Duration duration = to_duration(*value, "a time");
    if (duration == Duration::max()) return refuse(" is a time of less than 292 years");
    return duration;
}

std::optional<bool> DeclarationReader::flag(const Entry* entry) {
    if (!entry) return std::nullopt;
    if (entry->value.is(NodeKind::boolean)) return entry->value.boolean;
    diagnostics_.error(entry->value.span, in_quotes(entry->key) + " is true or false, not " +
                                              std::string(describe(entry->value.kind)));
    return std::nullopt;
}

std::optional<std::string> DeclarationReader::text(const Entry* entry) {
    if (!entry) return std::nullopt;
    if (entry->value.is(NodeKind::string)) return entry->value.text();
    diagnostics_.error(entry->value.span, in_quotes(entry->key) + " is a string, not " +
                                              std::string(describe(entry->value.kind)));
    return std::nullopt;
}

std::optional<std::string> DeclarationReader::word(const Entry* entry, const TableKey& key) {
    const auto word = text(entry);
    if (!word) return std::nullopt;
    if (std::find(key.words.begin(), key.words.end(), *word) != key.words.end()) return word;
    if (std::find(key.other_words.begin(), key.other_words.end(), *word) != key.other_words.end()) {
        diagnostics_.error(entry->value.span,
                           "this version does not run " + std::string(key.name) + " = " + in_quotes(*word));
        return std::nullopt;
    }
    std::string list;
    Suggestion suggestion(*word);
    const auto offer = [&](const std::vector<std::string_view>& words) {
        for (const auto w : words) {
            list += (list.empty() ? "" : ", ") + in_quotes(w);
            suggestion.consider(w);
        }
    };
    offer(key.words);
    offer(key.other_words);
    diagnostics_.error(entry->value.span, "expected one of " + list + ", not " + in_quotes(*word),
                       suggestion.question());
    return std::nullopt;
}

void DeclarationReader::check_keys(const Node& table, std::span<const TableKey> keys, std::string_view owner,
                                   Span owner_place) {
    for (const Entry& entry : table.entries) {
        const auto known =
            std::find_if(keys.begin(), keys.end(), [&](const TableKey& k) { return k.name == entry.key; });
        if (known == keys.end()) {
            Suggestion suggestion(entry.key);
            for (const TableKey& key : keys) suggestion.consider(key.name);
            diagnostics_.error(entry.key_span, std::string(owner) + " has no key " + in_quotes(entry.key),
                               suggestion.question());
        } else if (known->not_run) {
            diagnostics_.error(entry.key_span, "this version does not run " + in_quotes(entry.key));
        }
    }
    for (const TableKey& key : keys) {
        if (key.required && !table.find(key.name)) {
            diagnostics_.error(owner_place, std::string(owner) + " needs the key " + in_quotes(key.name));
        }
    }
}

}  // namespace asyncrun
