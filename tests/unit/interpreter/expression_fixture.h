// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/expression_compiler.h"
#include "engine/interpreter/text_format.h"
#include "engine/language/expression_parser.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asyncrun::testing {

/// A world in which expressions can be tried: names to declare, an environment that records calls, and the
/// texts of results and errors.
class Expressions : public NameResolver, public Environment {
  public:
    void local(const std::string& name, Value value) {
        bind(name, {Binding::Place::local, slot(std::move(value)), {}});
    }
    void unassigned(const std::string& name) { local(name, Value::unbound()); }
    void param(const std::string& name, Value value) {
        bind(name, {Binding::Place::constant, 0, std::move(value)});
    }
    void shared(const std::string& name, Value value) {
        bind(name, {Binding::Place::shared, static_cast<uint32_t>(shared_.size()), {}});
        shared_.push_back(std::move(value));
    }
    void context(const std::string& name, Value value) {
        bind(name, {Binding::Place::context, static_cast<uint32_t>(context_.size()), {}});
        context_.push_back(std::move(value));
    }
    void object(const std::string& name, Value value) {
        bind(name, {Binding::Place::object, static_cast<uint32_t>(objects_.size()), {}});
        objects_.push_back(std::move(value));
    }
    void callable(const std::string& name, CallableKind kind, uint32_t arity) {
        callables_[name] = {kind, static_cast<uint32_t>(callables_.size()), arity, {}};
    }

    ExprCode compile(const std::string& text) { return from_source<ExprCode>(text, false); }
    TemplateCode compile_text(const std::string& text) { return from_source<TemplateCode>(text, true); }
    /// The value's repr; "!Class" for a raised error; "!load: message; hint" for what loading reports.
    std::string show(const std::string& text) {
        const ExprCode code = compile(text);
        if (!findings.empty()) return "!load: " + findings.front();
        try {
            Evaluation e = evaluation();
            return to_repr(code.eval(e));
        } catch (const Exception& e) {
            last_error = e.error();
            return "!" + e.error()->type().name();
        }
    }
    std::string render(const std::string& text) {
        const TemplateCode code = compile_text(text);
        if (!findings.empty()) return "!load: " + findings.front();
        try {
            Evaluation e = evaluation();
            return code.render(e);
        } catch (const Exception& e) {
            last_error = e.error();
            return "!" + e.error()->type().name();
        }
    }
    Value value_of(const std::string& text) {
        const ExprCode code = compile(text);
        Evaluation e = evaluation();
        return code.eval(e);
    }

    /// One for the names declared so far; slots for comprehensions included.
    Evaluation evaluation() {
        slots_.resize(slot_count_, Value::unbound());
        Evaluation e;
        e.locals = slots_.data();
        if (in_place) {
            e.shared = shared_.data();
            e.objects = objects_.data();
        }
        e.random = &random_state;
        e.environment = this;
        e.interrupt = &interrupt;
        return e;
    }
    Value& local_value(const std::string& name) { return slots_[names_.at(name).index]; }

    std::vector<std::string> findings;  ///< of the last compilation: "message; hint"
    std::vector<Span> places;           ///< theirs
    std::vector<std::string> calls;     ///< what Environment::call got
    ErrorRef last_error;
    ExpressionRules allowed;
    Random random_state{7};
    std::atomic<bool> interrupt{false};
    bool in_place = true;

    // NameResolver
    std::optional<Binding> value(std::string_view name, Span) override {
        for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
            const auto it = scope->find(std::string(name));
            if (it != scope->end()) return Binding{Binding::Place::local, it->second, {}};
        }
        const auto it = names_.find(std::string(name));
        return it == names_.end() ? std::nullopt : std::optional(it->second);
    }
    std::optional<Callable> callable(std::string_view name, Span) override {
        const auto it = callables_.find(std::string(name));
        return it == callables_.end() ? std::nullopt : std::optional(it->second);
    }
    std::vector<std::string> value_names() const override { return keys(names_); }
    std::vector<std::string> callable_names() const override { return keys(callables_); }
    ExpressionRules rules() const override { return allowed; }
    void push_scope() override { scopes_.emplace_back(); }
    uint32_t declare_temporary(const std::string& name) override {
        scopes_.back()[name] = slot_count_;
        return slot_count_++;
    }
    void pop_scope() override { scopes_.pop_back(); }

    // Environment
    Value read_shared(uint32_t index) override { return shared_[index]; }
    Value read_context(uint32_t index) override { return context_[index]; }
    Value object(uint32_t index) override { return objects_[index]; }
    Value call(CallableKind kind, uint32_t index, std::span<Value> arguments) override {
        std::string text = std::to_string(static_cast<int>(kind)) + ":" + std::to_string(index);
        for (const Value& argument : arguments) text += " " + to_repr(argument);
        calls.push_back(text);
        return Value(text);
    }
    double now() override { return 1.5; }
    std::string task_name() override { return "Task-1"; }
    int64_t task_count() override { return 2; }
    int64_t thread_count() override { return 3; }
    int64_t thread_id() override { return 4; }
    int64_t pid() override { return 5; }
    Value current_task() override { return {}; }
    Value all_tasks() override { return Value(std::vector<Value>{}); }

  private:
    template <class Map>
    static std::vector<std::string> keys(const Map& map) {
        std::vector<std::string> out;
        for (const auto& [name, what] : map) out.push_back(name);
        return out;
    }
    void bind(const std::string& name, Binding binding) { names_[name] = std::move(binding); }
    uint32_t slot(Value value) {
        slots_.resize(slot_count_, Value::unbound());
        slots_.push_back(std::move(value));
        return slot_count_++;
    }

    template <class Code>
    Code from_source(const std::string& text, bool is_template) {
        const SourceFile source("test.toml", text);
        Diagnostics diagnostics(source);
        const MappedText mapped = MappedText::verbatim(text, Span{0, static_cast<uint32_t>(text.size())});
        const ast::ExprPtr tree =
            is_template ? parse_template(mapped, diagnostics) : parse_expression(mapped, diagnostics);
        Code code;
        if (tree) {
            if constexpr (std::is_same_v<Code, TemplateCode>) {
                code = compile_template(*tree, *this, diagnostics);
            } else {
                code = compile_expression(*tree, *this, diagnostics);
            }
        }
        findings.clear();
        places.clear();
        for (const Diagnostic& d : diagnostics.all()) {
            findings.push_back(d.hint.empty() ? d.message : d.message + "; " + d.hint);
            places.push_back(d.span);
        }
        return code;
    }

    std::map<std::string, Binding> names_;
    std::map<std::string, Callable> callables_;
    std::vector<std::map<std::string, uint32_t>> scopes_;
    uint32_t slot_count_ = 0;
    std::vector<Value> slots_, shared_, context_, objects_;
};

/// An expression and its repr in CPython 3.11, or "!" and the class of what it raises there.
struct PythonCase {
    const char* expression;
    const char* expected;
};

}  // namespace asyncrun::testing
