// SPDX-License-Identifier: MIT
#include "engine/backends/readiness.h"

#include <cerrno>

#include <sys/socket.h>
#include <unistd.h>

namespace asyncrun {

Readiness::Readiness(int fd) {
    int type = SOCK_STREAM;
    socklen_t size = sizeof type;
    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
    stream_ = type == SOCK_STREAM;
}

int64_t Readiness::perform(IoOperation& operation) noexcept {
    using Kind = IoOperation::Kind;
    const int fd = operation.handle->fd;
    int64_t n = -1;
    switch (operation.kind) {
        case Kind::accept:
            operation.address_size = sizeof(sockaddr_storage);
            n = accept4(fd, reinterpret_cast<sockaddr*>(operation.address),
                        operation.address ? &operation.address_size : nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            break;
        case Kind::connect:
            if (connecting_) {
                int error = 0;
                socklen_t size = sizeof error;
                getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
                connecting_ = false;
                return -error;
            }
            n = connect(fd, reinterpret_cast<sockaddr*>(operation.address), operation.address_size);
            if (n < 0 && (errno == EINPROGRESS || errno == EINTR)) {
                connecting_ = true;
                return -EAGAIN;
            }
            // A local socket whose listener is full says EAGAIN too, but no event will follow: that is an
            // answer.
            if (n < 0 && errno == EAGAIN) return -ECONNREFUSED;
            break;
        case Kind::read:
            n = recv(fd, operation.buffer, operation.size, 0);
            if (n < 0 && errno == ENOTSOCK) n = read(fd, operation.buffer, operation.size);
            break;
        case Kind::write:
            n = send(fd, operation.buffer, operation.size, MSG_NOSIGNAL);
            if (n < 0 && errno == ENOTSOCK) n = write(fd, operation.buffer, operation.size);
            break;
    }
    return n < 0 ? -errno : n;
}

bool Readiness::attempt(IoOperation& operation) noexcept {
    bool& ready = reads(operation) ? readable : writable;
    if (!ready) return false;
    int64_t n;
    do {
        n = perform(operation);
    } while (n == -EINTR);
    if (n == -EAGAIN || n == -EWOULDBLOCK) {
        ready = false;
        return false;
    }
    operation.result = n;
    const bool moves =
        operation.kind == IoOperation::Kind::read || operation.kind == IoOperation::Kind::write;
    const bool is_short = moves && n > 0 && static_cast<size_t>(n) < operation.size;
    if (is_short && stream_ && !hung_up) ready = false;
    return true;
}

}  // namespace asyncrun
