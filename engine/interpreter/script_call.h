// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/handles.h"
#include "engine/interpreter/vm.h"
#include "engine/offload/job.h"
#include "engine/sync/callback_handle.h"

#include <vector>

namespace asyncrun {

/// A call of a [function] that happens later, outside any task: by the loop (call_soon) or on an executor's thread. The
/// arguments are evaluated now; the function has a random stream of its own, whose start is drawn from the caller's.
class ScriptCall {
  public:
    ScriptCall(Vm& vm, const Code& function, const ExprCode::Call& call) : session_(&vm.session), function_(&function) {
        arguments_.reserve(call.arguments.size());
        for (const ExprNode* argument : call.arguments) arguments_.push_back(argument->eval(*argument, vm.evaluation));
        seed_ = vm.evaluation.random->next();
    }
    const Code& function() const noexcept { return *function_; }
    Session& session() const noexcept { return *session_; }

    /// On the loop. An error comes out as Exception; an interruption of the run ends it quietly.
    void run_on_loop();
    /// On a worker; gives the function's value.
    Value run_on_worker();

  private:
    Value run();

    Session* session_;
    const Code* function_;
    std::vector<Value> arguments_;
    uint64_t seed_ = 0;
};

/// A function on its way through an executor. Its failure is the scenario's business: what nobody looks at is reported at
/// the end of the run.
class ScriptJob final : public Job, public Pooled {
  public:
    explicit ScriptJob(ScriptCall call) noexcept : call_(std::move(call)) {}
    void* result_address() noexcept override { return &value_; }

  private:
    void run_job() override;
    void destroy() noexcept override { delete this; }

    ScriptCall call_;
    Value value_;
};

/// The handle of a callback, for `cancel`.
class CallbackObject final : public HandleObject {
  public:
    CallbackObject(Ref<CallbackHandle> handle, std::string name)
        : HandleObject(Kind::handle), handle_(std::move(handle)), name_(std::move(name)) {}
    bool cancel() { return handle_->cancel(); }
    std::string display() const override { return name_; }
    Value query(StateQuery query) const override {
        if (query == StateQuery::cancelled) return Value(handle_->cancelled());
        if (query == StateQuery::name) return Value(name_);
        return HandleObject::query(query);
    }

  private:
    Ref<CallbackHandle> handle_;
    std::string name_;
};

}  // namespace asyncrun
