// SPDX-License-Identifier: MIT
#include "engine/sync/event.h"
#include "tests/bench/workload.h"

namespace asyncrun::bench {
namespace {

Coro<> yielder(uint64_t times, uint64_t& done) {
    uint64_t count = 0;
    for (uint64_t i = 0; i < times; ++i) {
        co_await yield_now();
        ++count;
    }
    done = count;
}

Coro<> yield1(Run& run) {
    uint64_t done = 0;
    co_await yielder(10'000, done);
    auto task = spawn(yielder(yields, done));
    run.begin();
    co_await task;
    run.end();
    run.check(done == yields, "trips are missing");
}

Coro<> yield1k(Run& run) {
    std::vector<uint64_t> done(yield_tasks);
    std::vector<TaskHandle<>> tasks;
    tasks.reserve(yield_tasks);
    for (uint64_t& count : done) tasks.push_back(spawn(yielder(yields_per_task, count)));
    run.begin();
    for (auto& task : tasks) co_await task;
    run.end();
    for (const uint64_t count : done) run.check(count == yields_per_task, "trips are missing");
}

Coro<uint64_t> trivial(uint64_t i) { co_return i; }

Coro<> spawn_join(Run& run) {
    std::vector<TaskHandle<uint64_t>> tasks;
    tasks.reserve(spawn_batch);
    uint64_t sum = 0;
    run.begin();
    for (uint64_t batch = 0; batch < spawn_batches; ++batch) {
        tasks.clear();
        for (uint64_t i = 0; i < spawn_batch; ++i) tasks.push_back(spawn(trivial(i)));
        for (auto& task : tasks) sum += co_await task;
    }
    run.end();
    run.check(sum == spawn_batches * (spawn_batch * (spawn_batch - 1) / 2), "results are missing");
}

Coro<> waiter(Event& event) { co_await event.wait(); }

Coro<> live(Run& run) {
    Event event;
    std::vector<TaskHandle<>> tasks(live_tasks);
    const uint64_t before = resident_bytes();
    run.begin();
    for (auto& task : tasks) task = spawn(waiter(event));
    while (event.waiting() < live_tasks) co_await yield_now();
    run.bytes = resident_bytes() - before;
    event.set();
    for (auto& task : tasks) co_await task;
    run.end();
}

[[gnu::noinline]] Coro<uint64_t> step3(uint64_t i) { co_return i; }
[[gnu::noinline]] Coro<uint64_t> step2(uint64_t i) { co_return co_await step3(i) + 1; }
[[gnu::noinline]] Coro<uint64_t> step1(uint64_t i) { co_return co_await step2(i) + 1; }

Coro<> chain(Run& run) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < 10'000; ++i) sum += co_await step1(i);
    sum = 0;
    run.begin();
    for (uint64_t i = 0; i < chains; ++i) sum += co_await step1(i);
    run.end();
    run.check(sum == chains * (chains - 1) / 2 + 2 * chains, "results are missing");
}

}  // namespace

std::vector<Workload> task_workloads() {
    // `live` first: the memory that other workloads leave in the pools would be used again.
    return {{"live", live_tasks, live, true},
            {"yield1", yields, yield1},
            {"yield1k", yield_tasks * yields_per_task, yield1k},
            {"spawn", spawn_batches * spawn_batch, spawn_join},
            {"chain", chains * 3, chain}};
}

}  // namespace asyncrun::bench
