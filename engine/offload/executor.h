// SPDX-License-Identifier: MIT
#pragma once

#include "engine/offload/job.h"
#include "engine/offload/worker.h"
#include "engine/runtime/coroutine.h"
#include "engine/runtime/engine.h"

#include <memory>
#include <string>
#include <utility>

namespace asyncrun {

/// Runs functions beside the loop, so that what blocks or computes does not hold it:
/// concurrent.futures.Executor. Jobs start in order of submission. Lives shorter than its engine; made and
/// destroyed on the loop's thread.
class Executor {
  public:
    /// Ends it: `finish()`, then waits for the threads. After an interruption of the engine only what runs is
    /// waited for: a job polls Engine::interrupted(), and pass_time() tells it.
    virtual ~Executor() = default;
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    /// Queues a job; RuntimeError after close(). From the loop, on parallel engines from any of its workers.
    virtual void submit(Ref<Job> job) = 0;
    /// shutdown(wait=False): no more jobs; idle workers end, the others when nothing is queued.
    virtual void close() = 0;
    /// shutdown(wait=True): returns when all jobs have ended; a virtual clock moves on meanwhile. False if
    /// some are parked and nothing is left that could wake them (virtual clock only). Their futures complete
    /// when the loop polls next. Engine not running.
    virtual bool finish() = 0;

    const std::string& name() const noexcept { return name_; }
    unsigned workers() const noexcept { return workers_; }
    /// Threads that were started and have not ended.
    virtual unsigned workers_alive() const noexcept = 0;
    /// Workers whose job is parked without a deadline (virtual clock only).
    virtual unsigned workers_parked() const noexcept { return 0; }

  protected:
    Executor(std::string name, unsigned workers) : name_(std::move(name)), workers_(workers) {}

  private:
    std::string name_;
    unsigned workers_;
};

/// The executor that fits the engine: threads on a real clock, workers on the virtual one on `sim`.
/// `workers` = 0 means CPython's default, min(32, cores + 4), or 32 on a virtual clock.
std::unique_ptr<Executor> make_executor(Engine& engine, std::string name, unsigned workers = 0);

/// The number of the calling thread: of a worker its id; of the loop's thread 1 on a virtual clock, else the
/// system's.
uint64_t thread_id(const Engine& engine) noexcept;

/// loop.run_in_executor: submits when awaited, resumes with the function's result or its exception.
/// `co_await` it.
template <class F>
class Offload {
  public:
    using Result = typename FunctionJob<F>::Result;
    Offload(Executor& executor, F function)
        : executor_(executor), job_(make_job(std::move(function))), wait_(static_cast<FutureBase&>(*job_)) {}
    Offload(const Offload&) = delete;
    Offload& operator=(const Offload&) = delete;

    bool await_ready() {
        executor_.submit(job_);
        return wait_.await_ready();
    }
    void await_suspend(std::coroutine_handle<> waiting) noexcept { wait_.await_suspend(waiting); }
    Result await_resume() {
        wait_.await_resume();
        if constexpr (!std::is_void_v<Result>)
            return std::move(*static_cast<Result*>(job_->result_address()));
    }

  private:
    Executor& executor_;
    Ref<FunctionJob<F>> job_;
    Await<FutureWait> wait_;
};

/// `co_await offload(pool, f)`. Name a lambda first that captures objects with destructors: g++ 12 destroys
/// the captures of a temporary inside a co_await twice.
template <class F>
Offload<std::decay_t<F>> offload(Executor& executor, F&& function) {
    return Offload<std::decay_t<F>>(executor, std::forward<F>(function));
}

}  // namespace asyncrun
