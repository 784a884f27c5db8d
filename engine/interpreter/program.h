// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/expression_compiler.h"
#include "engine/interpreter/value.h"
#include "engine/language/source.h"
#include "engine/runtime/clock.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace asyncrun {

class Vm;
class Step;
class StepKind;

/// One executable operation of a body. Execution goes from instruction to instruction without looking anything up:
/// `execute` does the work and answers with the next one, or with null when the task was suspended or has ended.
struct Instruction {
    using Execute = const Instruction* (*)(Vm&, const Instruction&);
    Execute execute = nullptr;
    const Step* step = nullptr;             ///< what it belongs to: operands, and its place in the scenario
    const Instruction* target = nullptr;    ///< where a jump goes
    uint32_t slot = 0;                      ///< a hidden slot of the frame, for those that need one
    uint32_t label = 0;                     ///< where a completion will lead
};

/// A step of the scenario as it was compiled: the operands of its instructions, and its place.
class Step {
  public:
    virtual ~Step() = default;
    const StepKind* kind = nullptr;
    Span span;          ///< of the verb's key
    int line = 0;
};

/// Where a binding (`as`, `for`, `let`) goes.
struct Target {
    enum class Kind : uint8_t { local, shared, context };
    Kind kind = Kind::local;
    uint32_t index = 0;
};

/// A stretch of instructions whose errors go to a handler.
struct Protected {
    uint32_t begin;
    uint32_t end;      ///< exclusive
    uint32_t handler;  ///< the instruction to go on with
    uint32_t slot;     ///< where the exception is put
};

/// The body of a coroutine or function.
class Code {
  public:
    enum class Kind : uint8_t { coroutine, generator, function };

    std::string name;
    Kind kind = Kind::coroutine;
    uint32_t arguments = 0;   ///< in the first slots
    uint32_t slots = 0;       ///< arguments, locals, hidden
    std::vector<Instruction> instructions;
    std::vector<uint32_t> labels;     ///< where a completion's number leads: an instruction each
    std::vector<Protected> handlers;  ///< inner ones before outer ones
    std::vector<uint32_t> calls;      ///< the functions that its expressions call, by index
    /// The first step that touches the loop (`set`, `spawn` …): such a function cannot run on an executor.
    const Step* touches_loop = nullptr;
    std::vector<std::string> local_names;  ///< of the slots that have one
    Span span;

    uint32_t index_of(const Instruction& at) const noexcept {
        return static_cast<uint32_t>(&at - instructions.data());
    }
};

/// A declared object: an entry of [queue], [event] … How to make it for a run.
struct ObjectDeclaration {
    Kind kind = Kind::none;
    std::string name;
    Span span;
    bool copies_given = false;  ///< `copies` makes it a list, even of one
    int64_t copies = 1;
    // By kind; evaluated when the scenario is loaded, since declarations see params alone.
    int64_t maxsize = 0;                ///< queue
    std::string order = "fifo";         ///< queue: fifo, lifo, priority
    int64_t value = 1;                  ///< semaphore
    bool bounded = false;               ///< semaphore
    std::optional<int64_t> workers;     ///< executor; `cores` are the machine's
    std::optional<int64_t> sim_workers; ///< executor on a virtual clock, which has the same cores everywhere
    bool is_default = false;            ///< executor
};

/// What [run] says; the command line overrides it.
struct RunDefaults {
    std::optional<std::string> engine;
    std::optional<int64_t> repetitions;
    std::optional<int64_t> warmup;
    std::optional<Duration> time_limit;
    std::optional<bool> debug;
    std::optional<Duration> slow_callback;
    Duration pass_cost{};
};

struct Parameter {
    std::string name;
    Value value;
    Span span;
};

/// A loaded scenario: everything resolved, nothing looked up by name any more. Immutable; shared by all runs.
class Program {
  public:
    Program() = default;
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    std::string name;
    std::string description;
    std::string file;
    std::string text;
    uint64_t seed = 0;
    std::vector<Parameter> params;
    std::vector<std::string> shared_names;
    std::vector<Value> shared_values;    ///< initial; lists, and those in them, are copied for each run
    std::vector<ObjectDeclaration> objects;
    std::vector<std::unique_ptr<Code>> coroutines;
    std::vector<std::unique_ptr<Code>> functions;
    std::vector<std::string> counters;   ///< the names that `count` steps use
    std::vector<std::string> spans;      ///< the names that `span` steps use
    const Code* main = nullptr;
    RunDefaults defaults;
    /// Functions that a step hands to an executor, and where.
    struct OffloadSite {
        const Code* function;
        Span place;
    };
    std::vector<OffloadSite> offloads;
    bool uses_executors = false;
    bool uses_sockets = false;

    /// Keeps a compiled step alive as long as the program.
    Step& keep(std::unique_ptr<Step> step) {
        steps_.push_back(std::move(step));
        return *steps_.back();
    }
    size_t step_count() const noexcept { return steps_.size(); }

  private:
    std::vector<std::unique_ptr<Step>> steps_;
};

}  // namespace asyncrun
