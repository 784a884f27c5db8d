// SPDX-License-Identifier: MIT
#include "engine/runtime/engine.h"
#include "engine/sync/sleep.h"
#include "engine/sync/timeout.h"
#include "tests/bench/workload.h"

#include <deque>

namespace asyncrun::bench {
namespace {

using namespace std::chrono_literals;

Coro<> sleeper(Duration delay, Duration& late) {
    Engine& engine = *this_thread.engine;
    const TimePoint until = engine.now() + delay;
    co_await Await<Sleep>(until);
    late = engine.now() - until;
}

Coro<> sleep_many(Run& run, uint64_t count) {
    Microseconds delays;
    run.lateness.assign(count, -1ns);
    std::vector<TaskHandle<>> tasks(count);
    run.begin();
    for (uint64_t i = 0; i < count; ++i) tasks[i] = spawn(sleeper(delays.next(), run.lateness[i]));
    for (auto& task : tasks) co_await task;
    run.end();
    for (const Duration late : run.lateness) run.check(late >= 0ns, "a timer was early, or did not fire");
}

Coro<> timers_100k(Run& run) { co_await sleep_many(run, timers); }
Coro<> timers_1m(Run& run) { co_await sleep_many(run, timers_million); }

class Deadline final : public Timer {
  public:
    bool fired = false;

  private:
    void fire() noexcept override { fired = true; }
};

Coro<> arm_cancel(Run& run) {
    Engine& engine = run.engine;
    Microseconds spread;
    std::deque<Deadline> others(armed_beside);
    for (Deadline& other : others) {
        other.deadline = engine.now() + 5s + spread.next() * 10;
        engine.start_timer(other);
    }
    Deadline timer;
    uint64_t cancelled = 0;
    run.begin();
    for (uint64_t pass = 0; pass < arms / 1000; ++pass) {
        // As in a server: the clock is read once a pass, and each request's deadline is armed from it.
        const TimePoint now = engine.now();
        for (int i = 0; i < 1000; ++i) {
            timer.deadline = now + 10s;
            engine.start_timer(timer);
            cancelled += engine.cancel_timer(timer);
        }
        co_await yield_now();
    }
    run.end();
    for (Deadline& other : others) engine.cancel_timer(other);
    run.check(cancelled == arms && !timer.fired, "a timer could not be cancelled");
}

Coro<> guard(Run& run) {
    uint64_t passed = 0;
    Task& task = *this_thread.task;
    run.begin();
    for (uint64_t i = 0; i < guards; ++i) {
        Timeout timeout(10s);
        timeout.enter(task);
        ErrorRef error;
        try {
            co_await yield_now();
        } catch (...) {
            error = current_error();
        }
        error = timeout.exit(task, std::move(error));
        if (error) raise(std::move(error));
        ++passed;
    }
    run.end();
    run.check(passed == guards, "a timeout expired");
}

}  // namespace

std::vector<Workload> timer_workloads() {
    return {{"timers", timers, timers_100k},
            {"timers1m", timers_million, timers_1m},
            {"armcancel", arms, arm_cancel},
            {"guard", guards, guard}};
}

}  // namespace asyncrun::bench
