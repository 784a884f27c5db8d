// SPDX-License-Identifier: MIT
#include "engine/measure/clock.h"
#include "engine/measure/statistics.h"
#include "engine/report/environment.h"

#include <atomic>
#include <coroutine>
#include <cstdlib>
#include <thread>
#include <vector>

#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace asyncrun {
namespace {

constexpr int kTrials = 5;
constexpr int kIterations = 10'000;
constexpr int kSystemCalls = 1'000;
constexpr int kWakes = 100;

/// The median over the trials of one operation's time; `run(n)` performs n operations.
template <typename Run>
double cost_ns(int iterations, Run&& run) {
    run(iterations / 10);  // caches, page faults
    std::vector<double> trials;
    for (int t = 0; t < kTrials; ++t) {
        const int64_t start = monotonic_ns();
        run(iterations);
        trials.push_back(static_cast<double>(monotonic_ns() - start) / iterations);
    }
    return median_of(trials);
}

/// A coroutine that does nothing but suspend.
struct Idler {
    struct promise_type {
        Idler get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() noexcept { std::abort(); }
    };
    std::coroutine_handle<promise_type> handle;
};

Idler idle_forever() {
    for (;;) co_await std::suspend_always{};
}

double resume_suspend() {
    const Idler idler = idle_forever();
    std::coroutine_handle<> handle = idler.handle;
    const double ns = cost_ns(kIterations, [&](int n) {
        for (int i = 0; i < n; ++i) {
            asm volatile("" : "+r"(handle));  // which coroutine it is must not be known to the compiler
            handle.resume();
        }
    });
    idler.handle.destroy();
    return ns;
}

double malloc_free() {
    return cost_ns(kIterations, [](int n) {
        for (int i = 0; i < n; ++i) {
            void* block = std::malloc(128);
            asm volatile("" : "+r"(block) : : "memory");
            std::free(block);
        }
    });
}

double free_list() {
    struct Block {
        Block* next;
        char rest[120];
    };
    std::vector<Block> blocks(8);
    Block* head = nullptr;
    for (Block& b : blocks) {
        b.next = head;
        head = &b;
    }
    return cost_ns(kIterations, [&](int n) {
        for (int i = 0; i < n; ++i) {
            Block* block = head;
            head = block->next;
            asm volatile("" : "+r"(block), "+r"(head) : : "memory");
            block->next = head;
            head = block;
        }
    });
}

/// Half of a round trip between two threads that block on an eventfd each. NaN where there are no eventfds.
double cross_thread_wake() {
    const int there = eventfd(0, EFD_CLOEXEC);
    const int back = eventfd(0, EFD_CLOEXEC);
    double ns = std::numeric_limits<double>::quiet_NaN();
    if (there >= 0 && back >= 0) {
        const auto pass = [](int from, int to) {
            uint64_t value = 1;
            if (from >= 0 && read(from, &value, sizeof value) < 0) return false;
            value = 1;
            return to < 0 || write(to, &value, sizeof value) == sizeof value;
        };
        std::thread peer([&] {
            for (int i = 0; i < kWakes && pass(there, back); ++i) {
            }
        });
        std::vector<double> trips;
        for (int i = 0; i < kWakes; ++i) {
            const int64_t start = monotonic_ns();
            if (!pass(-1, there) || !pass(back, -1)) break;
            trips.push_back(static_cast<double>(monotonic_ns() - start) / 2);
        }
        peer.join();
        ns = median_of(trips);
    }
    if (there >= 0) close(there);
    if (back >= 0) close(back);
    return ns;
}

}  // namespace

Calibration calibrate_machine() {
    const int64_t start = monotonic_ns();
    Calibration c;
    c.resume_suspend_ns = resume_suspend();
    c.clock_read_ns = cost_ns(kIterations, [](int n) {
        for (int i = 0; i < n; ++i) {
            int64_t now = monotonic_ns();
            asm volatile("" : "+r"(now));
        }
    });
    c.tick_read_ns = cost_ns(kIterations, [](int n) {
        for (int i = 0; i < n; ++i) {
            uint64_t now = ticks();
            asm volatile("" : "+r"(now));
        }
    });
    // getppid(2) does next to nothing and, unlike getpid, was never cached by libc.
    c.system_call_ns = cost_ns(kSystemCalls, [](int n) {
        for (int i = 0; i < n; ++i) syscall(SYS_getppid);
    });
    c.cross_thread_wake_ns = cross_thread_wake();
    c.malloc_free_ns = malloc_free();
    c.free_list_ns = free_list();
    c.took_ms = static_cast<double>(monotonic_ns() - start) / 1e6;
    return c;
}

}  // namespace asyncrun
