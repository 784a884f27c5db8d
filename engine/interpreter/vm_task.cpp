// SPDX-License-Identifier: MIT
#include "engine/interpreter/vm_task.h"

#include "engine/interpreter/handles.h"
#include "engine/interpreter/step_kind.h"
#include "engine/interpreter/vm.h"

#include <utility>

namespace asyncrun {

VmTask::VmTask(Runtime& runtime, Session& session, Frame* frame, uint64_t seed)
    : Task(runtime), random(seed), frame_(frame), session_(session), code_(frame->code) {}

VmTask::~VmTask() { abandon(); }

void VmTask::abandon() noexcept {
    if (suspension) std::exchange(suspension, nullptr)->destroy(*this);
    waits_on = Value();
    while (frame_) {
        Frame* caller = frame_->caller;
        Frame::free(frame_);
        frame_ = caller;
    }
    drop_object();
}

void VmTask::end_with(Value value) noexcept {
    session_.task_ends(*this);
    result_ = std::move(value);
    drop_object();
    finish();
}

void VmTask::end_with(ErrorRef error) noexcept {
    session_.task_ends(*this);
    drop_object();
    finish(std::move(error));
}

void VmTask::drop_object() noexcept {
    Ref<TaskObject> gone;
    ParallelGuard guard(lock());
    std::swap(gone, object_);
}

void VmTask::run() noexcept {
    Step step(*this);
    if (!suspension) {
        // The first step; a coroutine that is cancelled before it never runs.
        if (cancelled_before_start()) {
            abandon();
            return;
        }
        session_.task_starts(*this);
    }
    Vm vm(session_, *this);
    try {
        vm.run(suspension ? suspension->resume(vm) : frame_->at);
    } catch (const Interrupted&) {
        // The run is over: the task stays where it is, to be reported and abandoned.
    } catch (const Exception& e) {
        // From a continuation, before the loop had an instruction to blame: the one that waited.
        suspension = nullptr;
        vm.run(vm.raise(e.error(), *vm.frame->at));
    }
    frame_ = vm.frame;
}

std::string VmTask::coroutine_name() const { return code_->name; }

const Instruction* VmTask::place() const noexcept { return frame_ ? frame_->at : nullptr; }

std::string VmTask::waits_for() const {
    const Instruction* at = place();
    if (!suspension || !at || !at->step || !at->step->kind) return "its first step";
    std::string text;
    if (!waits_on.is_none()) {
        text = waits_on.is_handle() ? std::string(kind_word(waits_on.kind())) + " " + waits_on.object().display() : "";
    }
    const std::string verb(at->step->kind->name);
    return text.empty() ? verb : text + " (" + verb + ")";
}

Ref<TaskObject> VmTask::object() {
    ParallelGuard guard(lock());
    if (object_) return object_;
    auto made = make_ref<TaskObject>(Ref<VmTask>(this));
    if (!done()) object_ = made;
    return made;
}

}  // namespace asyncrun
