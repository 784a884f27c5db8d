// SPDX-License-Identifier: MIT
#pragma once

#include "engine/offload/job.h"
#include "engine/runtime/engine.h"

#include <atomic>
#include <memory>

namespace asyncrun {

/// Jobs that have ended, on their way to the loop: a list that any worker adds to, and that the loop is told
/// of once, when it was empty. Each job counts as the engine's external work until it is delivered.
class Completions final : public ReadyItem {
  public:
    explicit Completions(Engine& engine) noexcept : engine_(engine) {}
    /// Takes over the executor's reference. Any thread.
    void add(Job& job) noexcept;
    /// Whether the loop is going to run this.
    bool posted() const noexcept { return posts_.load(std::memory_order_acquire) != 0; }
    /// On the loop: completes the jobs in the order in which they were added.
    void run() noexcept override;
    /// Frees the jobs that were not delivered. No worker is left, the engine does not run.
    static void end(std::unique_ptr<Completions> completions);

  private:
    Engine& engine_;
    alignas(64) std::atomic<Job*> newest_{nullptr};
    std::atomic<int> posts_{0};
};

/// Turns a list around: newest first to oldest first.
Job* reversed(Job* newest) noexcept;

}  // namespace asyncrun
