// SPDX-License-Identifier: MIT
#include "engine/interpreter/body_compiler.h"

#include "engine/interpreter/control.h"
#include "engine/language/expression_parser.h"
#include "engine/language/suggest.h"

#include <algorithm>

namespace asyncrun {
namespace {

/// How deep blocks may nest: what compiles them recurses that far.
constexpr int deepest_block = 200;

bool is_binding(Operand operand) {
    return operand == Operand::binding || operand == Operand::bindings;
}

}  // namespace

std::optional<StepNode> identify_step(const Node& node, Diagnostics& diagnostics) {
    if (node.is(NodeKind::string)) {
        const StepKind* kind = find_step_kind(node.text());
        if (kind && kind->bare) return StepNode{kind, &node, node.span};
        Suggestion suggestion(node.text());
        for (const StepKind* k : step_kinds()) {
            if (k->bare) suggestion.consider(k->name);
        }
        if (kind) {
            diagnostics.error(node.span, in_quotes(node.text()) + " needs an operand", "write { " + node.text() + " = … }");
        } else {
            diagnostics.error(node.span, "no verb without an operand is named " + in_quotes(node.text()), suggestion.question());
        }
        return std::nullopt;
    }
    if (!node.is(NodeKind::table)) {
        diagnostics.error(node.span, "a step is a table with one verb, or a bare word, not " + std::string(describe(node.kind)));
        return std::nullopt;
    }
    std::vector<std::pair<const StepKind*, const Entry*>> verbs;
    for (const Entry& entry : node.entries) {
        if (const StepKind* kind = find_step_kind(entry.key)) verbs.emplace_back(kind, &entry);
    }
    auto left = verbs;
    std::erase_if(left, [&](const auto& candidate) {
        return std::any_of(verbs.begin(), verbs.end(), [&](const auto& other) {
            return other.first != candidate.first && other.first->key(candidate.first->name);
        });
    });
    if (left.size() == 1) return StepNode{left[0].first, &node, left[0].second->key_span};
    if (left.size() > 1) {
        diagnostics.error(left[1].second->key_span, "two verbs in one step: " + in_quotes(left[0].second->key) + " and " +
                                                        in_quotes(left[1].second->key));
        return std::nullopt;
    }
    if (!verbs.empty()) {
        diagnostics.error(verbs[0].second->key_span, "it is not clear which key is the verb of this step");
        return std::nullopt;
    }
    if (node.entries.empty()) {
        diagnostics.error(node.span, "a step needs a verb");
        return std::nullopt;
    }
    for (const Entry& entry : node.entries) {
        Suggestion suggestion(entry.key);
        for (const StepKind* k : step_kinds()) suggestion.consider(k->name);
        if (!suggestion.best().empty()) {
            diagnostics.error(entry.key_span, "no verb is named " + in_quotes(entry.key), suggestion.question());
            return std::nullopt;
        }
    }
    diagnostics.error(node.entries[0].key_span, "no verb is named " + in_quotes(node.entries[0].key));
    return std::nullopt;
}

BodyCompiler::BodyCompiler(Program& p, const DeclaredNames& names, Diagnostics& d, Code& c)
    : program(p), diagnostics(d), code(c), names_(names) {}

void BodyCompiler::compile(const std::vector<std::pair<std::string, Span>>& arguments, const Node& steps) {
    for (const auto& [name, place] : arguments) {
        if (locals_.contains(name)) {
            diagnostics.error(place, "two arguments are named " + in_quotes(name));
            continue;
        }
        const bool taken = names_.shared.contains(name) || names_.contexts.contains(name) || names_.params.contains(name) ||
                           names_.objects.contains(name);
        if (taken) diagnostics.error(place, "an argument may not have the name of a declared " + in_quotes(name));
        declare_local(name);
    }
    code.arguments = static_cast<uint32_t>(arguments.size());
    collect_bindings(steps);
    block(&steps);
    finish();
}

void BodyCompiler::finish() {
    // Running off the end returns none.
    emit(control::return_none, nullptr);
    for (const auto& pending : returns_) {
        if (!pending) continue;
        place(pending->label);
        emit(control::return_slot, nullptr, pending->slot);
    }
    code.labels.resize(labels_.size());
    for (size_t i = 0; i < labels_.size(); ++i) code.labels[i] = labels_[i].value_or(0);
    for (const auto& [index, label] : handler_labels_) code.handlers[index].handler = code.labels[label];
    code.instructions.shrink_to_fit();  // moves them: targets are set afterwards
    for (const Patch& patch : patches_) {
        code.instructions[patch.instruction].target = &code.instructions[code.labels[patch.label]];
    }
}

// ---- names ----

void BodyCompiler::declare_local(const std::string& name) {
    if (locals_.contains(name)) return;
    locals_.emplace(name, code.slots);
    code.local_names.resize(code.slots + 1);
    code.local_names[code.slots] = name;
    ++code.slots;
}

void BodyCompiler::collect_bindings(const Node& steps) {
    if (++depth_ > deepest_block) {
        --depth_;
        return;  // block() reports it
    }
    if (steps.is(NodeKind::array)) {
        for (const Node& step : steps.items) {
            if (step.is(NodeKind::table)) collect_step_bindings(step);
        }
    }
    --depth_;
}

void BodyCompiler::collect_step_bindings(const Node& node) {
    // Errors are reported when the step is compiled.
    Diagnostics silent(diagnostics.source());
    const auto step = identify_step(node, silent);
    if (!step) return;
    const auto bind = [&](const Node& name) {
        if (!name.is(NodeKind::string)) return;
        const std::string& text = name.text();
        if (names_.shared.contains(text) || names_.contexts.contains(text)) return;
        if (names_.params.contains(text) || names_.objects.contains(text)) return;  // variable() reports it
        declare_local(text);
    };
    for (const Entry& entry : node.entries) {
        const KeySpec* key = step->kind->key(entry.key);
        if (!key) continue;
        if (is_binding(key->operand)) {
            if (entry.value.is(NodeKind::array)) {
                for (const Node& item : entry.value.items) bind(item);
            } else {
                bind(entry.value);
            }
        } else if (key->operand == Operand::assignments && entry.value.is(NodeKind::table)) {
            for (const Entry& assignment : entry.value.entries) {
                const std::string& name = assignment.key;
                if (name.find('[') != std::string::npos) continue;
                if (names_.shared.contains(name) || names_.contexts.contains(name)) continue;
                if (names_.params.contains(name) || names_.objects.contains(name)) continue;
                declare_local(name);
            }
        } else if (key->operand == Operand::block) {
            collect_bindings(entry.value);
        } else if (key->operand == Operand::handlers && entry.value.is(NodeKind::array)) {
            for (const Node& handler : entry.value.items) {
                if (!handler.is(NodeKind::table)) continue;
                if (const Node* as = handler.find("as")) bind(*as);
                if (const Node* body = handler.find("do")) collect_bindings(*body);
            }
        }
    }
}

std::optional<Binding> BodyCompiler::value(std::string_view name, Span) {
    for (auto scope = temporaries_.rbegin(); scope != temporaries_.rend(); ++scope) {
        for (const auto& [temporary, slot] : *scope) {
            if (temporary == name) return Binding{Binding::Place::local, slot, {}};
        }
    }
    if (const auto it = locals_.find(name); it != locals_.end()) return Binding{Binding::Place::local, it->second, {}};
    if (const auto it = names_.params.find(name); it != names_.params.end()) {
        return Binding{Binding::Place::constant, 0, it->second};
    }
    if (const auto it = names_.shared.find(name); it != names_.shared.end()) {
        return Binding{Binding::Place::shared, it->second, {}};
    }
    if (const auto it = names_.contexts.find(name); it != names_.contexts.end()) {
        return Binding{Binding::Place::context, it->second, {}};
    }
    if (const auto it = names_.objects.find(name); it != names_.objects.end()) {
        return Binding{Binding::Place::object, it->second, {}};
    }
    return std::nullopt;
}

std::optional<Callable> BodyCompiler::callable(std::string_view name, Span) {
    const auto it = names_.callables.find(name);
    if (it == names_.callables.end()) return std::nullopt;
    Callable callable;
    callable.index = it->second.index;
    callable.arity = it->second.arity;
    switch (it->second.kind) {
        case Code::Kind::coroutine: callable.kind = CallableKind::coroutine; break;
        case Code::Kind::generator: callable.kind = CallableKind::generator; break;
        case Code::Kind::function:
            callable.kind = CallableKind::function;
            code.calls.push_back(it->second.index);
            break;
    }
    return callable;
}

std::vector<std::string> BodyCompiler::value_names() const {
    std::vector<std::string> names;
    for (const auto& scope : temporaries_) {
        for (const auto& [name, slot] : scope) names.push_back(name);
    }
    const auto add = [&](const auto& map) {
        for (const auto& [name, ignored] : map) names.push_back(name);
    };
    add(locals_);
    add(names_.params);
    add(names_.shared);
    add(names_.contexts);
    add(names_.objects);
    return names;
}

std::vector<std::string> BodyCompiler::callable_names() const {
    std::vector<std::string> names;
    for (const auto& [name, callee] : names_.callables) names.push_back(name);
    return names;
}

void BodyCompiler::push_scope() { temporaries_.emplace_back(); }

uint32_t BodyCompiler::declare_temporary(const std::string& name) {
    const uint32_t slot = hidden_slot();
    code.local_names[slot] = name;
    temporaries_.back().emplace_back(name, slot);
    return slot;
}

void BodyCompiler::pop_scope() { temporaries_.pop_back(); }

uint32_t BodyCompiler::hidden_slot() {
    code.local_names.resize(code.slots + 1);
    return code.slots++;
}

// ---- emission ----

BodyCompiler::Label BodyCompiler::new_label() {
    labels_.emplace_back();
    return Label{static_cast<uint32_t>(labels_.size() - 1)};
}

void BodyCompiler::place(Label label) { labels_[label.id] = here(); }

Instruction& BodyCompiler::emit(Instruction::Execute execute, const Step* step, uint32_t slot) {
    Instruction& instruction = code.instructions.emplace_back();
    instruction.execute = execute;
    instruction.step = step;
    instruction.slot = slot;
    return instruction;
}

Instruction& BodyCompiler::emit_jump(Instruction::Execute execute, const Step* step, Label target, uint32_t slot) {
    patches_.push_back({here(), target.id});
    return emit(execute, step, slot);
}

void BodyCompiler::emit_goto(const Step* step, Label target) { emit_jump(control::jump, step, target); }

void BodyCompiler::protect(uint32_t begin, Label handler, uint32_t slot) {
    handler_labels_.emplace_back(static_cast<uint32_t>(code.handlers.size()), handler.id);
    code.handlers.push_back({begin, here(), 0, slot});
}

void BodyCompiler::begin_loop(Label on_break, Label on_continue) {
    loops_.push_back({on_break, on_continue, exits_.size()});
}

void BodyCompiler::end_loop() { loops_.pop_back(); }

bool BodyCompiler::in_loop() const noexcept { return !loops_.empty(); }

void BodyCompiler::leave_to(const Step* step, size_t depth, Label destination) {
    // From the outermost exit inwards: each one's completion leads to the code that enters the next.
    std::vector<Label> stubs;
    Label next = destination;
    for (size_t i = depth; i < exits_.size(); ++i) {
        stubs.push_back(next);
        next = new_label();
    }
    // The innermost first; each sets the completion to where its end code leads and enters the exit code.
    for (size_t i = exits_.size(); i > depth; --i) {
        if (i != exits_.size()) place(stubs[i - depth]);
        emit(control::set_jump, step, exits_[i - 1].slot).label = stubs[i - 1 - depth].id;
        emit_goto(step, exits_[i - 1].exit);
    }
    if (exits_.size() == depth) emit_goto(step, destination);
}

void BodyCompiler::leave_by_break(const Step* step) { leave_to(step, loops_.back().exits, loops_.back().on_break); }
void BodyCompiler::leave_by_continue(const Step* step) {
    leave_to(step, loops_.back().exits, loops_.back().on_continue);
}

bool BodyCompiler::return_crosses_exits() const noexcept { return !exits_.empty(); }

BodyCompiler::PendingReturn& BodyCompiler::pending_return() {
    const size_t level = open_exit_codes_.size();
    if (returns_.size() <= level) returns_.resize(level + 1);
    if (!returns_[level]) returns_[level] = PendingReturn{hidden_slot(), new_label()};
    return *returns_[level];
}

void BodyCompiler::leave_by_return(const Step* step) { leave_to(step, 0, pending_return().label); }

void BodyCompiler::begin_exit_scope(const Step*) { exits_.push_back({hidden_slot(), here(), new_label()}); }

uint32_t BodyCompiler::begin_exit_code(const Step* step) {
    const Exit exit = exits_.back();
    exits_.pop_back();
    emit(control::complete_normally, step, exit.slot);
    protect(exit.body_begin, exit.exit, exit.slot);
    place(exit.exit);
    open_exit_codes_.push_back(exit.slot);
    return exit.slot;
}

void BodyCompiler::end_exit_code(const Step* step) {
    emit(control::end_exit, step, open_exit_codes_.back());
    open_exit_codes_.pop_back();
}

std::optional<uint32_t> BodyCompiler::handled_error() const noexcept {
    return handled_.empty() ? std::nullopt : std::optional(handled_.back());
}

// ---- steps ----

void BodyCompiler::block(const Node* steps) {
    if (!steps) return;
    if (!steps->is(NodeKind::array)) {
        diagnostics.error(steps->span, "a block is an array of steps, not " + std::string(describe(steps->kind)));
        return;
    }
    if (++depth_ > deepest_block) {
        diagnostics.error(steps->span, "blocks may nest " + std::to_string(deepest_block) + " deep, not deeper");
    } else {
        for (const Node& node : steps->items) step(node);
    }
    --depth_;
}

void BodyCompiler::step(const Node& node) {
    const auto found = identify_step(node, diagnostics);
    if (!found) return;
    check_keys(*found);
    if (synchronous() && !found->kind->synchronous) {
        diagnostics.error(found->verb, "a function never awaits: " + in_quotes(found->kind->name) + " is for coroutines",
                          "make it a [coroutine." + code.name + "]");
        return;
    }
    found->kind->compile(*this, *found);
}

void BodyCompiler::check_keys(const StepNode& step) {
    if (!step.node->is(NodeKind::table)) return;
    for (const Entry& entry : step.node->entries) {
        if (step.kind->key(entry.key)) continue;
        Suggestion suggestion(entry.key);
        for (const KeySpec& key : step.kind->keys) suggestion.consider(key.name);
        diagnostics.error(entry.key_span, in_quotes(step.kind->name) + " has no key " + in_quotes(entry.key), suggestion.question());
    }
    for (const KeySpec& key : step.kind->keys) {
        if (key.required && !step.node->find(key.name)) {
            diagnostics.error(step.verb, in_quotes(step.kind->name) + " needs the key " + in_quotes(key.name));
        }
    }
}

}  // namespace asyncrun
