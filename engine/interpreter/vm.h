// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/evaluation.h"
#include "engine/interpreter/program.h"
#include "engine/interpreter/session.h"
#include "engine/interpreter/vm_task.h"

#include <cstdint>
#include <new>
#include <utility>

namespace asyncrun {

/// One activation of a coroutine or function: its slots, and where it is. From the frame pool; freed when it returns.
class Frame {
  public:
    /// What the caller does with a returned value: answers with the instruction to go on with.
    using Receive = const Instruction* (*)(Vm&, const Instruction& at, Value&& value);

    static Frame* make(const Code& code);
    static void free(Frame* frame) noexcept;

    const Code* code;
    Frame* caller = nullptr;
    const Instruction* at;       ///< the instruction under way, while another frame runs or the task waits
    Receive receive = nullptr;   ///< of this frame's caller
    uint32_t depth = 1;

    Value* slots() noexcept { return reinterpret_cast<Value*>(this + 1); }

  private:
    explicit Frame(const Code& c) noexcept : code(&c), at(c.instructions.data()) {}
};
static_assert(sizeof(Frame) % alignof(Value) == 0);

/// Python's limit on nested calls: a scenario that calls itself for ever ends in RecursionError.
inline constexpr uint32_t recursion_limit = 1000;

/// Executes instructions: the state of one task's step, or of one function call outside any task (a callback, an
/// executor's job). Lives on the stack of whoever runs; nothing of it survives a suspension.
class Vm {
  public:
    /// For a task's step; the frame is the task's innermost.
    Vm(Session& session, VmTask& task) noexcept;
    /// For synchronous code. `random` is the stream that its draws come from.
    Vm(Session& session, Random& random) noexcept;
    ~Vm() { current_ = outer_; }
    Vm(const Vm&) = delete;
    Vm& operator=(const Vm&) = delete;

    /// The VM that runs on this thread now: what expressions call back into.
    static Vm& current() noexcept { return *current_; }

    Session& session;
    VmTask* task;           ///< null in synchronous code outside a task
    Frame* frame = nullptr;
    Evaluation evaluation;

    /// Runs from an instruction until the task is suspended or done, or the synchronous call returned.
    void run(const Instruction* next);

    /// Calls a function here and now; its errors come out as Exception.
    Value call_function(const Code& function, std::span<Value> arguments);
    /// Enters a coroutine inside the current task; its value goes to `receive` at instruction `at`.
    /// The frame is taken over. RecursionError beyond the limit.
    const Instruction* enter(Frame* inner, const Instruction& at, Frame::Receive receive);
    /// Leaves the current frame with a value.
    const Instruction* leave(Value value);
    /// Lets an error loose at an instruction: the handler to go on with, or null if it ended the task or call.
    /// `again`: it was caught in this frame, whose line its traceback has already.
    const Instruction* raise(ErrorRef error, const Instruction& at, bool again = false);

    /// Waits for an operation: `Done(vm, at, op)` goes on when it is through. `keep` is what is waited for, kept alive and
    /// named in deadlock reports.
    template <class Op, auto Done, class... Args>
    const Instruction* wait(const Instruction& at, const Value& keep, Args&&... args);

    Value& local(uint32_t slot) noexcept { return evaluation.locals[slot]; }
    void bind(const Target& target, Value value) {
        if (target.kind == Target::Kind::local) [[likely]] {
            evaluation.locals[target.index] = std::move(value);
        } else {
            bind_elsewhere(target, std::move(value));
        }
    }
    void bind(const std::optional<Target>& target, Value value) {
        if (target) bind(*target, std::move(value));
    }
    /// Honours a time limit or signal in code that does not suspend.
    void poll() const { evaluation.poll(); }

    /// Records that the task's wait begins or ends, when a trace is taken.
    void trace_wait(bool begins);

    void set_frame(Frame* f) noexcept {
        frame = f;
        evaluation.locals = f ? f->slots() : nullptr;
    }

  private:
    void bind_elsewhere(const Target& target, Value value);
    void note_traceback(Error& error, const Instruction& at) const;

    /// For a nested call of a function.
    Vm(Vm& caller, Frame* callee) noexcept;

    static inline constinit thread_local Vm* current_ = nullptr;
    Vm* const outer_ = std::exchange(current_, this);

    // Synchronous calls: how the outermost frame ended.
    friend class VmTask;
    Frame* bottom_ = nullptr;  ///< the frame below which a synchronous run must not unwind
    Value returned_;
    ErrorRef failed_;
    bool ended_ = false;
};

/// How a waiting task goes on: one constant table per kind of wait.
struct Suspension {
    const Instruction* (*resume)(Vm&);
    void (*destroy)(VmTask&) noexcept;
};

namespace detail {

template <class Op, auto Done>
struct OperationSuspension {
    static const Instruction* resume(Vm& vm) {
        VmTask& task = *vm.task;
        Op& op = *std::launder(reinterpret_cast<Op*>(task.operation_buffer()));
        const Instruction& at = *vm.frame->at;
        ErrorRef error;
        const Wait wait = op.resume(task, error);
        if (wait == Wait::suspended) return nullptr;
        if (vm.session.trace) [[unlikely]]
            vm.trace_wait(false);
        task.suspension = nullptr;
        const Value keep = std::move(task.waits_on);
        if (wait == Wait::done) {
            const Instruction* next = nullptr;
            try {
                next = Done(vm, at, op);
            } catch (...) {
                op.~Op();
                throw;
            }
            op.~Op();
            return next;
        }
        op.~Op();
        return vm.raise(std::move(error), at);
    }
    static void destroy(VmTask& task) noexcept {
        std::launder(reinterpret_cast<Op*>(task.operation_buffer()))->~Op();
    }
    static constexpr Suspension table{&resume, &destroy};
};

}  // namespace detail

template <class Op, auto Done, class... Args>
const Instruction* Vm::wait(const Instruction& at, const Value& keep, Args&&... args) {
    static_assert(sizeof(Op) <= VmTask::operation_size && alignof(Op) <= 16);
    Op* op = new (task->operation_buffer()) Op(std::forward<Args>(args)...);
    ErrorRef error;
    Wait how;
    try {
        frame->at = &at;
        task->suspension = &detail::OperationSuspension<Op, Done>::table;
        how = op->start(*task, error);
        if (how == Wait::suspended) {
            task->waits_on = keep;
            if (session.trace) [[unlikely]]
                trace_wait(true);
            return nullptr;
        }
        task->suspension = nullptr;
        if (how == Wait::done) {
            const Instruction* next = Done(*this, at, *op);
            op->~Op();
            return next;
        }
    } catch (...) {
        task->suspension = nullptr;
        op->~Op();
        throw;
    }
    op->~Op();
    return raise(std::move(error), at);
}

/// Goes on behind the instruction: for waits that give no value.
template <class Op>
const Instruction* wait_over(Vm&, const Instruction& at, Op&) {
    return &at + 1;
}

}  // namespace asyncrun
