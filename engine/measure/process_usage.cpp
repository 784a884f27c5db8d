// SPDX-License-Identifier: MIT
#include "engine/measure/process_usage.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace asyncrun {
namespace {

std::chrono::nanoseconds from(const timeval& t) {
    return std::chrono::seconds(t.tv_sec) + std::chrono::microseconds(t.tv_usec);
}

/// proc(5), clear_refs: writing 5 resets the peak of resident memory to what is resident now.
bool reset_memory_peak() {
    const int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    if (fd < 0) return false;
    const bool done = write(fd, "5", 1) == 1;
    close(fd);
    return done;
}

}  // namespace

ProcessUsage ProcessUsage::now() {
    rusage r;
    if (getrusage(RUSAGE_SELF, &r) != 0) throw std::system_error(errno, std::generic_category(), "getrusage");
    ProcessUsage u;
    u.cpu_user = from(r.ru_utime);
    u.cpu_system = from(r.ru_stime);
    u.voluntary_switches = r.ru_nvcsw;
    u.involuntary_switches = r.ru_nivcsw;
    u.minor_faults = r.ru_minflt;
    u.major_faults = r.ru_majflt;
    u.max_rss_bytes = int64_t{r.ru_maxrss} * 1024;
    return u;
}

ProcessUsage operator-(const ProcessUsage& later, const ProcessUsage& earlier) {
    ProcessUsage d = later;
    d.cpu_user -= earlier.cpu_user;
    d.cpu_system -= earlier.cpu_system;
    d.voluntary_switches -= earlier.voluntary_switches;
    d.involuntary_switches -= earlier.involuntary_switches;
    d.minor_faults -= earlier.minor_faults;
    d.major_faults -= earlier.major_faults;
    return d;
}

UsageMeter::UsageMeter() : peak_reset_(reset_memory_peak()) { start_ = ProcessUsage::now(); }

ProcessUsage UsageMeter::since_start() const {
    ProcessUsage used = ProcessUsage::now() - start_;
    used.max_rss_is_of_run = peak_reset_;
    return used;
}

}  // namespace asyncrun
