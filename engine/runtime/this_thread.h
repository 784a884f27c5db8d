// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/engine.h"

namespace asyncrun {

class Task;
class Runtime;
class Observer;

/// What the running code belongs to. Set by Runtime and by the engine's workers; null on foreign threads.
struct ThreadState {
    ReadyQueue* ready = nullptr;  ///< one-thread engines: where schedule() puts items without a virtual call
    Engine* engine = nullptr;
    Runtime* runtime = nullptr;
    Task* task = nullptr;         ///< the task whose step runs now, or null in a callback
    void* transfer = nullptr;     ///< the coroutine to resume next, where symmetric transfer is not a tail call
    Observer* observer = nullptr;  ///< watches tasks for a trace; null when off
};
inline constinit thread_local ThreadState this_thread{};

/// Queues an item for its turn, from inside the loop.
inline void schedule(ReadyItem& item) noexcept {
    if (ReadyQueue* ready = this_thread.ready) [[likely]] {
        ready->push(item);
    } else {
        this_thread.engine->schedule(item);
    }
}

}  // namespace asyncrun
