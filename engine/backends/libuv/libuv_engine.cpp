// SPDX-License-Identifier: MIT
#include "engine/backends/libuv/libuv_engine.h"

#include "engine/backends/readiness.h"
#include "engine/backends/system_call.h"
#include "engine/runtime/adaptive_spin.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <system_error>
#include <utility>
#include <vector>

#include <uv.h>

namespace asyncrun {
namespace {

int check_uv(int result, const char* call) {
    if (result < 0) throw std::system_error(-result, std::generic_category(), call);
    return result;
}

}  // namespace

struct LibuvEngine::Loop {
    /// A registered descriptor. libuv needs its handle until the close callback, so it outlives the
    /// registration.
    struct Poll {
        explicit Poll(Loop& its_loop, int fd) : readiness(fd), loop(its_loop) {}
        Readiness readiness;
        Loop& loop;
        uv_poll_t handle{};
        int armed = 0;  ///< events that libuv watches for
    };

    explicit Loop(LibuvEngine& engine);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Lets libuv collect what has happened.
    void enter(uv_run_mode mode);
    uv_timer_t& take_timer_handle();
    static void watch(Poll& poll, int events) noexcept;
    /// Tries a waiting operation again; false if none waits.
    bool advance(Poll& poll, IoOperation* operation) noexcept;
    void complete(IoOperation& operation, int64_t result) noexcept;

    static void on_wake(uv_async_t* handle);
    static void on_timer(uv_timer_t* handle);
    static void on_poll(uv_poll_t* handle, int status, int events);

    LibuvEngine& engine;
    uv_loop_t loop{};
    uv_async_t wakeup{};
    const Duration epoch = monotonic_now();
    std::deque<uv_timer_t>
        timer_handles;  ///< all that were ever made: closing one takes another round of the loop
    std::vector<uv_timer_t*> spare_timers;
    size_t armed_timers = 0;
    uint64_t sequence = 0;            ///< of the latest timer
    int64_t next_due_ms = INT64_MAX;  ///< on libuv's clock: no timer is due before
    std::vector<Timer*> due;          ///< collected, not queued yet
    size_t io_waiting = 0;            ///< operations under way
    size_t io_pending = 0;            ///< those of them that keep the loop from being idle
    AdaptiveSpin spin;
};

LibuvEngine::Loop::Loop(LibuvEngine& its_engine) : engine(its_engine) {
    check_uv(uv_loop_init(&loop), "uv_loop_init");
    loop.data = this;
    const int result = uv_async_init(&loop, &wakeup, &on_wake);
    if (result < 0) {
        uv_loop_close(&loop);
        check_uv(result, "uv_async_init");
    }
}

LibuvEngine::Loop::~Loop() {
    for (uv_timer_t& handle : timer_handles) uv_close(reinterpret_cast<uv_handle_t*>(&handle), nullptr);
    uv_close(reinterpret_cast<uv_handle_t*>(&wakeup), nullptr);
    // Descriptors that are still registered are forgotten too.
    uv_walk(
        &loop,
        [](uv_handle_t* handle, void*) {
            if (handle->type != UV_POLL || uv_is_closing(handle)) return;
            uv_close(handle, [](uv_handle_t* closed) { delete static_cast<Poll*>(closed->data); });
        },
        nullptr);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
}

void LibuvEngine::Loop::enter(uv_run_mode mode) {
    ++engine.counters.waits;
    uv_run(&loop, mode);
    if (armed_timers == 0) {
        next_due_ms = INT64_MAX;
    } else {
        const int timeout = uv_backend_timeout(&loop);
        next_due_ms = timeout < 0 ? INT64_MAX : static_cast<int64_t>(uv_now(&loop)) + timeout;
    }
}

void LibuvEngine::Loop::on_wake(uv_async_t* handle) {
    ++static_cast<Loop*>(handle->loop->data)->engine.counters.wakeups;
}

void LibuvEngine::Loop::on_timer(uv_timer_t* handle) {
    auto& self = *static_cast<Loop*>(handle->loop->data);
    auto& timer = *static_cast<Timer*>(handle->data);
    timer.engine_data = nullptr;
    self.spare_timers.push_back(handle);
    --self.armed_timers;
    self.due.push_back(&timer);
    // libuv runs timers before it looks for events, and would then sleep until the next one.
    uv_stop(&self.loop);
}

uv_timer_t& LibuvEngine::Loop::take_timer_handle() {
    if (spare_timers.empty()) {
        uv_timer_t& handle = timer_handles.emplace_back();
        uv_timer_init(&loop, &handle);
        return handle;
    }
    uv_timer_t& handle = *spare_timers.back();
    spare_timers.pop_back();
    return handle;
}

void LibuvEngine::Loop::watch(Poll& poll, int events) noexcept {
    if (events == poll.armed) return;
    poll.armed = events;
    if (events == 0) {
        uv_poll_stop(&poll.handle);
    } else {
        uv_poll_start(&poll.handle, events, &on_poll);
    }
}

void LibuvEngine::Loop::on_poll(uv_poll_t* handle, int status, int events) {
    Poll& poll = *static_cast<Poll*>(handle->data);
    if (status < 0) {
        // libuv stopped watching; what the error is, the operations find out.
        poll.armed = 0;
        events = UV_READABLE | UV_WRITABLE;
    }
    int keep = poll.armed;
    if (events & UV_READABLE) {
        poll.readiness.readable = true;
        // Reading usually goes on: stays watched until something comes that nobody waits for.
        if (!poll.loop.advance(poll, poll.readiness.reading)) keep &= ~UV_READABLE;
    }
    if (events & UV_WRITABLE) {
        poll.readiness.writable = true;
        poll.loop.advance(poll, poll.readiness.writing);
    }
    if (!poll.readiness.writing) keep &= ~UV_WRITABLE;
    // After an error libuv watches nothing, though somebody may still wait.
    if (poll.readiness.reading) keep |= UV_READABLE;
    if (poll.readiness.writing) keep |= UV_WRITABLE;
    watch(poll, keep);
}

bool LibuvEngine::Loop::advance(Poll& poll, IoOperation* operation) noexcept {
    if (!operation) return false;
    if (poll.readiness.attempt(*operation)) complete(*operation, operation->result);
    return true;
}

void LibuvEngine::Loop::complete(IoOperation& operation, int64_t result) noexcept {
    static_cast<Poll*>(operation.handle->engine_data)->readiness.waiting(operation) = nullptr;
    operation.result = result;
    operation.active = false;
    --io_waiting;
    if (!operation.background) --io_pending;
    engine.ready().push(operation);
}

LibuvEngine::LibuvEngine() : loop_(std::make_unique<Loop>(*this)) { capabilities_.sockets = true; }
LibuvEngine::~LibuvEngine() = default;

const char* LibuvEngine::library_version() noexcept { return uv_version_string(); }

TimePoint LibuvEngine::now() const noexcept { return TimePoint(monotonic_now() - loop_->epoch); }

Engine::End LibuvEngine::run() {
    const ExactTimerSlack slack;
    return OneThreadEngine::run();
}

void LibuvEngine::start_timer(Timer& timer) {
    look_for_timers(true);
    uv_timer_t& handle = loop_->take_timer_handle();
    handle.data = &timer;
    timer.engine_data = &handle;
    timer.state = Timer::State::armed;
    timer.sequence = ++loop_->sequence;
    // libuv's time line is CLOCK_MONOTONIC in whole milliseconds, rounded down: the deadline is reached for
    // sure at the next whole millisecond after it.
    const int64_t latest = never.time_since_epoch().count() - loop_->epoch.count() - 1'000'000;
    const int64_t since_boot =
        std::min(timer.deadline.time_since_epoch().count(), latest) + loop_->epoch.count();
    const int64_t due_ms = (since_boot + 999'999) / 1'000'000;
    const auto cached_ms = static_cast<int64_t>(uv_now(&loop_->loop));
    uv_timer_start(&handle, &Loop::on_timer, static_cast<uint64_t>(std::max<int64_t>(due_ms - cached_ms, 0)),
                   0);
    ++loop_->armed_timers;
    loop_->next_due_ms = std::min(loop_->next_due_ms, due_ms);
}

bool LibuvEngine::cancel_timer(Timer& timer) noexcept {
    if (timer.state != Timer::State::armed) return withdraw(timer);
    auto* handle = static_cast<uv_timer_t*>(std::exchange(timer.engine_data, nullptr));
    uv_timer_stop(handle);
    loop_->spare_timers.push_back(handle);
    --loop_->armed_timers;
    timer.state = Timer::State::idle;
    return true;
}

bool LibuvEngine::pending() const noexcept { return loop_->armed_timers > 0 || loop_->io_pending > 0; }

void LibuvEngine::poll(bool block) {
    if (!block) {
        loop_->enter(UV_RUN_NOWAIT);
        return;
    }
    if (has_external_work() && loop_->spin.until([this] { return has_posted(); })) {
        if (loop_->io_waiting > 0) loop_->enter(UV_RUN_NOWAIT);
        return;
    }
    if (!begin_sleep()) return;
    const TimePoint before = now();
    loop_->enter(UV_RUN_ONCE);
    counters.idle += now() - before;
    end_sleep();
}

void LibuvEngine::queue_due_timers() {
    if (loop_->armed_timers > 0 && monotonic_now().count() / 1'000'000 >= loop_->next_due_ms)
        loop_->enter(UV_RUN_NOWAIT);
    if (loop_->due.empty()) {
        if (loop_->armed_timers == 0) look_for_timers(false);
        return;
    }
    std::sort(loop_->due.begin(), loop_->due.end(), [](const Timer* a, const Timer* b) {
        return a->deadline != b->deadline ? a->deadline < b->deadline : a->sequence < b->sequence;
    });
    for (Timer* timer : loop_->due) queue_timer(*timer);
    loop_->due.clear();
}

void LibuvEngine::wake() noexcept { uv_async_send(&loop_->wakeup); }

void LibuvEngine::open_io(IoHandle& handle) {
    auto poll = std::make_unique<Loop::Poll>(*loop_, handle.fd);
    check_uv(uv_poll_init(&loop_->loop, &poll->handle, handle.fd), "uv_poll_init");
    poll->handle.data = poll.get();
    handle.engine_data = poll.release();
}

void LibuvEngine::close_io(IoHandle& handle) noexcept {
    auto* poll = static_cast<Loop::Poll*>(std::exchange(handle.engine_data, nullptr));
    if (!poll) return;
    uv_close(reinterpret_cast<uv_handle_t*>(&poll->handle),
             [](uv_handle_t* closed) { delete static_cast<Loop::Poll*>(closed->data); });
}

bool LibuvEngine::start_io(IoOperation& operation) {
    auto& poll = *static_cast<Loop::Poll*>(operation.handle->engine_data);
    if (poll.readiness.attempt(operation)) return true;
    assert(!poll.readiness.waiting(operation) && "one operation per direction");
    poll.readiness.waiting(operation) = &operation;
    operation.active = true;
    ++loop_->io_waiting;
    if (!operation.background) ++loop_->io_pending;
    Loop::watch(poll, poll.armed | (Readiness::reads(operation) ? UV_READABLE : UV_WRITABLE));
    return false;
}

void LibuvEngine::cancel_io(IoOperation& operation) noexcept {
    if (operation.active) loop_->complete(operation, -ECANCELED);
}

}  // namespace asyncrun
