// SPDX-License-Identifier: MIT
#include "engine/interpreter/operations.h"
#include "engine/interpreter/steps/kinds.h"
#include "engine/interpreter/steps/step_support.h"
#include "engine/language/expression_parser.h"

namespace asyncrun::steps {
namespace {

struct LetStep final : Step {
    struct Assignment {
        std::optional<Target> target;  ///< a variable, or else
        ExprCode container, index;     ///< an item of a list
        ExprCode value;
    };
    std::vector<Assignment> assignments;
};

void assign(Vm& vm, const LetStep::Assignment& assignment, Value value) {
    if (assignment.target) {
        vm.bind(*assignment.target, std::move(value));
        return;
    }
    const Value container = assignment.container.eval(vm.evaluation);
    store_item(container, assignment.index.eval(vm.evaluation), std::move(value));
}

const Instruction* let_local(Vm& vm, const Instruction& at) {
    vm.local(at.slot) = operands<LetStep>(at).assignments[0].value.eval(vm.evaluation);
    return &at + 1;
}

const Instruction* let_one(Vm& vm, const Instruction& at) {
    const auto& assignment = operands<LetStep>(at).assignments[0];
    assign(vm, assignment, assignment.value.eval(vm.evaluation));
    return &at + 1;
}

const Instruction* let_all(Vm& vm, const Instruction& at) {
    const auto& assignments = operands<LetStep>(at).assignments;
    std::vector<Value> values;
    values.reserve(assignments.size());
    for (const auto& assignment : assignments) values.push_back(assignment.value.eval(vm.evaluation));
    for (size_t i = 0; i < assignments.size(); ++i) assign(vm, assignments[i], std::move(values[i]));
    return &at + 1;
}

void compile_let(BodyCompiler& c, const StepNode& node) {
    const Node* table = node.operand();
    if (!table->is(NodeKind::table)) {
        c.diagnostics.error(table->span, "'let' takes a table: { let = { x = \"1\" } }");
        return;
    }
    auto& step = c.make_step<LetStep>(node);
    for (const Entry& entry : table->entries) {
        LetStep::Assignment assignment;
        assignment.value = c.expression(entry.value);
        if (entry.key.find('[') != std::string::npos) {
            const auto tree = parse_expression(MappedText::opaque(entry.key, entry.key_span), c.diagnostics);
            if (!tree) continue;
            if (tree->kind != ast::ExprKind::index) {
                c.diagnostics.error(entry.key_span, "only a variable or an item of a list, such as 'xs[i]', can be assigned");
                continue;
            }
            assignment.container = compile_expression(*tree->items[0], c, c.diagnostics);
            assignment.index = compile_expression(*tree->items[1], c, c.diagnostics);
        } else {
            assignment.target = c.variable(entry.key, entry.key_span);
        }
        step.assignments.push_back(std::move(assignment));
    }
    if (step.assignments.empty()) return;
    const auto& first = step.assignments[0];
    if (step.assignments.size() > 1) {
        c.emit(let_all, &step);
    } else if (first.target && first.target->kind == Target::Kind::local) {
        c.emit(let_local, &step, first.target->index);
    } else {
        c.emit(let_one, &step);
    }
}

struct AppendStep final : Step {
    ExprCode list, item;
};

const Instruction* append_item(Vm& vm, const Instruction& at) {
    const auto& step = operands<AppendStep>(at);
    const Value list = step.list.eval(vm.evaluation);
    if (!list.is_list()) raise_error("TypeError", "expected a list, not " + type_name(list));
    list.list().append(step.item.eval(vm.evaluation));
    return &at + 1;
}

void compile_append(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<AppendStep>(node);
    step.list = c.expression(node.operand());
    step.item = c.expression(node.operand("item"));
    if (step.list && step.item) c.emit(append_item, &step);
}

}  // namespace

const StepKind let{
    "let", true, false,
    "Assigns variables: all right-hand sides first, then the assignments. \"xs[i]\" as a name replaces an item of a list.",
    {{"let", Operand::assignments, true, "variable = expression, one or several"}},
    compile_let};

const StepKind append{"append", true, false, "Appends an item to a list.",
                      {{"append", Operand::variable, true, "the list"}, {"item", Operand::expression, true, "what to append"}},
                      compile_append};

}  // namespace asyncrun::steps
