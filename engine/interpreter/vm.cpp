// SPDX-License-Identifier: MIT
#include "engine/interpreter/vm.h"

#include "engine/interpreter/step_kind.h"
#include "engine/interpreter/trace_observer.h"

#include <algorithm>
#include <new>
#include <utility>

namespace asyncrun {

Frame* Frame::make(const Code& code) {
    const size_t size = sizeof(Frame) + code.slots * sizeof(Value);
    auto* frame = new (FramePool::take(size)) Frame(code);
    Value* slots = frame->slots();
    for (uint32_t i = 0; i < code.slots; ++i) new (&slots[i]) Value(Value::unbound());
    return frame;
}

void Frame::free(Frame* frame) noexcept {
    const uint32_t count = frame->code->slots;
    Value* slots = frame->slots();
    for (uint32_t i = 0; i < count; ++i) slots[i].~Value();
    FramePool::give(frame, sizeof(Frame) + count * sizeof(Value));
}

Vm::Vm(Session& s, VmTask& t) noexcept : session(s), task(&t) {
    session.prepare(evaluation);
    evaluation.random = &t.random;
    set_frame(t.frame_);
}

Vm::Vm(Session& s, Random& random) noexcept : session(s), task(nullptr) {
    session.prepare(evaluation);
    evaluation.random = &random;
}

Vm::Vm(Vm& caller, Frame* callee) noexcept
    : session(caller.session), task(caller.task), evaluation(caller.evaluation), bottom_(callee) {
    set_frame(callee);
}

void Vm::run(const Instruction* next) {
    for (;;) {
        try {
            while (next) next = next->execute(*this, *next);
            return;
        } catch (const Exception& e) {
            next = raise(e.error(), *next);
        } catch (const std::bad_alloc&) {
            next = raise(make_error(*ErrorType::find("MemoryError")), *next);
        }
    }
}

Value Vm::call_function(const Code& function, std::span<Value> arguments) {
    Frame* const outer = frame;
    if (outer && outer->depth >= recursion_limit) {
        throw Exception(*ErrorType::find("RecursionError"), "maximum recursion depth exceeded");
    }
    Frame* inner = Frame::make(function);
    std::move(arguments.begin(), arguments.end(), inner->slots());
    inner->depth = outer ? outer->depth + 1 : 1;
    // A VM of its own, so that the caller's place, and what its errors unwind to, stay as they are.
    Vm vm(*this, inner);
    try {
        vm.run(inner->at);
    } catch (...) {
        // Interrupted: nothing in the scenario sees it.
        Frame::free(vm.frame);
        throw;
    }
    if (vm.failed_) asyncrun::raise(std::move(vm.failed_));
    return std::move(vm.returned_);
}

const Instruction* Vm::enter(Frame* inner, const Instruction& at, Frame::Receive receive) {
    if (frame->depth >= recursion_limit) [[unlikely]] {
        Frame::free(inner);
        return raise(make_error(*ErrorType::find("RecursionError"), "maximum recursion depth exceeded"), at);
    }
    inner->caller = frame;
    inner->receive = receive;
    inner->depth = frame->depth + 1;
    frame->at = &at;
    set_frame(inner);
    return inner->at;
}

const Instruction* Vm::leave(Value value) {
    Frame* const gone = frame;
    if (gone == bottom_) {
        returned_ = std::move(value);
        Frame::free(gone);
        frame = nullptr;
        return nullptr;
    }
    Frame* const caller = gone->caller;
    const Frame::Receive receive = gone->receive;
    Frame::free(gone);
    set_frame(caller);
    if (!caller) {
        task->frame_ = nullptr;
        task->end_with(std::move(value));
        return nullptr;
    }
    return receive(*this, *caller->at, std::move(value));
}

void Vm::note_traceback(Error& error, const Instruction& at) const {
    // A cancellation passes through every step that waited: its way is of no interest, and there may be many.
    if (error.is_cancellation() || error.traceback().size() >= 50) return;
    const Step* step = at.step;
    error.traceback().push_back({session.task_name(), session.program.file, step ? step->line : 0,
                                 step && step->kind ? std::string(step->kind->name) : std::string(), frame->code->name});
}

const Instruction* Vm::raise(ErrorRef error, const Instruction& at, bool again) {
    const Instruction* place = &at;
    for (;;) {
        if (!std::exchange(again, false) || error->traceback().empty()) note_traceback(*error, *place);
        const Code& code = *frame->code;
        const uint32_t index = code.index_of(*place);
        for (const Protected& p : code.handlers) {
            if (index >= p.begin && index < p.end) {
                evaluation.locals[p.slot] = Value(std::move(error));
                return &code.instructions[p.handler];
            }
        }
        Frame* const gone = frame;
        if (gone == bottom_) {
            failed_ = std::move(error);
            Frame::free(gone);
            frame = nullptr;
            return nullptr;
        }
        Frame* const caller = gone->caller;
        Frame::free(gone);
        set_frame(caller);
        if (!caller) {
            task->frame_ = nullptr;
            task->end_with(std::move(error));
            return nullptr;
        }
        place = caller->at;
    }
}

void Vm::trace_wait(bool begins) {
    if (begins) {
        session.trace->wait_begin(*task);
    } else {
        session.trace->wait_end(*task);
    }
}

void Vm::bind_elsewhere(const Target& target, Value value) {
    if (target.kind == Target::Kind::shared) {
        session.write_shared(target.index, std::move(value));
    } else if (task) {
        Context::set(task->context(), target.index, std::make_shared<const Value>(std::move(value)));
    }
}

}  // namespace asyncrun
