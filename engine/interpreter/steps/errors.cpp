// SPDX-License-Identifier: MIT
#include "engine/interpreter/steps/kinds.h"
#include "engine/interpreter/steps/step_support.h"

namespace asyncrun::steps {
namespace {

ErrorRef error_of(Vm& vm, const ErrorType& type, const TemplateCode& message) {
    ErrorRef error = make_error(type, message ? message.render(vm.evaluation) : std::string());
    error->text_given = bool(message);
    return error;
}

struct RaiseStep final : Step {
    const ErrorType* type = nullptr;
    TemplateCode message;
};

const Instruction* raise_new(Vm& vm, const Instruction& at) {
    const auto& step = operands<RaiseStep>(at);
    return vm.raise(error_of(vm, *step.type, step.message), at);
}

const Instruction* raise_again(Vm& vm, const Instruction& at) {
    const Value& error = vm.local(at.slot);
    return vm.raise(error.error(), at, true);
}

void compile_raise(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<RaiseStep>(node);
    if (!node.operand()) {
        if (const auto slot = c.handled_error()) {
            c.emit(raise_again, &step, *slot);
        } else {
            c.diagnostics.error(node.verb, "a bare 'raise' stands inside a handler, to raise its error again");
        }
        return;
    }
    step.type = c.raisable(*node.operand());
    step.message = c.text(node.operand("message"));
    if (step.type) c.emit(raise_new, &step);
}

struct HandlerStep final : Step {
    std::vector<const ErrorType*> types;
    std::optional<Target> as;
};

/// Goes on with the handler's body if it catches the error in the slot, else to the target.
const Instruction* match(Vm& vm, const Instruction& at) {
    const auto& step = operands<HandlerStep>(at);
    const Value& error = vm.local(at.slot);
    for (const ErrorType* type : step.types) {
        if (error.error()->is_a(*type)) {
            if (step.as) vm.bind(*step.as, error);
            return &at + 1;
        }
    }
    return at.target;
}

void compile_handler(BodyCompiler& c, const StepNode& node, const Node& table, uint32_t error,
                     BodyCompiler::Label end) {
    auto& step = c.make_step<HandlerStep>(node);
    if (const Node* types = table.find("except")) step.types = c.error_types(*types);
    step.as = c.target(table.find("as"));
    const auto next = c.new_label();
    c.emit_jump(match, &step, next, error);
    c.begin_handler(error);
    c.block(table.find("do"));
    c.end_handler();
    c.emit_goto(&step, end);
    c.place(next);
}

void compile_try(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<Step>(node);
    const Node* except = node.operand("except");
    const Node* handlers = node.operand("handlers");
    const Node* finally = node.operand("finally");
    if (!except) {
        for (const char* key : {"do", "as"}) {
            if (const Entry* entry = node.node->entry(key)) {
                c.diagnostics.error(entry->key_span, std::string("'") + key + "' of 'try' belongs to 'except', which is missing");
            }
        }
    }
    if (!except && !handlers) {
        if (const Entry* entry = node.node->entry("else")) {
            c.diagnostics.error(entry->key_span, "'else' of 'try' belongs to 'except', which is missing");
        }
        if (!finally) {
            c.diagnostics.error(node.verb, "'try' needs 'except', 'handlers' or 'finally'");
            return;
        }
    }
    if (finally) c.begin_exit_scope(&step);
    if (except || handlers) {
        const uint32_t error = c.hidden_slot();
        const auto dispatch = c.new_label(), end = c.new_label();
        const uint32_t begin = c.here();
        c.block(node.operand());
        c.protect(begin, dispatch, error);
        c.block(node.operand("else"));
        c.emit_goto(&step, end);
        c.place(dispatch);
        if (except) compile_handler(c, node, *node.node, error, end);
        if (handlers && handlers->is(NodeKind::array)) {
            for (const Node& handler : handlers->items) {
                if (!handler.is(NodeKind::table)) {
                    c.diagnostics.error(handler.span, "a handler is a table: { except = \"E\", as = \"e\", do = [] }");
                    continue;
                }
                if (!handler.find("except")) c.diagnostics.error(handler.span, "a handler needs the key 'except'");
                for (const Entry& entry : handler.entries) {
                    if (entry.key != "except" && entry.key != "as" && entry.key != "do") {
                        c.diagnostics.error(entry.key_span, "a handler has no key '" + entry.key + "'");
                    }
                }
                compile_handler(c, node, handler, error, end);
            }
        } else if (handlers) {
            c.diagnostics.error(handlers->span, "'handlers' is an array of tables");
        }
        c.emit(raise_again, &step, error);
        c.place(end);
    } else {
        c.block(node.operand());
    }
    if (finally) {
        c.begin_exit_code(&step);
        c.block(finally);
        c.end_exit_code(&step);
    }
}

struct AssertStep final : Step {
    ExprCode condition;
    TemplateCode message;
};

const Instruction* check_assertion(Vm& vm, const Instruction& at) {
    const auto& step = operands<AssertStep>(at);
    if (step.condition.eval_truth(vm.evaluation)) [[likely]]
        return &at + 1;
    return vm.raise(error_of(vm, *ErrorType::find("AssertionError"), step.message), at);
}

void compile_assert(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<AssertStep>(node);
    step.condition = c.expression(node.operand());
    step.message = c.text(node.operand("message"));
    if (step.condition) c.emit(check_assertion, &step);
}

}  // namespace

const StepKind raise{"raise", true, true, "Raises an error; bare, inside a handler, raises its error again.",
                     {{"raise", Operand::word, false, "the class: Python's or any capitalised name, then a subclass of Exception"},
                      {"message", Operand::text, false, "the text"}},
                     compile_raise};

const StepKind try_{"try", true, false, "Handles errors of its steps, with Python's class tree.",
                    {{"try", Operand::block, true, "the steps"},
                     {"except", Operand::names, false, "the classes that `do` handles"},
                     {"as", Operand::binding, false, "the variable for the error"},
                     {"do", Operand::block, false, "the steps that handle it"},
                     {"handlers", Operand::handlers, false, "several: { except, as, do } each"},
                     {"else", Operand::block, false, "the steps when there was no error"},
                     {"finally", Operand::block, false, "the steps that run in any case"}},
                    compile_try};

const StepKind assert_{"assert", true, false, "Raises AssertionError if the condition is false.",
                       {{"assert", Operand::expression, true, "the condition"}, {"message", Operand::text, false, "the text"}},
                       compile_assert};

}  // namespace asyncrun::steps
