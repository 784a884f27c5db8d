// SPDX-License-Identifier: MIT
#include "engine/sync/event.h"
#include "engine/sync/lock.h"
#include "engine/sync/queue.h"
#include "engine/sync/semaphore.h"
#include "tests/bench/workload.h"

#include <atomic>
#include <limits>

namespace asyncrun::bench {
namespace {

constexpr uint64_t last_item = std::numeric_limits<uint64_t>::max();

Coro<> produce(Queue<uint64_t>& queue, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) co_await queue.put(i);
}

Coro<uint64_t> consume(Queue<uint64_t>& queue) {
    uint64_t sum = 0;
    for (;;) {
        const uint64_t item = co_await queue.get();
        if (item == last_item) co_return sum;
        sum += item;
    }
}

Coro<> queue(Run& run) {
    Queue<uint64_t> items(queue_size);
    std::vector<TaskHandle<uint64_t>> getting;
    std::vector<TaskHandle<>> putting;
    constexpr uint64_t each = queue_items / producers;
    for (uint64_t i = 0; i < consumers; ++i) getting.push_back(spawn(consume(items)));
    for (uint64_t i = 0; i < producers; ++i) putting.push_back(spawn(produce(items, each)));
    run.begin();
    for (auto& task : putting) co_await task;
    for (uint64_t i = 0; i < consumers; ++i) co_await items.put(last_item);
    uint64_t sum = 0;
    for (auto& task : getting) sum += co_await task;
    run.end();
    run.check(sum == producers * (each * (each - 1) / 2), "items are missing");
}

Coro<> wait_for(Event& event, std::atomic<uint64_t>& resumed, Run& run) {
    co_await event.wait();
    // Counted with plain instructions where one thread runs everything.
    const uint64_t count = parallel() ? resumed.fetch_add(1, std::memory_order_relaxed) + 1
                                      : resumed.load(std::memory_order_relaxed) + 1;
    if (!parallel()) resumed.store(count, std::memory_order_relaxed);
    if (count == event_waiters) run.end();
}

Coro<> event(Run& run) {
    Event flag;
    std::atomic<uint64_t> resumed{0};
    std::vector<TaskHandle<>> tasks(event_waiters);
    for (auto& task : tasks) task = spawn(wait_for(flag, resumed, run));
    while (flag.waiting() < event_waiters) co_await yield_now();
    run.begin();
    flag.set();
    for (auto& task : tasks) co_await task;
    run.check(resumed == event_waiters, "waiters are missing");
}

Coro<> lock_free(Lock& lock, uint64_t& count) {
    for (uint64_t i = 0; i < lock_turns; ++i) {
        co_await lock.acquire();
        ++count;
        lock.release();
    }
}

Coro<> lock_contended(Lock& lock, uint64_t& count) {
    for (uint64_t i = 0; i < lock_turns; ++i) {
        co_await lock.acquire();
        const uint64_t seen = count;
        co_await yield_now();
        count = seen + 1;
        lock.release();
    }
}

Coro<> with_permit(Semaphore& semaphore, uint64_t& count) {
    for (uint64_t i = 0; i < lock_turns; ++i) {
        co_await semaphore.acquire();
        co_await yield_now();
        ++count;
        semaphore.release();
    }
}

Coro<> join(Run& run, std::vector<TaskHandle<>>& tasks) {
    run.begin();
    for (auto& task : tasks) co_await task;
    run.end();
}

Coro<> lock_u(Run& run) {
    Lock lock;
    uint64_t count = 0;
    std::vector<TaskHandle<>> tasks;
    for (uint64_t i = 0; i < lock_tasks; ++i) tasks.push_back(spawn(lock_free(lock, count)));
    co_await join(run, tasks);
    run.check(count == lock_tasks * lock_turns, "the lock did not exclude");
}

Coro<> lock_c(Run& run) {
    Lock lock;
    uint64_t count = 0;
    std::vector<TaskHandle<>> tasks;
    for (uint64_t i = 0; i < lock_tasks; ++i) tasks.push_back(spawn(lock_contended(lock, count)));
    co_await join(run, tasks);
    run.check(count == lock_tasks * lock_turns, "the lock did not exclude");
}

Coro<> sem_c(Run& run) {
    Semaphore semaphore(permits);
    std::vector<uint64_t> counts(lock_tasks);
    std::vector<TaskHandle<>> tasks;
    for (uint64_t& count : counts) tasks.push_back(spawn(with_permit(semaphore, count)));
    co_await join(run, tasks);
    for (const uint64_t count : counts) run.check(count == lock_turns, "turns are missing");
    run.check(semaphore.value() == permits, "permits are missing");
}

}  // namespace

std::vector<Workload> sync_workloads() {
    return {{"queue", queue_items, queue},
            {"event", event_waiters, event},
            {"lock_u", lock_tasks * lock_turns, lock_u},
            {"lock_c", lock_tasks * lock_turns, lock_c},
            {"sem_c", lock_tasks * lock_turns, sem_c}};
}

}  // namespace asyncrun::bench
