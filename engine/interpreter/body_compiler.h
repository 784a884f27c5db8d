// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/expression_compiler.h"
#include "engine/interpreter/names.h"
#include "engine/interpreter/program.h"
#include "engine/interpreter/step_kind.h"
#include "engine/language/diagnostic.h"
#include "engine/language/document.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asyncrun {

/// A step as it stands in the file: its kind and the entries of its table.
struct StepNode {
    const StepKind* kind = nullptr;
    const Node* node = nullptr;  ///< the table, or the bare string
    Span verb;                   ///< the verb's key

    /// The value of a key, or null if it is absent.
    const Node* operand(std::string_view key) const noexcept {
        return node->is(NodeKind::table) ? node->find(key) : nullptr;
    }
    /// The verb's own operand; null for a bare step.
    const Node* operand() const noexcept { return operand(kind->name); }
};

/// What a verb's operand f(x) or awaitable was compiled to.
struct CallOperand {
    std::optional<ExprCode::Call> call;  ///< a direct call: its arguments go straight into the callee's frame
    ExprCode code;                       ///< the whole expression
    const Code* callee = nullptr;        ///< of the direct call
};

/// Compiles the body of one coroutine or function: resolves names to slots and emits instructions. Step kinds call it.
///
/// **Blocks that must be left properly** (`finally`, `with`, `span`, `timeout`) are emitted once: a *completion* in a
/// hidden slot says how the block was left (none: normally; an exception; a number: a jump of break, continue or return),
/// and the end of its exit code goes on accordingly. Size and time are linear in the scenario.
class BodyCompiler final : public NameResolver {
  public:
    BodyCompiler(Program& program, const DeclaredNames& names, Diagnostics& diagnostics, Code& code);

    /// Declares the arguments and every name that a step of the body binds, then compiles the steps.
    void compile(const std::vector<std::pair<std::string, Span>>& arguments, const Node& steps);

    Program& program;
    Diagnostics& diagnostics;
    Code& code;

    // ---- operands ----

    /// Creates a step's operands; the compiler keeps it in the program.
    template <class T>
    T& make_step(const StepNode& node) {
        auto step = std::make_unique<T>();
        step->kind = node.kind;
        step->span = node.verb;
        step->line = diagnostics.source().locate(node.verb.begin).line;
        T& made = *step;
        program.keep(std::move(step));
        return made;
    }
    ExprCode expression(const Node& node);
    ExprCode expression(const Node* node) { return node ? expression(*node) : ExprCode(); }
    TemplateCode text(const Node& node);
    TemplateCode text(const Node* node) { return node ? text(*node) : TemplateCode(); }
    /// A literal word; empty and an error if it is no string or not among `allowed`.
    std::string word(const Node& node, const std::vector<std::string_view>& allowed = {});
    /// f(x), or any expression that gives something awaitable.
    CallOperand call(const Node& node);
    /// f(x) of a [function]; null and an error otherwise.
    CallOperand function_call(const Node& node);
    /// The variable that a key binds.
    std::optional<Target> target(const Node* node);
    std::vector<Target> targets(const Node* node);
    /// The variable of that name, to be assigned.
    std::optional<Target> variable(const std::string& name, Span place);
    /// An object of one of these kinds, checked now when the operand names it directly.
    ExprCode object(const Node& node, std::initializer_list<Kind> kinds);
    /// The declared object that an operand names and nothing else; null otherwise.
    const ObjectDeclaration* declared(const Node& node) const;
    /// A step that only the loop's thread may run: a function that has one cannot run on an executor.
    void touches_loop(const Step& step) {
        if (synchronous() && !code.touches_loop) code.touches_loop = &step;
    }
    /// A step hands this function to an executor: it may not touch loop objects.
    void offloaded(const Code& function, Span place);
    /// Error classes of `except` and `raise`.
    std::vector<const ErrorType*> error_types(const Node& node);
    const ErrorType* raisable(const Node& node);
    uint32_t counter(const std::string& name);
    uint32_t span_name(const std::string& name);

    // ---- emission ----

    struct Label {
        uint32_t id;
    };
    Label new_label();
    void place(Label label);
    Instruction& emit(Instruction::Execute execute, const Step* step, uint32_t slot = 0);
    Instruction& emit_jump(Instruction::Execute execute, const Step* step, Label target, uint32_t slot = 0);
    void emit_goto(const Step* step, Label target);
    uint32_t here() const noexcept { return static_cast<uint32_t>(code.instructions.size()); }
    /// A slot that no name has.
    uint32_t hidden_slot();

    /// Compiles the steps of a block. Null is an empty block.
    void block(const Node* steps);

    /// Scopes that `break` and `continue` refer to.
    void begin_loop(Label on_break, Label on_continue);
    void end_loop();
    bool in_loop() const noexcept;
    void leave_by_break(const Step* step);
    void leave_by_continue(const Step* step);
    /// `return` when the value is in return_slot() already, or not needed.
    void leave_by_return(const Step* step);
    /// True if a return must run exit code first: then its value goes to return_slot().
    bool return_crosses_exits() const noexcept;
    uint32_t return_slot() { return pending_return().slot; }

    /// A block with exit code. begin → body → exit_begins → exit code → end.
    struct Exit {
        uint32_t slot;           ///< the completion
        uint32_t body_begin;
        Label exit;
    };
    void begin_exit_scope(const Step* step);
    /// Ends the body; what is emitted next runs however the body ended. Gives the completion's slot.
    uint32_t begin_exit_code(const Step* step);
    void end_exit_code(const Step* step);

    /// Protects instructions from `begin` to here: errors go to `handler`, the exception into `slot`.
    void protect(uint32_t begin, Label handler, uint32_t slot);

    /// The slot of the exception that the innermost handler around this place handles; for a bare `raise`.
    std::optional<uint32_t> handled_error() const noexcept;
    void begin_handler(uint32_t slot) { handled_.push_back(slot); }
    void end_handler() { handled_.pop_back(); }

    /// Error classes that the body names in `except` (with their places) and in `raise`.
    const std::vector<std::pair<std::string, Span>>& caught() const noexcept { return caught_; }
    const std::vector<std::string>& raised() const noexcept { return raised_; }

    bool synchronous() const noexcept { return code.kind == Code::Kind::function; }

    // ---- NameResolver ----
    std::optional<Binding> value(std::string_view name, Span place) override;
    std::optional<Callable> callable(std::string_view name, Span place) override;
    std::vector<std::string> value_names() const override;
    std::vector<std::string> callable_names() const override;
    std::string value_noun() const override { return "queue, variable or argument"; }
    void push_scope() override;
    uint32_t declare_temporary(const std::string& name) override;
    void pop_scope() override;

  private:
    struct Loop {
        Label on_break;
        Label on_continue;
        size_t exits;  ///< how many exit scopes were open at its begin
    };
    /// Where a return's value waits while exit code runs, and where it goes then. By the number of exit codes around the
    /// return: one inside a `finally` may itself be given up, and must not disturb the return that led there.
    struct PendingReturn {
        uint32_t slot;
        Label label;
    };
    void step(const Node& node);
    void check_keys(const StepNode& step);
    void collect_bindings(const Node& steps);
    void collect_step_bindings(const Node& step);
    void declare_local(const std::string& name);

    /// Leaves every exit scope above `depth`, innermost first, then goes to `destination`.
    void leave_to(const Step* step, size_t depth, Label destination);
    PendingReturn& pending_return();
    void finish();

    const DeclaredNames& names_;
    std::map<std::string, uint32_t, std::less<>> locals_;
    std::vector<std::vector<std::pair<std::string, uint32_t>>> temporaries_;
    std::vector<std::optional<uint32_t>> labels_;
    struct Patch {
        uint32_t instruction;
        uint32_t label;
    };
    std::vector<Patch> patches_;
    std::vector<std::pair<uint32_t, uint32_t>> handler_labels_;  ///< index in code.handlers, label
    std::vector<Loop> loops_;
    std::vector<Exit> exits_;
    std::vector<uint32_t> open_exit_codes_;
    std::vector<uint32_t> handled_;
    std::vector<std::optional<PendingReturn>> returns_;
    std::vector<std::pair<std::string, Span>> caught_;
    std::vector<std::string> raised_;
    int depth_ = 0;

};

/// Which of a step's keys is the verb (details A13): a key that another verb of the step lists is its modifier.
/// Reports steps with none or several.
std::optional<StepNode> identify_step(const Node& node, Diagnostics& diagnostics);

}  // namespace asyncrun
