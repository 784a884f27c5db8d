// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/random.h"
#include "engine/interpreter/value.h"
#include "engine/runtime/frame_pool.h"
#include "engine/runtime/task.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace asyncrun {

class Code;
class Frame;
class Session;
class TaskObject;
struct Instruction;
struct Suspension;

/// A task that runs a scenario's coroutine. From the frame pool.
class VmTask final : public Task, public Pooled {
  public:
    /// Space for the operation that the task waits for.
    static constexpr size_t operation_size = 96;

    /// The task takes over the frame, whose arguments are in place.
    VmTask(Runtime& runtime, Session& session, Frame* frame, uint64_t seed);

    void run() noexcept override;
    void* result_address() noexcept override { return &result_; }
    std::string coroutine_name() const override;
    std::string waits_for() const override;
    /// The instruction that it waits at, for reports; null before it started.
    const Instruction* place() const noexcept;
    const Frame* innermost_frame() const noexcept { return frame_; }

    const Suspension* suspension = nullptr;  ///< how to go on; null before the first step
    Random random;
    Value waits_on;  ///< what the task waits for

    void* operation_buffer() noexcept { return operation_; }
    Session& session() noexcept { return session_; }
    /// The handle that scenarios hold: one per task, so that it equals itself. Made when first asked for.
    Ref<TaskObject> object();
    void abandon() noexcept override;
    /// Names the coroutine for reports, where the task does not run its code.
    void stands_for(const Code& code) noexcept { code_ = &code; }

    // For the Vm.
    Frame* frame_;
    void end_with(Value value) noexcept;
    void end_with(ErrorRef error) noexcept;

  private:
    ~VmTask();
    void drop_object() noexcept;
    void destroy() noexcept override { delete this; }

    Session& session_;
    const Code* code_;
    Value result_;
    Ref<TaskObject> object_;  ///< until the task ends; the object holds the task in turn
    alignas(16) std::byte operation_[operation_size];
};

}  // namespace asyncrun
