// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/ready_queue.h"

#include <cstddef>
#include <cstdint>

#include <sys/socket.h>

namespace asyncrun {

/// A file descriptor known to an engine: registered once by Engine::open_io, not again for each operation.
/// The owner closes the descriptor after Engine::close_io. Loop thread only.
struct IoHandle {
    int fd = -1;
    void* engine_data = nullptr;  ///< the engine's registration
};

/// One completion-shaped operation: started with a buffer, completed with a result. The engine queues it as a ReadyItem
/// when it is complete, exactly once, also after a cancel; handle and buffer must stay until then.
/// Completion-shaped because io_uring and libuv work that way; epoll tries at once and waits for readiness when it must.
class IoOperation : public ReadyItem {
  public:
    enum class Kind : uint8_t { accept, connect, read, write };

    Kind kind = Kind::read;
    IoHandle* handle = nullptr;
    void* buffer = nullptr;       ///< read: where to; write: what. Owned by the caller
    size_t size = 0;              ///< bytes of the buffer; a read or write may complete with fewer
    sockaddr_storage* address = nullptr;  ///< connect: the peer; accept: where the peer's address goes, or null
    socklen_t address_size = 0;
    bool background = false;      ///< does not keep the loop from being idle (a server that listens)
    int64_t result = 0;           ///< bytes, the accepted descriptor, 0, or a negated errno (-ECANCELED after a cancel)

    // The engine's part.
    void* engine_data = nullptr;
    bool active = false;

  protected:
    IoOperation() = default;
    ~IoOperation() = default;
};

}  // namespace asyncrun
