// SPDX-License-Identifier: MIT
#include "engine/interpreter/session.h"

#include "engine/interpreter/handles.h"
#include "engine/interpreter/operations.h"
#include "engine/interpreter/runner.h"
#include "engine/interpreter/trace_observer.h"
#include "engine/interpreter/vm.h"

#include <unistd.h>

namespace asyncrun {

Session::Session(const Program& p, Runtime& r, uint64_t s, std::function<void(const LogLine&)> write_log,
                 TraceObserver* trace_observer)
    : program(p), runtime(r), engine(r.engine()), seed(s), trace(trace_observer), write_log_(std::move(write_log)) {
    for (const Value& value : program.shared_values) {
        shared_.push_back(deep_copy(value));
    }
    for (size_t i = 0; i < program.counters.size(); ++i) counters_.push_back(std::make_unique<Counter>());
    for (size_t i = 0; i < program.spans.size(); ++i) spans_.push_back(std::make_unique<SpanDurations>());
    for (const ObjectDeclaration& declaration : program.objects) {
        if (!declaration.copies_given) {
            objects_.push_back(make_object(declaration, declaration.name));
            continue;
        }
        std::vector<Value> copies;
        for (int64_t i = 0; i < declaration.copies; ++i) {
            copies.push_back(make_object(declaration, declaration.name + "[" + std::to_string(i) + "]"));
        }
        objects_.push_back(Value(std::move(copies)));
    }
}

Session::~Session() = default;

Value Session::make_object(const ObjectDeclaration& declaration, const std::string& name) {
    switch (declaration.kind) {
        case Kind::event: return Value(make_ref<EventObject>(name));
        case Kind::lock: return Value(make_ref<LockObject>(name));
        case Kind::semaphore: return Value(make_ref<SemaphoreObject>(name, declaration.value, declaration.bounded));
        case Kind::queue: {
            const QueueOrder order = declaration.order == "lifo"       ? QueueOrder::lifo
                                     : declaration.order == "priority" ? QueueOrder::priority
                                                                       : QueueOrder::fifo;
            return Value(make_ref<QueueObject>(name, declaration.maxsize, order));
        }
        case Kind::executor: {
            const auto& workers = engine.capabilities().virtual_time ? declaration.sim_workers : declaration.workers;
            auto executor = make_ref<ExecutorObject>(name, engine, static_cast<unsigned>(workers.value_or(0)));
            executors_.push_back(executor->executor.get());
            if (declaration.is_default) default_executor_ = Value(executor);
            return Value(std::move(executor));
        }
        default: return Value();
    }
}

Task& Session::start_main() {
    Frame* frame = Frame::make(*program.main);
    auto* task = new VmTask(runtime, *this, frame, seed);
    main_ = task;
    if (this_thread.observer) [[unlikely]]
        this_thread.observer->task_created(*task);
    schedule(*task);
    return *task;
}

// ---- what expressions see ----

Value Session::read_shared(uint32_t index) {
    ParallelGuard guard(shared_lock_);
    return shared_[index];
}

void Session::write_shared(uint32_t index, Value value) {
    ParallelGuard guard(shared_lock_);
    std::swap(shared_[index], value);
}

Value Session::read_context(uint32_t) { raise_error("LookupError", "no context variable is set"); }

Value Session::call(CallableKind kind, uint32_t index, std::span<Value> arguments) {
    if (kind == CallableKind::coroutine) {
        return Value(make_ref<CoroutineObject>(*this, *program.coroutines[index],
                                               std::vector<Value>(std::make_move_iterator(arguments.begin()),
                                                                  std::make_move_iterator(arguments.end()))));
    }
    return Vm::current().call_function(*program.functions[index], arguments);
}

double Session::now() { return seconds(engine.now()); }

std::string Session::task_name() {
    if (this_worker) return this_worker->executor().name();
    return this_thread.task ? this_thread.task->name() : "loop";
}

int64_t Session::task_count() { return static_cast<int64_t>(runtime.counts().live); }

int64_t Session::thread_count() {
    int64_t count = 1;
    if (!engine.capabilities().one_thread) count = engine.capabilities().workers;
    for (const Executor* executor : executors()) count += executor->workers_alive();
    return count;
}

int64_t Session::thread_id() { return static_cast<int64_t>(asyncrun::thread_id(engine)); }

int64_t Session::pid() { return engine.capabilities().virtual_time ? 1 : getpid(); }

Value Session::current_task() {
    if (!this_thread.task) return Value();
    return Value(static_cast<VmTask*>(this_thread.task)->object());
}

Value Session::all_tasks() {
    std::vector<Value> tasks;
    for (const auto& task : runtime.live_tasks()) tasks.push_back(Value(static_cast<VmTask*>(task.get())->object()));
    return Value(std::move(tasks));
}

// ---- observation ----

void Session::log(std::string text) {
    LogLine line{engine.now().time_since_epoch().count(), task_name(), std::move(text)};
    if (trace) trace->log(line.text);
    ParallelGuard guard(log_lock_);
    if (write_log_) write_log_(line);
    if (log_.size() < kept_log_lines) {
        log_.push_back(std::move(line));
    } else {
        ++dropped_log_;
    }
}

void Session::mark(const std::string& text) {
    if (trace) trace->mark(text);
}

void Session::count(uint32_t index, const Value& by) {
    if (!by.is_number()) raise_error("TypeError", "a counter counts by a number, not " + type_name(by));
    Counter& counter = *counters_[index];
    ParallelGuard guard(counter.lock);
    counter.total = binary(ast::Op::add, counter.total, by);
}

void Session::end_span(uint32_t span, TimePoint begun, bool failed) {
    const Duration lasted = engine.now() - begun;
    SpanDurations& durations = *spans_[span];
    ParallelGuard guard(durations.lock);
    durations.durations.record(lasted.count());
    if (failed) ++durations.failed;
}

void Session::record_lateness(Duration lateness) noexcept {
    ParallelGuard guard(lateness_lock_);
    lateness_.record(lateness.count());
}

void Session::note_report(std::string kind, std::string text) {
    ParallelGuard guard(reports_lock_);
    reports_.emplace_back(std::move(kind), reports_.size() < 1000 ? std::move(text) : std::string());
}

void Session::job_failed(Ref<FutureBase> job, const Code& function, ErrorRef error) {
    ParallelGuard guard(failed_jobs_lock_);
    // Most failures are retrieved soon: forget those before the list grows.
    if (const size_t n = failed_jobs_.size(); n >= 1024 && (n & (n - 1)) == 0) {
        std::erase_if(failed_jobs_, [](const LostJob& lost) { return lost.job->retrieved(); });
    }
    failed_jobs_.push_back({std::move(job), &function, std::move(error)});
}

std::vector<Session::LostJob> Session::lost_jobs() const {
    std::vector<LostJob> lost;
    for (const LostJob& failed : failed_jobs_) {
        // The outcome of a job that was cancelled while it ran is dropped, as asyncio does.
        if (!failed.job->retrieved() && !failed.job->is_cancelled()) lost.push_back(failed);
    }
    return lost;
}

void Session::describe_parked_workers(std::vector<WaitingTask>& waiting) const {
    for (const Executor* executor : executors()) {
        for (unsigned i = 0; i < executor->workers_parked(); ++i) {
            waiting.push_back({executor->name(), "a worker of executor " + executor->name(), program.file, 0});
        }
    }
}

// ---- executors ----

Executor& Session::executor(const Value& which) {
    if (!which.is_none()) {
        if (which.kind() != Kind::executor) {
            raise_error("TypeError", "expected an executor, not " + type_name(which));
        }
        return *static_cast<ExecutorObject&>(which.object()).executor;
    }
    ParallelGuard guard(executor_lock_);
    if (default_executor_.is_none()) {
        auto executor = make_ref<ExecutorObject>("default", engine, 0);
        executors_.push_back(executor->executor.get());
        default_executor_ = Value(std::move(executor));
    }
    return *static_cast<ExecutorObject&>(default_executor_.object()).executor;
}

std::vector<Executor*> Session::executors() const {
    ParallelGuard guard(executor_lock_);
    return executors_;
}

bool Session::finish_executors() {
    bool all = true;
    for (Executor* executor : executors()) all = executor->finish() && all;
    return all;
}

void Session::let_go() noexcept {
    shared_.clear();
    failed_jobs_.clear();
    default_executor_ = Value();
    executors_.clear();
    objects_.clear();
}

}  // namespace asyncrun
