// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/expression_nodes.h"
#include "engine/language/diagnostic.h"
#include "engine/language/expression.h"

#include <cassert>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace asyncrun {

/// What a name in an expression stands for.
struct Binding {
    enum class Place : uint8_t {
        local,     ///< a slot of the frame
        constant,  ///< a param: `constant` is folded into the code
        shared,
        context,
        object,
        refused,  ///< known, but not to be used here: `constant` is the message's text
    };
    Place place = Place::local;
    uint32_t index = 0;
    Value constant;
};

/// What a name before parentheses stands for.
struct Callable {
    CallableKind kind = CallableKind::coroutine;
    uint32_t index = 0;
    uint32_t arity = 0;
    std::string refusal;  ///< not empty: known, but not to be called here, and why
};

/// Which functions an expression may call where it stands.
struct ExpressionRules {
    bool random = true;
    bool state = true;  ///< handles and the run: qsize(q), now() ...
    bool calls = true;  ///< the scenario's own coroutines, generators and functions
    /// For messages: where the expression stands when something is not allowed.
    std::string place = "a declaration";
};

/// Tells the expression compiler what names mean where the expression stands. The loader implements it, with
/// a scope of its own kind for declarations, bodies of coroutines, and so on. It sees every use of a name
/// with its place, so it can record what an expression touches.
class NameResolver {
  public:
    virtual ~NameResolver() = default;

    /// The value of that name, or nothing when there is none.
    virtual std::optional<Binding> value(std::string_view name, Span place) = 0;
    /// The coroutine, generator, function or context of that name, or nothing. Names of functions live apart
    /// from names of values; one of the scenario wins over a builtin function.
    virtual std::optional<Callable> callable(std::string_view name, Span place) = 0;
    /// A call of a builtin function was compiled.
    virtual void builtin_called(const Builtin&, Span) {}

    /// Every name that value() knows, for suggestions.
    virtual std::vector<std::string> value_names() const = 0;
    /// Every name that callable() knows; the compiler adds the builtin functions.
    virtual std::vector<std::string> callable_names() const = 0;
    /// How the message calls what was looked for: "no variable, argument or object is named 'q1'".
    virtual std::string value_noun() const { return "variable, argument or object"; }
    virtual ExpressionRules rules() const { return {}; }

    /// A comprehension's variables live in a scope of their own, in slots that nothing else uses meanwhile.
    virtual void push_scope() = 0;
    virtual uint32_t declare_temporary(const std::string& name) = 0;
    virtual void pop_scope() = 0;
};

/// An executable expression. Movable; any number of threads may evaluate it at once, each with its own
/// Evaluation. Cost: `i + 1` and the like a few nanoseconds; a node without a specialised shape one indirect
/// call each.
class ExprCode {
  public:
    ExprCode() = default;
    ExprCode(ExprCode&&) = default;
    ExprCode& operator=(ExprCode&&) = default;

    explicit operator bool() const noexcept { return root_ != nullptr; }
    /// Throws asyncrun::Exception for the scenario's errors, Interrupted when told to stop.
    Value eval(Evaluation& evaluation) const {
        assert(root_);
        return root_->eval(*root_, evaluation);
    }
    bool eval_truth(Evaluation& evaluation) const {
        assert(root_);
        return root_->truth(*root_, evaluation);
    }

    /// The value of an expression that is always the same, or null.
    const Value* constant() const noexcept {
        return root_ && nodes::is_constant(root_) ? &root_->constant : nullptr;
    }
    /// The slot, when the expression is a local variable and nothing else.
    std::optional<uint32_t> local() const noexcept {
        return root_ && nodes::is_slot(root_) ? std::optional(root_->index) : std::nullopt;
    }

    /// The index, when the expression is a declared object and nothing else.
    std::optional<uint32_t> object() const noexcept {
        return root_ && nodes::is_object(root_) ? std::optional(root_->index) : std::nullopt;
    }

    /// An expression that is a call of something the scenario defines, and nothing else. A verb that takes
    /// `f(x)` evaluates the arguments itself, in order, straight into the callee's slots:
    ///     for (const ExprNode* argument : call->arguments) *slot++ = argument->eval(*argument, evaluation);
    struct Call {
        CallableKind kind;
        uint32_t index;
        std::span<const ExprNode* const> arguments;
    };
    std::optional<Call> call() const noexcept {
        if (!root_ || !nodes::is_call(root_)) return std::nullopt;
        return Call{root_->callable, root_->index, root_->details->items};
    }

  private:
    friend class ExpressionCompiler;
    friend class TemplateCode;
    std::deque<ExprNode> nodes_;  // a deque, because nodes point at each other
    std::deque<NodeDetails> details_;
    const ExprNode* root_ = nullptr;
};

/// An executable template: what `log`, `message` and `name` hold. As ExprCode in everything else.
class TemplateCode {
  public:
    TemplateCode() = default;
    explicit TemplateCode(ExprCode code) noexcept : code_(std::move(code)) {}

    explicit operator bool() const noexcept { return static_cast<bool>(code_); }
    std::string render(Evaluation& evaluation) const {
        std::string out;
        render(out, evaluation);
        return out;
    }
    /// Appends.
    void render(std::string& out, Evaluation& evaluation) const;
    /// The text of a template without expressions, or null.
    const std::string* constant() const noexcept {
        const Value* value = code_.constant();
        return value ? &value->text() : nullptr;
    }

  private:
    ExprCode code_;
};

/// Makes an expression executable. Everything wrong with it is reported at its token: unresolved names, wrong
/// numbers of arguments, functions that may not stand here, bad formats. After an error the code evaluates to
/// something harmless; compare Diagnostics::error_count() before and after.
ExprCode compile_expression(const ast::Expr& expression, NameResolver& names, Diagnostics& diagnostics);
/// The same for a template: an expression of kind `format` or `string`.
TemplateCode compile_template(const ast::Expr& format, NameResolver& names, Diagnostics& diagnostics);
/// Code that always gives this value.
ExprCode constant_expression(Value value);

}  // namespace asyncrun
