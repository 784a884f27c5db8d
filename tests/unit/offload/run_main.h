// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/coroutine.h"

#include <functional>
#include <utility>

#include <gtest/gtest.h>

namespace asyncrun {

/// Runs a coroutine as the main task of a run on `engine`; `prepare` may make what has to die before the
/// engine.
inline Engine::End run_main(Engine& engine, const std::function<Coro<>()>& main) {
    Runtime runtime(engine);
    EnterRuntime enter(runtime);
    const auto task = spawn(main());
    const Engine::End end = runtime.run_main(*task);
    if (task->done() && task->error()) {
        task->mark_retrieved();
        ADD_FAILURE() << "main failed: " << task->error()->type().name() << ": " << task->error()->message();
    }
    return end;
}

}  // namespace asyncrun
