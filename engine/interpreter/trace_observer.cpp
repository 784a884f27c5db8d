// SPDX-License-Identifier: MIT
#include "engine/interpreter/trace_observer.h"

#include "engine/interpreter/vm_task.h"
#include "engine/offload/worker.h"
#include "engine/offload/executor.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/runtime.h"
#include "engine/runtime/this_thread.h"

#include <atomic>

namespace asyncrun {
namespace {

std::atomic<uint64_t> generations{0};

struct ThreadTrack {
    uint64_t generation = 0;
    TraceTrack* track = nullptr;
};
thread_local ThreadTrack thread_track;

uint32_t id_of(const Task& task) noexcept { return static_cast<uint32_t>(task.number()); }

}  // namespace

TraceObserver::TraceObserver(TraceRecorder& recorder, Engine& engine)
    : recorder_(recorder),
      engine_(engine),
      virtual_time_(engine.capabilities().virtual_time),
      generation_(++generations),
      live_id_(recorder.intern("tasks live")) {}

TraceObserver::~TraceObserver() = default;

TraceTrack& TraceObserver::track() {
    if (thread_track.generation != generation_) [[unlikely]] {
        std::string name;
        if (this_worker) {
            name = this_worker->executor().name() + " worker " + std::to_string(++workers_);
        } else {
            const unsigned number = loops_++;
            name = number == 0 ? "loop" : "worker " + std::to_string(number);
        }
        const auto kind = this_worker ? TraceTrack::Kind::worker : TraceTrack::Kind::loop;
        thread_track = {generation_, &recorder_.add_track(std::move(name), kind)};
    }
    return *thread_track.track;
}

void TraceObserver::record(TraceKind kind, uint32_t subject, uint32_t detail) {
    if (virtual_time_) {
        track().record_at(static_cast<uint64_t>(engine_.now().time_since_epoch().count()), kind, subject, detail);
    } else {
        track().record(kind, subject, detail);
    }
}

uint32_t TraceObserver::current_task() const noexcept { return this_thread.task ? id_of(*this_thread.task) : 0; }

void TraceObserver::task_created(Task& task) {
    record(TraceKind::task_created, id_of(task), recorder_.intern(task.coroutine_name()));
    record(TraceKind::wake, id_of(task));
    record(TraceKind::counter, live_id_, static_cast<uint32_t>(this_thread.runtime->counts().live));
}

void TraceObserver::task_done(Task& task) {
    record(TraceKind::task_finished, id_of(task));
    record(TraceKind::counter, live_id_, static_cast<uint32_t>(this_thread.runtime->counts().live - 1));
}

void TraceObserver::poll_begin(Task& task) { record(TraceKind::poll_begin, id_of(task)); }
void TraceObserver::poll_end(Task& task) { record(TraceKind::poll_end, id_of(task)); }
void TraceObserver::task_woken(Task& task) { record(TraceKind::wake, id_of(task)); }

void TraceObserver::task_named(Task& task) {
    record(TraceKind::task_named, id_of(task), recorder_.intern(task.name()));
}

void TraceObserver::wait_begin(const VmTask& task) {
    record(TraceKind::wait_begin, id_of(task), recorder_.intern(task.waits_for()));
}
void TraceObserver::wait_end(const VmTask& task) { record(TraceKind::wait_end, id_of(task)); }

void TraceObserver::log(std::string_view text) { record(TraceKind::log, current_task(), recorder_.intern(text)); }
void TraceObserver::mark(std::string_view text) { record(TraceKind::mark, current_task(), recorder_.intern(text)); }

uint32_t TraceObserver::span_begin(std::string_view name) {
    const uint32_t id = recorder_.next_id();
    record(TraceKind::span_begin, id, recorder_.intern(name));
    return id;
}
void TraceObserver::span_end(uint32_t id) { record(TraceKind::span_end, id); }

void TraceObserver::queue_depth(std::string_view queue, size_t depth) {
    record(TraceKind::counter, recorder_.intern("queue " + std::string(queue)), static_cast<uint32_t>(depth));
}

uint32_t TraceObserver::job_begin(std::string_view function) {
    const uint32_t id = recorder_.next_id();
    record(TraceKind::job_begin, id, recorder_.intern(function));
    return id;
}
void TraceObserver::job_end(uint32_t id) { record(TraceKind::job_end, id); }

}  // namespace asyncrun
