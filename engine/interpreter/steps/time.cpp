// SPDX-License-Identifier: MIT
#include "engine/interpreter/steps/kinds.h"
#include "engine/interpreter/steps/step_support.h"
#include "engine/measure/cpu_work.h"
#include "engine/sync/sleep.h"

#include <algorithm>

#include <time.h>

namespace asyncrun::steps {
namespace {

struct TimeStep final : Step {
    ExprCode seconds;
};

const Instruction* woke(Vm& vm, const Instruction& at, Sleep& sleep) {
    if (!vm.session.engine.capabilities().virtual_time) vm.session.record_lateness(sleep.lateness());
    return &at + 1;
}

const Instruction* sleep_for(Vm& vm, const Instruction& at) {
    const Value delay = operands<TimeStep>(at).seconds.eval(vm.evaluation);
    const Duration amount = to_duration(delay, "a delay");
    if (!(delay.number() > 0)) return vm.wait<YieldNow, wait_over<YieldNow>>(at, Value());
    const TimePoint now = vm.session.engine.now();
    const TimePoint until = amount >= never - now ? never : now + amount;
    return vm.wait<Sleep, woke>(at, Value(), until);
}

const Instruction* sleep_to(Vm& vm, const Instruction& at) {
    const Value when = operands<TimeStep>(at).seconds.eval(vm.evaluation);
    const TimePoint until{to_duration(when, "a time")};
    if (until <= vm.session.engine.now()) return vm.wait<YieldNow, wait_over<YieldNow>>(at, Value());
    return vm.wait<Sleep, woke>(at, Value(), until);
}

const Instruction* yield_turn(Vm& vm, const Instruction& at) {
    return vm.wait<YieldNow, wait_over<YieldNow>>(at, Value());
}

/// On a virtual clock work takes its time without being done.
bool pass_virtual_time(Vm& vm, Duration amount) {
    if (!vm.session.engine.capabilities().virtual_time) return false;
    if (this_worker) {
        if (!this_worker->on_virtual_clock()->pass_time(amount)) throw Interrupted{};
    } else {
        vm.session.engine.pass_virtual_time(amount);
    }
    vm.poll();
    return true;
}

const Instruction* be_busy(Vm& vm, const Instruction& at) {
    const Duration amount = to_duration(operands<TimeStep>(at).seconds.eval(vm.evaluation), "an amount of work");
    if (amount <= Duration::zero() || pass_virtual_time(vm, amount)) return &at + 1;
    if (!cpu_work::burn(amount, vm.evaluation.interrupt)) throw Interrupted{};
    return &at + 1;
}

const Instruction* block_thread(Vm& vm, const Instruction& at) {
    const Duration amount = to_duration(operands<TimeStep>(at).seconds.eval(vm.evaluation), "a time");
    if (amount < Duration::zero()) raise_error("ValueError", "sleep length must be non-negative");
    if (pass_virtual_time(vm, amount)) return &at + 1;
    // In slices, so that an interruption is honoured soon.
    constexpr Duration slice = std::chrono::milliseconds(20);
    const TimePoint start = vm.session.engine.now();
    for (;;) {
        vm.poll();
        const Duration left = amount - (vm.session.engine.now() - start);
        if (left <= Duration::zero()) return &at + 1;
        const auto ns = std::min(left, slice).count();
        const timespec request{ns / 1'000'000'000, ns % 1'000'000'000};
        clock_nanosleep(CLOCK_MONOTONIC, 0, &request, nullptr);
    }
}

template <Instruction::Execute execute>
void compile_time(BodyCompiler& c, const StepNode& node) {
    auto& step = c.make_step<TimeStep>(node);
    step.seconds = c.expression(node.operand());
    if (step.seconds) c.emit(execute, &step);
}

void compile_yield(BodyCompiler& c, const StepNode& node) { c.emit(yield_turn, &c.make_step<Step>(node)); }

}  // namespace

const StepKind sleep{"sleep", false, false, "Suspends the task for that long; zero or less is one trip through the ready queue.",
                     {{"sleep", Operand::expression, true, "seconds"}},
                     compile_time<sleep_for>};
const StepKind sleep_until{"sleep_until", false, false, "Suspends the task until the engine's clock reads that.",
                           {{"sleep_until", Operand::expression, true, "seconds since the run began"}},
                           compile_time<sleep_to>};
const StepKind yield_now{"yield_now", false, true, "One trip through the ready queue: sleep(0).", {}, compile_yield};
const StepKind busy{"busy", true, false, "Keeps this thread's CPU busy for that much CPU time.",
                    {{"busy", Operand::expression, true, "seconds of CPU time"}},
                    compile_time<be_busy>};
const StepKind block{"block", true, false, "Blocks this thread: time.sleep.",
                     {{"block", Operand::expression, true, "seconds"}},
                     compile_time<block_thread>};

}  // namespace asyncrun::steps
