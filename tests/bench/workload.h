// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/coroutine.h"
#include "engine/runtime/engine.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace asyncrun::bench {

/// The sizes of the work, the same for every candidate (docs/performance: what each workload does).
inline constexpr uint64_t yields = 1'000'000;
inline constexpr uint64_t yield_tasks = 1'000;
inline constexpr uint64_t yields_per_task = 1'000;
inline constexpr uint64_t spawn_batches = 1'000;
inline constexpr uint64_t spawn_batch = 1'000;
inline constexpr uint64_t live_tasks = 200'000;
inline constexpr uint64_t chains = 1'000'000;
inline constexpr uint64_t timers = 100'000;
inline constexpr uint64_t timers_million = 1'000'000;
inline constexpr uint64_t arms = 1'000'000;
inline constexpr uint64_t armed_beside = 1'000;
inline constexpr uint64_t guards = 200'000;
inline constexpr uint64_t producers = 2;
inline constexpr uint64_t consumers = 4;
inline constexpr int64_t queue_size = 64;
inline constexpr uint64_t queue_items = 1'000'000;
inline constexpr uint64_t event_waiters = 100'000;
inline constexpr uint64_t offload_trips = 20'000;
inline constexpr uint64_t offload_in_flight = 1'000;
inline constexpr uint64_t offload_jobs = 200'000;
inline constexpr unsigned offload_workers = 2;
inline constexpr uint64_t lock_tasks = 100;
inline constexpr uint64_t lock_turns = 10'000;
inline constexpr int64_t permits = 10;

/// One run of a workload: it puts begin() and end() around what is measured, and says what it found.
class Run {
  public:
    explicit Run(Engine& running_on) noexcept : engine(running_on) {}

    void begin() noexcept;
    void end() noexcept;
    /// The workload checks its own result with this; the first failure is the benchmark's error.
    void check(bool holds, const char* what) {
        if (!holds && error.empty()) error = what;
    }

    Engine& engine;
    std::chrono::nanoseconds wall{};
    std::chrono::nanoseconds cpu{};  ///< of all threads
    uint64_t waits = 0;              ///< the engine's, within the measured part
    uint64_t wakeups = 0;
    std::vector<Duration> lateness;  ///< of timers, if they are measured
    std::vector<Duration> trips;     ///< of each operation, if they are measured
    uint64_t bytes = 0;              ///< growth of the resident memory
    std::string error;

  private:
    std::chrono::steady_clock::time_point begun_;
    std::chrono::nanoseconds cpu_begun_{};
    uint64_t waits_begun_ = 0;
    uint64_t wakeups_begun_ = 0;
};

/// The resident memory of this process, in bytes.
uint64_t resident_bytes();

/// A deterministic sequence of microseconds in [0, 1 s), the same for every candidate.
class Microseconds {
  public:
    std::chrono::microseconds next() noexcept {
        state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
        return std::chrono::microseconds(static_cast<uint32_t>((state_ >> 33) % 1'000'000u));
    }

  private:
    uint64_t state_ = 42;
};

struct Workload {
    const char* name;
    uint64_t operations;
    Coro<> (*main)(Run& run);
    bool once = false;  ///< a second run in the same process would measure something else
};

std::vector<Workload> task_workloads();
std::vector<Workload> timer_workloads();
std::vector<Workload> sync_workloads();
std::vector<Workload> offload_workloads();

}  // namespace asyncrun::bench
