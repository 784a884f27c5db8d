// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace asyncrun {

/// CPU work of a given size, for scenarios that keep a thread busy. The work is a fixed number of iterations
/// of dependent arithmetic, not a loop until a clock says so: a preempted thread still does all of it, and
/// two threads on one core take twice as long. A slower clock rate makes it longer, as it would real work.
namespace cpu_work {

/// Measures this machine's iterations per nanosecond of CPU time: the fastest of several trials, under 10 ms
/// in all. Happens by itself at first use; call it earlier so that no run pays for it. Any thread; once per
/// process.
void calibrate();

/// How many iterations stand for that much CPU time. 0 for nothing or less. Calibrates.
uint64_t iterations_for(std::chrono::nanoseconds cpu_time);

/// Does that many iterations, whatever they take.
void run_iterations(uint64_t iterations) noexcept;

/// Uses that much CPU time on the calling thread. Looks at `interrupted` (may be null) about every 100 us;
/// true when the work was completed, false when it was interrupted.
bool burn(std::chrono::nanoseconds cpu_time, const std::atomic<bool>* interrupted = nullptr);

}  // namespace cpu_work
}  // namespace asyncrun
