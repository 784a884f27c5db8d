// SPDX-License-Identifier: MIT
#pragma once

#include "engine/measure/clock.h"
#include "engine/trace/byte_sink.h"
#include "engine/trace/recorder.h"

#include <string>
#include <utility>
#include <vector>

namespace asyncrun {

/// What a trace writer must know beside the records.
struct TraceRun {
    /// The process row's title: "asyncrun: pipeline on epoll".
    std::string title;
    /// Turns the records' ticks into nanoseconds; the default takes them as nanoseconds (virtual clocks).
    TickScale scale;
    /// Time zero, on the scale's clock.
    int64_t start_ns = 0;
    /// Free text for the reader of the file: scenario, engine, seed.
    std::vector<std::pair<std::string, std::string>> notes;
};

/// Writes the trace as Chrome Trace Event JSON (the "Trace Event Format" document), which chrome://tracing,
/// ui.perfetto.dev and speedscope open:
/// - one thread row for each track; polls and jobs are its slices, named after the coroutine or function;
/// - one async row for each task: its life, with its waits nested inside, named after what is waited for;
/// - spans as async slices, each under an id of its own, as concurrent ones under a shared id would be cut;
/// - an arrow from each wake to the poll that it led to. An arrow must start inside a slice: a wake outside
/// of any
///   (a timer in the loop) gets an empty slice of its own;
/// - counters; log lines and marks as instants.
/// Times are relative to the run's start, in microseconds with three decimals. Slices cut by dropped records
/// or the run's end are closed at the last record. Streams: its memory grows with the tasks alive, not with
/// the records. No thread may still be recording. Throws what the sink throws.
void write_chrome_trace(const TraceRecorder& recorder, const TraceRun& run, const ByteSink& sink);

}  // namespace asyncrun
