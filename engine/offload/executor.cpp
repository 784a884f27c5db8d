// SPDX-License-Identifier: MIT
#include "engine/offload/executor.h"

#include "engine/backends/sim/sim_engine.h"
#include "engine/offload/sim_executor.h"
#include "engine/offload/thread_executor.h"

#include <algorithm>
#include <thread>

#include <unistd.h>

namespace asyncrun {

std::unique_ptr<Executor> make_executor(Engine& engine, std::string name, unsigned workers) {
    if (auto* sim = dynamic_cast<SimEngine*>(&engine)) {
        return std::make_unique<SimExecutor>(*sim, std::move(name), workers ? workers : 32);
    }
    if (workers == 0) workers = std::min(32u, std::thread::hardware_concurrency() + 4);
    return std::make_unique<ThreadExecutor>(engine, std::move(name), workers);
}

uint64_t thread_id(const Engine& engine) noexcept {
    if (this_worker) return this_worker->id();
    return engine.capabilities().virtual_time ? 1 : static_cast<uint64_t>(gettid());
}

}  // namespace asyncrun
