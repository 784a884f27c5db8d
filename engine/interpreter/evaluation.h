// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/random.h"
#include "engine/interpreter/value.h"

#include <atomic>
#include <cstdint>
#include <span>
#include <string>

namespace asyncrun {

/// What a name before parentheses can be, besides a builtin function.
enum class CallableKind : uint8_t { coroutine, generator, function, context };

/// Thrown out of an evaluation that was asked to stop (a time limit, Ctrl-C). No error of the scenario:
/// nothing in it can catch this.
struct Interrupted {};

/// What expressions see of the world around them. The virtual machine implements it; one object may serve all
/// tasks of a thread. Called on the thread that evaluates. May throw asyncrun::Exception.
class Environment {
  public:
    virtual ~Environment() = default;

    /// The shared variable's value now. Only asked when Evaluation::shared is null.
    virtual Value read_shared(uint32_t index) = 0;
    /// The context variable's value in the current context; LookupError when it has none.
    virtual Value read_context(uint32_t index) = 0;
    /// A declared object. Only asked when Evaluation::objects is null.
    virtual Value object(uint32_t index) = 0;

    /// A call of something that the scenario defines: makes a coroutine, generator or context object, or runs
    /// a function and gives its result. The arguments may be moved from; their number was checked at load.
    virtual Value call(CallableKind kind, uint32_t index, std::span<Value> arguments) = 0;

    virtual double now() = 0;  ///< seconds since the run began, on the engine's clock
    virtual std::string task_name() = 0;
    virtual int64_t task_count() = 0;
    virtual int64_t thread_count() = 0;
    virtual int64_t thread_id() = 0;
    virtual int64_t pid() = 0;
    virtual Value current_task() = 0;  ///< `none` outside a task
    virtual Value all_tasks() = 0;     ///< a list
};

/// Everything that one evaluation works on. Filled in by the virtual machine, usually once per frame switch;
/// holds no ownership. What a scenario's expressions cannot reach (say `random` in a declaration) may stay
/// null.
struct Evaluation {
    /// The frame's slots. A slot that was not assigned yet holds Value::unbound(). Must not move during an
    /// evaluation; evaluations write only the slots of comprehension variables.
    Value* locals = nullptr;
    /// The shared variables, read in place. Null when another thread may write them: then the environment is
    /// asked.
    const Value* shared = nullptr;
    /// The declared objects, which never change after the start. May be null: then the environment is asked.
    const Value* objects = nullptr;
    Random* random = nullptr;
    Environment* environment = nullptr;
    /// Looked at in loops; when it is set, Interrupted is thrown. May be null.
    const std::atomic<bool>* interrupt = nullptr;

    void poll() const {
        if (interrupt && interrupt->load(std::memory_order_relaxed)) [[unlikely]]
            throw Interrupted{};
    }
};

}  // namespace asyncrun
