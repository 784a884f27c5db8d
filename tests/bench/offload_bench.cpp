// SPDX-License-Identifier: MIT
#include "engine/offload/executor.h"
#include "tests/bench/workload.h"

namespace asyncrun::bench {
namespace {

Coro<> one_after_the_other(Run& run) {
    const auto pool = make_executor(run.engine, "pool", offload_workers);
    for (int i = 0; i < 100; ++i) co_await offload(*pool, [] {});
    run.trips.reserve(offload_trips);
    uint64_t sum = 0;
    run.begin();
    for (uint64_t i = 0; i < offload_trips; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        sum += co_await offload(*pool, [i] { return i; });
        run.trips.push_back(std::chrono::steady_clock::now() - begin);
    }
    run.end();
    run.check(sum == offload_trips * (offload_trips - 1) / 2, "results are missing");
}

Coro<> offload_often(Executor& pool, uint64_t times, uint64_t& done) {
    uint64_t count = 0;
    for (uint64_t i = 0; i < times; ++i) count += co_await offload(pool, [] { return 1; });
    done = count;
}

Coro<> many_in_flight(Run& run) {
    const auto pool = make_executor(run.engine, "pool", offload_workers);
    for (int i = 0; i < 100; ++i) co_await offload(*pool, [] {});
    std::vector<uint64_t> done(offload_in_flight);
    std::vector<TaskHandle<>> tasks;
    tasks.reserve(offload_in_flight);
    run.begin();
    for (uint64_t& count : done)
        tasks.push_back(spawn(offload_often(*pool, offload_jobs / offload_in_flight, count)));
    for (auto& task : tasks) co_await task;
    run.end();
    for (const uint64_t count : done)
        run.check(count == offload_jobs / offload_in_flight, "jobs are missing");
}

}  // namespace

std::vector<Workload> offload_workloads() {
    return {{"offload_seq", offload_trips, one_after_the_other},
            {"offload_thr", offload_jobs, many_in_flight}};
}

}  // namespace asyncrun::bench
