// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/program.h"
#include "engine/interpreter/value.h"
#include "engine/interpreter/vm_task.h"
#include "engine/offload/executor.h"
#include "engine/sync/event.h"
#include "engine/sync/lock.h"
#include "engine/sync/queue.h"
#include "engine/sync/semaphore.h"
#include "engine/sync/timeout.h"

#include <memory>
#include <string>
#include <vector>

/// What a scenario's values refer to: the handles of declared objects, tasks, futures, coroutine objects and callbacks.
/// Each wraps a primitive of the engine, which knows nothing of values, and answers the state functions about it.
namespace asyncrun {

/// A handle that prints as its name: `q`, `q[3]`, `Task-2`.
class NamedHandle : public HandleObject {
  public:
    const std::string& object_name() const noexcept { return name_; }
    std::string display() const override { return name_; }

  protected:
    NamedHandle(Kind kind, std::string name) : HandleObject(kind), name_(std::move(name)) {}

  private:
    std::string name_;
};

class EventObject final : public NamedHandle {
  public:
    explicit EventObject(std::string name) : NamedHandle(Kind::event, std::move(name)) {}
    Value query(StateQuery query) const override;
    Event event;
};

class LockObject final : public NamedHandle {
  public:
    explicit LockObject(std::string name) : NamedHandle(Kind::lock, std::move(name)) {}
    Value query(StateQuery query) const override;
    Lock lock;
};

class SemaphoreObject final : public NamedHandle {
  public:
    SemaphoreObject(std::string name, int64_t value, bool bounded)
        : NamedHandle(Kind::semaphore, std::move(name)),
          semaphore(value, bounded ? Semaphore::Bounded::yes : Semaphore::Bounded::no) {}
    Value query(StateQuery query) const override;
    Semaphore semaphore;
};

class QueueObject final : public NamedHandle {
  public:
    QueueObject(std::string name, int64_t maxsize, QueueOrder order)
        : NamedHandle(Kind::queue, std::move(name)), queue(maxsize, order) {}
    Value query(StateQuery query) const override;
    Queue<Value> queue;
};

/// An executor; its threads are made when the first job comes.
class ExecutorObject final : public NamedHandle {
  public:
    ExecutorObject(std::string name, Engine& engine, unsigned workers)
        : NamedHandle(Kind::executor, name), executor(make_executor(engine, std::move(name), workers)) {}
    const std::unique_ptr<Executor> executor;
};

/// A handle of something that ends with a result: what `await`, `gather` and `cancel` take.
class AwaitableHandle : public HandleObject {
  public:
    virtual FutureBase& future() const noexcept = 0;
    Value query(StateQuery query) const override;

  protected:
    using HandleObject::HandleObject;
};

class TaskObject final : public AwaitableHandle {
  public:
    explicit TaskObject(Ref<VmTask> task) noexcept : AwaitableHandle(Kind::task), task_(std::move(task)) {}
    VmTask& task() const noexcept { return *task_; }
    FutureBase& future() const noexcept override { return *task_; }
    std::string display() const override { return task_->name(); }
    Value query(StateQuery query) const override;

  private:
    Ref<VmTask> task_;
};

/// A future that is no task: of a gather, a job, a shield.
class FutureObject final : public AwaitableHandle {
  public:
    /// `name` is what reports call it.
    FutureObject(Ref<FutureBase> future, std::string name)
        : AwaitableHandle(Kind::future), future_(std::move(future)), name_(std::move(name)) {}
    FutureBase& future() const noexcept override { return *future_; }
    std::string display() const override { return name_; }

  private:
    Ref<FutureBase> future_;
    std::string name_;
};

/// A coroutine that was called but not started: its arguments wait here. May be taken once.
class CoroutineObject final : public HandleObject {
  public:
    CoroutineObject(Session& session, const Code& code, std::vector<Value> arguments)
        : HandleObject(Kind::coroutine), session_(session), code_(code), arguments_(std::move(arguments)) {}
    /// One that was never taken is reported.
    ~CoroutineObject() override;
    const Code& code() const noexcept { return code_; }
    /// The arguments, for the one who runs it; RuntimeError `cannot reuse already awaited coroutine` the second time.
    std::vector<Value> take();
    bool taken() const noexcept { return taken_.load(std::memory_order_relaxed); }
    std::string display() const override { return code_.name; }
    Value query(StateQuery query) const override;

  private:
    Session& session_;
    const Code& code_;
    std::vector<Value> arguments_;
    std::atomic<bool> taken_{false};
};

/// The scope of a `timeout` step.
class TimeoutObject final : public HandleObject {
  public:
    explicit TimeoutObject(TimePoint when) : HandleObject(Kind::timeout), timeout(when) {}
    explicit TimeoutObject(Duration delay) : HandleObject(Kind::timeout), timeout(delay) {}
    std::string display() const override { return "timeout"; }
    Value query(StateQuery query) const override;
    Timeout timeout;
};

/// The value that a finished future holds: every future of a scenario gives a Value.
const Value& value_of(FutureBase& future);
/// How a done future ended, as a value: its result, or its exception.
Value outcome_of(FutureBase& future);

/// Seconds, as the language counts them, from a point or span of the engine's clock.
double seconds(TimePoint time) noexcept;
double seconds(Duration duration) noexcept;
/// A time of the language in the engine's nanoseconds, rounded to nearest, half to even; saturates. TypeError if it is no
/// number, ValueError for NaN.
Duration to_duration(const Value& value, const char* what);

}  // namespace asyncrun
