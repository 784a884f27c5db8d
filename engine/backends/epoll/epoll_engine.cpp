// SPDX-License-Identifier: MIT
#include "engine/backends/epoll/epoll_engine.h"

#include "engine/backends/readiness.h"
#include "engine/backends/system_call.h"

#include <cassert>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace asyncrun {

EpollEngine::EpollEngine() : epoch_(monotonic_now()) {
    capabilities_.sockets = true;
    epoll_ = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    wakeup_ = check(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd");
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    check(epoll_ctl(epoll_, EPOLL_CTL_ADD, wakeup_, &event), "epoll_ctl");
}

EpollEngine::~EpollEngine() {
    close(wakeup_);
    close(epoll_);
}

std::string EpollEngine::unavailable() {
    // A descriptor that is none: the answer tells whether the kernel knows the call.
    epoll_event event;
    const timespec at_once{};
    if (epoll_pwait2(-1, &event, 1, &at_once, nullptr) < 0 && (errno == ENOSYS || errno == EPERM)) {
        return std::string("epoll_pwait2: ") + std::strerror(errno) + " (Linux 5.11 or later is needed)";
    }
    return {};
}

TimePoint EpollEngine::now() const noexcept { return TimePoint(monotonic_now() - epoch_); }

Engine::End EpollEngine::run() {
    const ExactTimerSlack slack;
    return OneThreadEngine::run();
}

void EpollEngine::start_timer(Timer& timer) {
    look_for_timers(true);
    timers_.start(timer);
}

bool EpollEngine::cancel_timer(Timer& timer) noexcept { return withdraw(timer) || timers_.cancel(timer); }

void EpollEngine::queue_due_timers() {
    if (timers_.empty()) {
        look_for_timers(false);
        return;
    }
    const TimePoint due = now();
    while (Timer* timer = timers_.pop_due(due)) queue_timer(*timer);
}

void EpollEngine::poll(bool block) {
    static constexpr timespec at_once{0, 0};
    if (!block) {
        wait(&at_once);
        return;
    }
    if (has_external_work() && spin_.until([this] { return has_posted(); })) {
        if (io_waiting_ > 0) wait(&at_once);
        return;
    }
    timespec timeout{};
    const TimePoint deadline = timers_.next_wake();
    if (deadline != never) {
        const auto delay = (deadline - now()).count();
        if (delay <= 0) {
            // Timers that come one after the other do not keep I/O waiting.
            if (io_waiting_ > 0) wait(&at_once);
            return;
        }
        timeout.tv_sec = delay / 1'000'000'000;
        timeout.tv_nsec = delay % 1'000'000'000;
    }
    if (!begin_sleep()) return;
    const TimePoint before = now();
    wait(deadline == never ? nullptr : &timeout);
    counters.idle += now() - before;
    end_sleep();
}

void EpollEngine::wait(const timespec* timeout) {
    epoll_event events[256];
    ++counters.waits;
    const int count = epoll_pwait2(epoll_, events, 256, timeout, nullptr);
    if (count < 0) {
        if (errno == EINTR) return;
        throw std::system_error(errno, std::generic_category(), "epoll_pwait2");
    }
    for (int i = 0; i < count; ++i) {
        auto* readiness = static_cast<Readiness*>(events[i].data.ptr);
        if (!readiness) {
            uint64_t writes = 0;
            [[maybe_unused]] const auto n = read(wakeup_, &writes, sizeof writes);
            counters.wakeups += writes;
            continue;
        }
        const uint32_t what = events[i].events;
        if (what & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) readiness->hung_up = true;
        if (what & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
            readiness->readable = true;
            advance(readiness->reading, *readiness);
        }
        if (what & (EPOLLOUT | EPOLLHUP | EPOLLERR)) {
            readiness->writable = true;
            advance(readiness->writing, *readiness);
        }
    }
}

void EpollEngine::advance(IoOperation* waiting, Readiness& readiness) noexcept {
    if (waiting && readiness.attempt(*waiting)) complete(*waiting, waiting->result);
}

void EpollEngine::wake() noexcept {
    const uint64_t one = 1;
    [[maybe_unused]] const auto n = write(wakeup_, &one, sizeof one);
}

void EpollEngine::open_io(IoHandle& handle) {
    auto readiness = std::make_unique<Readiness>(handle.fd);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = readiness.get();
    check(epoll_ctl(epoll_, EPOLL_CTL_ADD, handle.fd, &event), "epoll_ctl");
    handle.engine_data = readiness.release();
}

void EpollEngine::close_io(IoHandle& handle) noexcept {
    epoll_ctl(epoll_, EPOLL_CTL_DEL, handle.fd, nullptr);
    delete static_cast<Readiness*>(std::exchange(handle.engine_data, nullptr));
}

bool EpollEngine::start_io(IoOperation& operation) {
    auto& readiness = *static_cast<Readiness*>(operation.handle->engine_data);
    if (readiness.attempt(operation)) return true;
    assert(!readiness.waiting(operation) && "one operation per direction");
    readiness.waiting(operation) = &operation;
    operation.active = true;
    ++io_waiting_;
    if (!operation.background) ++io_pending_;
    return false;
}

void EpollEngine::complete(IoOperation& operation, int64_t result) noexcept {
    static_cast<Readiness*>(operation.handle->engine_data)->waiting(operation) = nullptr;
    operation.result = result;
    operation.active = false;
    --io_waiting_;
    if (!operation.background) --io_pending_;
    ready().push(operation);
}

void EpollEngine::cancel_io(IoOperation& operation) noexcept {
    if (operation.active) complete(operation, -ECANCELED);
}

}  // namespace asyncrun
