// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace asyncrun {

/// What asyncrun itself is: enough to build the same binary.
struct BuildInfo {
    std::string version;
    std::string commit;  ///< "unknown" when built outside a checkout; "+dirty" after uncommitted changes
    std::string compiler;
    std::string flags;
    std::string build_type;
};
const BuildInfo& build_info();

/// Where a run took place: enough to judge whether two reports may be compared. What the machine does not
/// tell is an empty string or absent.
struct HostEnvironment {
    std::string kernel;
    std::string architecture;
    std::string cpu;
    int cores_online = 0;
    std::vector<int> affinity;  ///< the cores that the process may use
    std::string governor;
    std::optional<bool> turbo;
    std::string clock_source;
    std::optional<int64_t> timer_slack_ns;  ///< of the calling thread
    std::string virtualization;             ///< "kvm", "docker", …
    std::string cgroup;
    std::optional<double> cpu_limit_cores;
    std::optional<int64_t> memory_limit_bytes;
    std::vector<double> load_average;  ///< 1, 5 and 15 minutes, as it was before the run
    int64_t memory_bytes = 0;
    std::vector<std::pair<std::string, std::string>> libraries;  ///< name, version
    std::string started;                                         ///< UTC, ISO 8601
};

/// Reads it all, in about a millisecond. Never throws for what a machine lacks.
/// `libraries` are the versions of what is linked, known to whoever links it.
HostEnvironment collect_environment(std::vector<std::pair<std::string, std::string>> libraries = {});

/// What elementary operations cost in this process on this machine, so that a report's figures can be read as
/// ratios anywhere. Medians of short trials, in nanoseconds each.
struct Calibration {
    double resume_suspend_ns = 0;     ///< resume a plain coroutine until it suspends again
    double clock_read_ns = 0;         ///< clock_gettime(CLOCK_MONOTONIC)
    double tick_read_ns = 0;          ///< asyncrun's stamp on measured paths
    double system_call_ns = 0;        ///< one that does nothing
    double cross_thread_wake_ns = 0;  ///< write an eventfd → the thread blocked on it runs
    double malloc_free_ns = 0;        ///< 128 bytes
    double free_list_ns = 0;          ///< the same from a list of free blocks
    double took_ms = 0;
};
/// Measures; takes less than 30 ms and one short-lived thread.
Calibration calibrate_machine();

}  // namespace asyncrun
