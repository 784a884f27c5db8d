// SPDX-License-Identifier: MIT
#include "engine/interpreter/watchdog.h"

#include "engine/measure/clock.h"

#include <cerrno>
#include <csignal>

#include <semaphore.h>

namespace asyncrun {
namespace {

/// Wakes the watchdog; posting is all that a signal handler does.
sem_t alarm_bell;
std::atomic<bool> interrupt_requested{false};
const bool alarm_bell_ready = [] { return sem_init(&alarm_bell, 0, 0) == 0; }();

}  // namespace

void interrupt_current_run() noexcept {
    interrupt_requested.store(true, std::memory_order_release);
    sem_post(&alarm_bell);
}

Watchdog::Watchdog(Runtime& runtime, std::optional<Duration> time_limit, std::function<void(const Progress&)> on_progress)
    : engine_(runtime.engine()), runtime_(runtime), time_limit_(time_limit), on_progress_(std::move(on_progress)) {
    // Signals are for the main thread, whose handler rings the bell.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    thread_ = std::thread([this] { watch(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Watchdog::~Watchdog() {
    over_.store(true, std::memory_order_release);
    sem_post(&alarm_bell);
    thread_.join();
}

void Watchdog::watch() {
    constexpr Duration progress_interval = std::chrono::milliseconds(100);
    const Duration start = monotonic_now();
    const Duration limit = time_limit_ ? start + *time_limit_ : Duration::max();
    Duration next_progress = on_progress_ ? start + progress_interval : Duration::max();
    for (;;) {
        const Duration until = cause() == Cause::none ? std::min(limit, next_progress) : next_progress;
        int result;
        if (until == Duration::max()) {
            result = sem_wait(&alarm_bell);
        } else {
            const timespec t{until.count() / 1'000'000'000, until.count() % 1'000'000'000};
            result = sem_clockwait(&alarm_bell, CLOCK_MONOTONIC, &t);
        }
        if (over_.load(std::memory_order_acquire)) return;
        const Duration now = monotonic_now();
        if (interrupt_requested.exchange(false, std::memory_order_acq_rel)) {
            cause_.store(Cause::interrupted, std::memory_order_release);
            engine_.interrupt();
        } else if (now >= limit && cause() == Cause::none) {
            cause_.store(Cause::time_limit, std::memory_order_release);
            engine_.interrupt();
        }
        if (now >= next_progress) {
            const auto [live, done] = runtime_.glimpse();
            on_progress_({now - start, live, done});
            next_progress = now + progress_interval;
        }
        (void)result;
    }
}

}  // namespace asyncrun
