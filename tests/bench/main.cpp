// SPDX-License-Identifier: MIT
// The engines' workloads through the C++ API, as benchmarks named WORKLOAD/ENGINE. One iteration is a whole
// workload.
#include "engine/runtime/runtime.h"
#include "tests/bench/engines.h"
#include "tests/bench/workload.h"

#include <algorithm>
#include <fstream>

#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <unistd.h>

namespace asyncrun::bench {
namespace {

std::chrono::nanoseconds cpu_time() noexcept {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto of = [](const timeval& t) {
        return std::chrono::seconds(t.tv_sec) + std::chrono::microseconds(t.tv_usec);
    };
    return of(used.ru_utime) + of(used.ru_stime);
}

double percentile(std::vector<Duration>& sorted, size_t per_cent) {
    return static_cast<double>(sorted[std::min(sorted.size() - 1, sorted.size() * per_cent / 100)].count());
}

void measure(benchmark::State& state, const Workload& workload, const NamedEngine& engine_maker) {
    const auto operations = static_cast<double>(workload.operations);
    std::chrono::nanoseconds wall{}, cpu{};
    double waits = 0, wakeups = 0, runs = 0;
    for (auto _ : state) {
        const auto engine = engine_maker.make();
        Runtime runtime(*engine);
        EnterRuntime enter(runtime);
        Run run(*engine);
        const auto main = spawn(workload.main(run));
        const Engine::End end = runtime.run_main(*main);
        run.check(end == Engine::End::stopped, "the run did not end by itself");
        if (main->done() && main->error()) {
            main->mark_retrieved();
            run.error = main->error()->type().name() + ": " + main->error()->message();
        }
        if (!run.error.empty()) {
            state.SkipWithError(run.error.c_str());
            return;
        }
        state.SetIterationTime(std::chrono::duration<double>(run.wall).count());
        wall += run.wall;
        cpu += run.cpu;
        waits += static_cast<double>(run.waits);
        wakeups += static_cast<double>(run.wakeups);
        ++runs;
        if (!run.lateness.empty()) {
            std::sort(run.lateness.begin(), run.lateness.end());
            state.counters["late_p50_ns"] = percentile(run.lateness, 50);
            state.counters["late_p99_ns"] = percentile(run.lateness, 99);
            state.counters["late_max_ns"] = percentile(run.lateness, 100);
        }
        if (!run.trips.empty()) {
            std::sort(run.trips.begin(), run.trips.end());
            state.counters["p50_ns"] = percentile(run.trips, 50);
            state.counters["p99_ns"] = percentile(run.trips, 99);
        }
        if (run.bytes) state.counters["bytes_per_task"] = static_cast<double>(run.bytes) / operations;
    }
    state.counters["ns_per_op"] = static_cast<double>(wall.count()) / runs / operations;
    state.counters["cpu_ns_per_op"] = static_cast<double>(cpu.count()) / runs / operations;
    state.counters["waits"] = waits / runs;
    state.counters["wakeups"] = wakeups / runs;
    state.counters["wakeups_per_op"] = wakeups / runs / operations;
}

}  // namespace

void Run::begin() noexcept {
    waits_begun_ = engine.counters.waits;
    wakeups_begun_ = engine.counters.wakeups;
    cpu_begun_ = cpu_time();
    begun_ = std::chrono::steady_clock::now();
}

void Run::end() noexcept {
    wall = std::chrono::steady_clock::now() - begun_;
    cpu = cpu_time() - cpu_begun_;
    waits = engine.counters.waits - waits_begun_;
    wakeups = engine.counters.wakeups - wakeups_begun_;
}

uint64_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    uint64_t size = 0, resident = 0;
    statm >> size >> resident;
    return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace asyncrun::bench

int main(int argc, char** argv) {
    using namespace asyncrun::bench;
    std::vector<Workload> workloads;
    for (const auto& room : {task_workloads(), timer_workloads(), sync_workloads(), offload_workloads()}) {
        workloads.insert(workloads.end(), room.begin(), room.end());
    }
    for (const NamedEngine& engine : engines()) {
        for (const Workload& workload : workloads) {
            auto* registered = benchmark::RegisterBenchmark(
                (std::string(workload.name) + "/" + engine.name).c_str(), measure, workload, engine);
            registered->UseManualTime()->Unit(benchmark::kMillisecond);
            if (workload.once) registered->Iterations(1);
        }
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
}
