// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace asyncrun {

/// What a trace record tells. `subject` and `detail` as stated; "text" is an id from TraceRecorder::intern.
enum class TraceKind : uint8_t {
    task_created,    ///< subject: task; detail: text, its coroutine's name. Its parent is the task polled on
                     ///< the track
    task_named,      ///< subject: task; detail: text, the task's own name
    task_finished,   ///< subject: task
    task_failed,     ///< subject: task; detail: text, the error's type, or 0
    task_cancelled,  ///< subject: task
    poll_begin,      ///< subject: task. Polls of one track never overlap
    poll_end,        ///< subject: task
    wake,        ///< subject: the task made ready. Record it before the task can be resumed. The waker is the
                 ///< task polled, or the job run, on the track
    wait_begin,  ///< subject: task; detail: text, what is waited for: "sleep", "queue q (get)"
    wait_end,    ///< subject: task
    job_begin,   ///< subject: job; detail: text, the function's name
    job_end,     ///< subject: job
    timer_fired,  ///< subject: the task that the timer wakes, or 0
    log,          ///< subject: task or 0; detail: text
    mark,         ///< subject: task or 0; detail: text
    span_begin,   ///< subject: the span's own id, unique in the run; detail: text, its name
    span_end,     ///< subject: the span's id
    counter,      ///< subject: text, the counter's name; detail: its value from now on
};

/// One event of a trace, as small as it can be: recording must not disturb what is recorded.
struct TraceRecord {
    /// Larger details are stored as this.
    static constexpr uint32_t kMaxDetail = (1u << 24) - 1;

    uint64_t ticks = 0;  ///< see engine/measure/clock.h, or what a virtual clock says
    uint32_t subject = 0;
    uint32_t kind_and_detail = 0;

    TraceRecord() = default;
    TraceRecord(uint64_t at, TraceKind kind, uint32_t subject_id, uint32_t detail) noexcept
        : ticks(at),
          subject(subject_id),
          kind_and_detail((detail < kMaxDetail ? detail : kMaxDetail) << 8 | static_cast<uint32_t>(kind)) {}

    TraceKind kind() const noexcept { return static_cast<TraceKind>(kind_and_detail & 0xff); }
    uint32_t detail() const noexcept { return kind_and_detail >> 8; }
};
static_assert(sizeof(TraceRecord) == 16);

}  // namespace asyncrun
