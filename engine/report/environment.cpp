// SPDX-License-Identifier: MIT
#include "engine/report/environment.h"

#include <charconv>
#include <fstream>
#include <sstream>
#include <string_view>

#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

namespace asyncrun {
namespace {

std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::optional<int64_t> whole_number(std::string_view text) {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end == text.data()) return std::nullopt;
    return value;
}

/// The value after "key<blanks>:<blanks>" in a file such as /proc/cpuinfo; the first one.
std::string field(const char* path, std::string_view key) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.compare(0, key.size(), key) != 0) continue;
        const size_t colon = line.find(':');
        if (colon == std::string::npos) continue;
        const size_t value = line.find_first_not_of(" \t", colon + 1);
        return value == std::string::npos ? std::string() : line.substr(value);
    }
    return {};
}

std::optional<bool> turbo_enabled() {
    if (const auto v = whole_number(first_line("/sys/devices/system/cpu/intel_pstate/no_turbo")))
        return *v == 0;
    if (const auto v = whole_number(first_line("/sys/devices/system/cpu/cpufreq/boost"))) return *v != 0;
    return std::nullopt;
}

std::string virtualization() {
    struct stat s;
    if (stat("/.dockerenv", &s) == 0) return "docker";
    if (stat("/run/.containerenv", &s) == 0) return "podman";
    if (field("/proc/cpuinfo", "flags").find(" hypervisor") == std::string::npos) return "none";
    const std::string vendor = first_line("/sys/class/dmi/id/sys_vendor");
    return vendor.empty() ? "virtual machine" : "virtual machine (" + vendor + ")";
}

/// The path of the process's control group: of the unified hierarchy, or of version 1's `controller`.
std::string cgroup_path(std::string_view controller) {
    std::ifstream file("/proc/self/cgroup");
    for (std::string line; std::getline(file, line);) {
        const size_t a = line.find(':');
        const size_t b = line.find(':', a + 1);
        if (a == std::string::npos || b == std::string::npos) continue;
        if (line.substr(a + 1, b - a - 1) == controller) return line.substr(b + 1);
    }
    return {};
}

/// A control file of the group or, inside a container that sees its own group as the root, of the mount
/// itself.
std::string control(const std::string& mount, std::string_view controller, const std::string& name) {
    std::string path = cgroup_path(controller);
    for (;;) {
        const std::string text = first_line(mount + path + "/" + name);
        if (!text.empty() || path.empty() || path == "/") return text;
        path.erase(path.rfind('/'));
    }
}

constexpr char kMount[] = "/sys/fs/cgroup";

std::optional<double> cpu_limit() {
    std::istringstream two(control(kMount, "", "cpu.max"));
    std::string quota;
    double period = 0;
    if (two >> quota >> period && period > 0) {
        const auto value = whole_number(quota);
        return value ? std::optional(static_cast<double>(*value) / period) : std::nullopt;
    }
    const auto us = whole_number(control("/sys/fs/cgroup/cpu", "cpu", "cpu.cfs_quota_us"));
    const auto of = whole_number(control("/sys/fs/cgroup/cpu", "cpu", "cpu.cfs_period_us"));
    if (us && of && *us > 0 && *of > 0) return static_cast<double>(*us) / static_cast<double>(*of);
    return std::nullopt;
}

std::optional<int64_t> memory_limit() {
    constexpr int64_t kUnlimited = int64_t{1} << 60;  // version 1 says "none" with a huge number
    auto limit = whole_number(control(kMount, "", "memory.max"));
    if (!limit) limit = whole_number(control("/sys/fs/cgroup/memory", "memory", "memory.limit_in_bytes"));
    if (limit && *limit >= kUnlimited) return std::nullopt;
    return limit;
}

std::vector<int> affinity() {
    std::vector<int> cores;
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return cores;
    for (int i = 0; i < CPU_SETSIZE; ++i) {
        if (CPU_ISSET(i, &set)) cores.push_back(i);
    }
    return cores;
}

std::string utc_now() {
    const time_t now = time(nullptr);
    tm parts;
    gmtime_r(&now, &parts);
    char text[32];
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

}  // namespace

HostEnvironment collect_environment(std::vector<std::pair<std::string, std::string>> libraries) {
    HostEnvironment e;
    utsname name;
    if (uname(&name) == 0) {
        e.kernel = std::string(name.sysname) + " " + name.release;
        e.architecture = name.machine;
    }
    e.cpu = field("/proc/cpuinfo", "model name");
    e.cores_online = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
    e.affinity = affinity();
    e.governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    e.turbo = turbo_enabled();
    e.clock_source = first_line("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    if (const int slack = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0); slack >= 0) e.timer_slack_ns = slack;
    e.virtualization = virtualization();
    e.cgroup = cgroup_path("");
    e.cpu_limit_cores = cpu_limit();
    e.memory_limit_bytes = memory_limit();
    double load[3];
    if (const int n = getloadavg(load, 3); n > 0) e.load_average.assign(load, load + n);
    e.memory_bytes = int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
    e.libraries = std::move(libraries);
    e.started = utc_now();
    return e;
}

}  // namespace asyncrun
