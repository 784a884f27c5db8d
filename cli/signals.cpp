// SPDX-License-Identifier: MIT
#include "cli/signals.h"

#include "cli/exit_code.h"
#include "engine/interpreter/runner.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>

#include <time.h>
#include <unistd.h>

namespace asyncrun {
namespace {

constexpr int64_t same_signal_ns = 200'000'000;

std::atomic<int64_t> first_signal_ns{0};
static_assert(std::atomic<int64_t>::is_always_lock_free);

void on_signal(int) {
    const int saved = errno;
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    const int64_t now = int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
    int64_t first = 0;
    if (!first_signal_ns.compare_exchange_strong(first, now) && now - first > same_signal_ns) {
        _exit(static_cast<int>(ExitCode::interrupted));
    }
    interrupt_current_run();
    errno = saved;
}

}  // namespace

void handle_interrupts() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

bool interrupt_requested() noexcept { return first_signal_ns.load() != 0; }

}  // namespace asyncrun
