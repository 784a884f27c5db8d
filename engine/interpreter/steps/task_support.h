// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/steps/step_support.h"

namespace asyncrun::steps {

/// A frame of `callee` with the arguments of a direct call in place. Evaluation errors come out as exceptions.
class PendingFrame {
  public:
    PendingFrame(Vm& vm, const Code& callee, const ExprCode::Call& call) : frame_(Frame::make(callee)) {
        try {
            Value* slot = frame_->slots();
            for (const ExprNode* argument : call.arguments) *slot++ = argument->eval(*argument, vm.evaluation);
        } catch (...) {
            Frame::free(frame_);
            throw;
        }
    }
    /// Of a coroutine object, whose arguments it takes.
    explicit PendingFrame(CoroutineObject& coroutine) {
        std::vector<Value> arguments = coroutine.take();
        frame_ = Frame::make(coroutine.code());
        std::move(arguments.begin(), arguments.end(), frame_->slots());
    }
    PendingFrame(PendingFrame&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
    PendingFrame(const PendingFrame&) = delete;
    PendingFrame& operator=(const PendingFrame&) = delete;
    ~PendingFrame() {
        if (frame_) Frame::free(frame_);
    }
    Frame* detach() noexcept { return std::exchange(frame_, nullptr); }

  private:
    Frame* frame_;
};

/// create_task: draws the child's seed from the running stream, hands on the context, queues the first step.
Ref<VmTask> start_task(Vm& vm, Frame* frame);
/// The same of a coroutine object. One that was taken before gives a task that fails.
Ref<VmTask> start_task(Vm& vm, CoroutineObject& coroutine);

/// The future behind a task or future; null for other values.
inline FutureBase* awaitable(const Value& value) noexcept {
    if (value.kind() != Kind::task && value.kind() != Kind::future) return nullptr;
    return &static_cast<AwaitableHandle&>(value.object()).future();
}

}  // namespace asyncrun::steps
