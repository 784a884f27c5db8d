// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/io.h"

namespace asyncrun {

/// What an engine that is told of readiness (epoll, libuv's polls) knows of a descriptor, and the operations
/// that wait for it. The operations are tried first; only one that would block waits.
struct Readiness {
    explicit Readiness(int fd);

    /// The operation that waits in the same direction as `operation`.
    IoOperation*& waiting(const IoOperation& operation) noexcept {
        return reads(operation) ? reading : writing;
    }
    /// Performs the operation now if the descriptor is ready for it as far as known; its result is set then.
    /// False if it would block.
    bool attempt(IoOperation& operation) noexcept;

    static bool reads(const IoOperation& operation) noexcept {
        return operation.kind == IoOperation::Kind::read || operation.kind == IoOperation::Kind::accept;
    }

    bool readable = true;  ///< unknown counts as ready: the attempt tells
    bool writable = true;
    bool hung_up = false;            ///< the peer closed: no later event will announce the end of the stream
    IoOperation* reading = nullptr;  ///< accept or read
    IoOperation* writing = nullptr;  ///< connect or write

  private:
    /// The bare system call, once.
    int64_t perform(IoOperation& operation) noexcept;

    bool stream_ = true;  ///< a short read or write means that the kernel's buffer is empty or full
    bool connecting_ = false;
};

}  // namespace asyncrun
