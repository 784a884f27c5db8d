// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/frame_pool.h"
#include "engine/runtime/future.h"

#include <atomic>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace asyncrun {

/// A function on its way through an executor, and the future of its outcome. A task waits for it with a
/// FutureWait.
///
/// **Cancelling.** While it is queued a cancel withdraws it: it never runs. While it runs, the future is
/// cancelled at once for whoever waits, the function goes on and its outcome is dropped (CPython: a running
/// concurrent Future cannot be cancelled).
///
/// **Threads.** run_job() is called on a worker; everything else, the end of its life included, happens on
/// the loop. The pass in whose poll the loop learns of the end completes the future; the waiting task resumes
/// in the next.
class Job : public FutureBase {
  public:
    bool cancel(const CancelMessage& message) override;

    // The executor's part.

    /// Whether the job may run now: false if it was cancelled. After true it counts as running.
    bool begin() noexcept {
        Stage expected = Stage::queued;
        return stage_.compare_exchange_strong(expected, Stage::running, std::memory_order_acq_rel);
    }
    /// On the worker, after begin(): runs the function and keeps its error.
    void execute() noexcept;
    /// Keeps a job that is still queued from running; its future is left pending. False if it runs or was
    /// cancelled.
    bool withdraw() noexcept {
        Stage expected = Stage::queued;
        return stage_.compare_exchange_strong(expected, Stage::cancelled, std::memory_order_acq_rel);
    }
    /// On the loop, after execute() or a cancel: completes the future and gives up the executor's reference.
    void run() noexcept final;

    Job* next_job = nullptr;      ///< link of the list that holds it
    uint64_t submission = 0;      ///< order within its run
    bool starts_threads = false;  ///< counted among the jobs that decide whether a thread is started

  protected:
    Job() = default;
    ~Job() = default;

    /// The function. On a worker thread; what it throws becomes the future's error.
    virtual void run_job() = 0;

  private:
    enum class Stage : uint8_t { queued, running, cancelled };
    std::atomic<Stage> stage_{Stage::queued};
    ErrorRef failure_;
};

/// A job that calls a C++ function object. Made by make_job.
template <class F>
class FunctionJob final : public Job, public Pooled {
  public:
    using Result = std::invoke_result_t<F&>;
    explicit FunctionJob(F function) : function_(std::move(function)) {}
    void* result_address() noexcept override {
        if constexpr (std::is_void_v<Result>) {
            return nullptr;
        } else {
            return value_ ? &*value_ : nullptr;
        }
    }

  private:
    void run_job() override {
        if constexpr (std::is_void_v<Result>) {
            function_();
        } else {
            value_.emplace(function_());
        }
    }
    void destroy() noexcept override { delete this; }

    struct Nothing {};
    F function_;
    [[no_unique_address]] std::conditional_t<
        std::is_void_v<Result>, Nothing,
        std::optional<std::conditional_t<std::is_void_v<Result>, int, Result>>>
        value_;
};

template <class F>
Ref<FunctionJob<F>> make_job(F function) {
    return make_ref<FunctionJob<F>>(std::move(function));
}

}  // namespace asyncrun
