// SPDX-License-Identifier: MIT
#include "engine/backends/epoll/epoll_engine.h"

#include "engine/backends/system_call.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace asyncrun {

/// A registered descriptor: what is known of its readiness, and the operations that wait for it.
struct EpollEngine::Registration {
    bool readable = true;  ///< unknown counts as ready: the attempt tells
    bool writable = true;
    bool connecting = false;
    IoOperation* reading = nullptr;  ///< accept or read
    IoOperation* writing = nullptr;  ///< connect or write
};

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

TimePoint EpollEngine::now() const noexcept { return TimePoint(monotonic_now() - epoch_); }

Engine::End EpollEngine::run() {
    const ExactTimerSlack slack;
    return OneThreadEngine::run();
}

void EpollEngine::start_timer(Timer& timer) { timers_.start(timer, now()); }

bool EpollEngine::cancel_timer(Timer& timer) noexcept {
    if (timer.state == Timer::State::queued) {
        withdraw(timer);
        timer.state = Timer::State::idle;
        return true;
    }
    return timers_.cancel(timer);
}

void EpollEngine::queue_due_timers() {
    if (timers_.empty()) return;
    const TimePoint due = now();
    while (Timer* timer = timers_.pop_due(due)) ready().push(*timer);
}

void EpollEngine::poll(bool block) {
    static constexpr timespec at_once{0, 0};
    if (!block) {
        wait(&at_once);
        return;
    }
    if (has_external_work() && spin_.until([this] { return has_posted(); })) return;
    timespec timeout{};
    const TimePoint deadline = timers_.next_wake();
    if (deadline != never) {
        const auto delay = (deadline - now()).count();
        if (delay <= 0) return;
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
        auto* registration = static_cast<Registration*>(events[i].data.ptr);
        if (!registration) {
            uint64_t ignored;
            [[maybe_unused]] const auto n = read(wakeup_, &ignored, sizeof ignored);
            continue;
        }
        const uint32_t what = events[i].events;
        if (what & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
            registration->readable = true;
            if (IoOperation* operation = registration->reading; operation && attempt(*operation, *registration)) {
                complete(*operation, operation->result);
            }
        }
        if (what & (EPOLLOUT | EPOLLHUP | EPOLLERR)) {
            registration->writable = true;
            if (IoOperation* operation = registration->writing; operation && attempt(*operation, *registration)) {
                complete(*operation, operation->result);
            }
        }
    }
}

void EpollEngine::wake() noexcept {
    const uint64_t one = 1;
    ++counters.wakeups;
    [[maybe_unused]] const auto n = write(wakeup_, &one, sizeof one);
}

void EpollEngine::open_io(IoHandle& handle) {
    auto* registration = new Registration;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = registration;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, handle.fd, &event) != 0) {
        const int error = errno;
        delete registration;
        throw std::system_error(error, std::generic_category(), "epoll_ctl");
    }
    handle.engine_data = registration;
}

void EpollEngine::close_io(IoHandle& handle) noexcept {
    epoll_ctl(epoll_, EPOLL_CTL_DEL, handle.fd, nullptr);
    delete static_cast<Registration*>(std::exchange(handle.engine_data, nullptr));
}

bool EpollEngine::attempt(IoOperation& operation, Registration& registration) noexcept {
    using Kind = IoOperation::Kind;
    const int fd = operation.handle->fd;
    int64_t n = -1;
    do {
        errno = 0;
        switch (operation.kind) {
            case Kind::accept:
                operation.address_size = sizeof(sockaddr_storage);
                n = accept4(fd, reinterpret_cast<sockaddr*>(operation.address),
                            operation.address ? &operation.address_size : nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
                break;
            case Kind::connect:
                if (registration.connecting) {
                    int error = 0;
                    socklen_t size = sizeof error;
                    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
                    registration.connecting = false;
                    operation.result = -error;
                    return true;
                }
                n = connect(fd, reinterpret_cast<sockaddr*>(operation.address), operation.address_size);
                if (n < 0 && errno == EINPROGRESS) {
                    registration.connecting = true;
                    registration.writable = false;
                    return false;
                }
                break;
            case Kind::read: n = recv(fd, operation.buffer, operation.size, 0); break;
            case Kind::write: n = send(fd, operation.buffer, operation.size, MSG_NOSIGNAL); break;
        }
        if (n < 0 && errno == ENOTSOCK) {
            n = operation.kind == Kind::read ? read(fd, operation.buffer, operation.size)
                                             : write(fd, operation.buffer, operation.size);
        }
    } while (n < 0 && errno == EINTR);
    const bool reads = operation.kind == Kind::read || operation.kind == Kind::accept;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        (reads ? registration.readable : registration.writable) = false;
        return false;
    }
    // A short read or write has emptied or filled the kernel's buffer: the next edge will tell. The end of the stream
    // stays readable.
    if (operation.kind == Kind::read && n > 0 && static_cast<size_t>(n) < operation.size) registration.readable = false;
    if (operation.kind == Kind::write && n >= 0 && static_cast<size_t>(n) < operation.size) registration.writable = false;
    operation.result = n < 0 ? -errno : n;
    return true;
}

bool EpollEngine::start_io(IoOperation& operation) {
    auto& registration = *static_cast<Registration*>(operation.handle->engine_data);
    const bool reads = operation.kind == IoOperation::Kind::read || operation.kind == IoOperation::Kind::accept;
    if ((reads ? registration.readable : registration.writable) && attempt(operation, registration)) return true;
    (reads ? registration.reading : registration.writing) = &operation;
    operation.active = true;
    if (!operation.background) ++io_pending_;
    return false;
}

void EpollEngine::complete(IoOperation& operation, int64_t result) noexcept {
    auto& registration = *static_cast<Registration*>(operation.handle->engine_data);
    if (registration.reading == &operation) registration.reading = nullptr;
    if (registration.writing == &operation) registration.writing = nullptr;
    operation.result = result;
    operation.active = false;
    if (!operation.background) --io_pending_;
    ready().push(operation);
}

void EpollEngine::cancel_io(IoOperation& operation) noexcept {
    if (operation.active) complete(operation, -ECANCELED);
}

}  // namespace asyncrun
