// SPDX-License-Identifier: MIT
#include "engine/measure/cpu_work.h"

#include "engine/measure/clock.h"

#include <algorithm>

namespace asyncrun::cpu_work {
namespace {

constexpr int64_t kTrial_ns = 500'000;
constexpr int kTrials = 9;
constexpr std::chrono::microseconds kCheckPeriod{100};

double measure_iterations_per_ns() {
    // Grow until a trial is long beside reading the CPU clock (a system call); this warms the processor up,
    // too.
    uint64_t iterations = 20'000;
    int64_t took = 0;
    for (;;) {
        const int64_t start = thread_cpu_ns();
        run_iterations(iterations);
        took = std::max<int64_t>(thread_cpu_ns() - start, 1);
        if (took >= kTrial_ns / 2 || iterations > (uint64_t{1} << 40)) break;
        iterations *= 2;
    }
    // The fastest: interrupts and a host that takes the processor away only ever add to a trial.
    for (int i = 0; i < kTrials; ++i) {
        const int64_t start = thread_cpu_ns();
        run_iterations(iterations);
        took = std::min(took, std::max<int64_t>(thread_cpu_ns() - start, 1));
    }
    return static_cast<double>(iterations) / static_cast<double>(took);
}

double iterations_per_ns() {
    static const double rate = measure_iterations_per_ns();
    return rate;
}

}  // namespace

void calibrate() { iterations_per_ns(); }

uint64_t iterations_for(std::chrono::nanoseconds cpu_time) {
    if (cpu_time.count() <= 0) return 0;
    return static_cast<uint64_t>(static_cast<double>(cpu_time.count()) * iterations_per_ns() + 0.5);
}

[[gnu::noinline]] void run_iterations(uint64_t iterations) noexcept {
    uint64_t x = iterations;
    for (uint64_t i = 0; i < iterations; ++i) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        asm volatile("" : "+r"(x));  // each step depends on the last and none is dropped or merged
    }
}

bool burn(std::chrono::nanoseconds cpu_time, const std::atomic<bool>* interrupted) {
    uint64_t left = iterations_for(cpu_time);
    if (!interrupted) {
        run_iterations(left);
        return true;
    }
    const uint64_t slice = std::max<uint64_t>(iterations_for(kCheckPeriod), 1);
    while (left > 0) {
        if (interrupted->load(std::memory_order_relaxed)) return false;
        const uint64_t now = std::min(left, slice);
        run_iterations(now);
        left -= now;
    }
    return true;
}

}  // namespace asyncrun::cpu_work
