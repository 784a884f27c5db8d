// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

namespace asyncrun {

/// What the process has used of the machine, from getrusage(2): absolute as read, or a difference of two
/// readings.
struct ProcessUsage {
    std::chrono::nanoseconds cpu_user{0};
    std::chrono::nanoseconds cpu_system{0};
    int64_t voluntary_switches = 0;    ///< the thread blocked
    int64_t involuntary_switches = 0;  ///< the thread was preempted
    int64_t minor_faults = 0;
    int64_t major_faults = 0;
    /// The peak of resident memory in bytes. Of a difference: the later reading's, as peaks do not subtract.
    int64_t max_rss_bytes = 0;
    /// Whether the peak began anew at the start of the measurement (it cannot everywhere); else it is the
    /// process's.
    bool max_rss_is_of_run = false;

    std::chrono::nanoseconds cpu() const noexcept { return cpu_user + cpu_system; }

    /// This process with all its threads. A system call.
    static ProcessUsage now();
    friend ProcessUsage operator-(const ProcessUsage& later, const ProcessUsage& earlier);
};

/// Measures a run: starts when made. Concurrent meters share one memory peak.
class UsageMeter {
  public:
    UsageMeter();
    /// What was used since the start. May be called repeatedly.
    ProcessUsage since_start() const;

  private:
    ProcessUsage start_;
    bool peak_reset_;
};

}  // namespace asyncrun
