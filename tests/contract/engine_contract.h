// SPDX-License-Identifier: MIT
#pragma once

#include "engine/backends/registry.h"
#include "engine/runtime/coroutine.h"
#include "engine/runtime/runtime.h"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace asyncrun {
/// For GoogleTest's messages.
inline std::ostream& operator<<(std::ostream& out, Engine::End end) {
    constexpr const char* names[] = {"stopped", "idle", "interrupted"};
    return out << names[static_cast<int>(end)];
}
}  // namespace asyncrun

namespace asyncrun::contract {

using namespace std::chrono_literals;

#if defined(__SANITIZE_THREAD__)
inline constexpr bool with_tsan = true;
#else
inline constexpr bool with_tsan = false;
#endif
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool with_asan = true;
#else
inline constexpr bool with_asan = false;
#endif
/// Repetitions of a stress: fewer where a sanitizer makes each dear.
inline constexpr int repeated(int count) { return with_tsan || with_asan ? count / 20 : count; }

/// One engine of the registry, as the suite runs it.
struct EngineCase {
    std::string name;
    const EngineEntry* entry;
    EngineOptions options;

    /// For GoogleTest's messages.
    friend std::ostream& operator<<(std::ostream& out, const EngineCase& c) { return out << c.name; }
};

/// Every engine of the registry; those with several workers with 1, 2 and 4.
inline std::vector<EngineCase> engine_cases() {
    std::vector<EngineCase> cases;
    for (const EngineEntry& entry : engines()) {
        const std::string name(entry.name);
        if (entry.name != "threads") {
            cases.push_back({name, &entry, {}});
            continue;
        }
        for (const unsigned workers : {1u, 2u, 4u}) {
            cases.push_back({name + std::to_string(workers), &entry, EngineOptions{.workers = workers}});
        }
    }
    return cases;
}
/// Those with sockets, or those without; where this machine cannot run an engine, that is unknown.
inline std::vector<EngineCase> engine_cases(bool with_sockets) {
    std::vector<EngineCase> cases = engine_cases();
    std::erase_if(cases, [=](const EngineCase& c) {
        return c.entry->unavailable().empty() &&
               c.entry->make(c.options)->capabilities().sockets != with_sockets;
    });
    return cases;
}
inline std::string case_name(const testing::TestParamInfo<EngineCase>& info) { return info.param.name; }

/// A turn on the loop that calls a function.
class Turn final : public ReadyItem {
  public:
    explicit Turn(std::function<void()> function) : function_(std::move(function)) {}
    void run() noexcept override { function_(); }

  private:
    std::function<void()> function_;
};

/// A timer that calls a function.
class Alarm final : public Timer {
  public:
    explicit Alarm(std::function<void()> function) : function_(std::move(function)) {}

  private:
    void fire() noexcept override { function_(); }
    std::function<void()> function_;
};

/// A fresh engine with a runtime, current on the test's thread. Skips an engine that this machine cannot run.
class EngineContract : public testing::TestWithParam<EngineCase> {
  protected:
    void SetUp() override {
        const EngineCase& engine_case = GetParam();
        if (const std::string reason = engine_case.entry->unavailable(); !reason.empty())
            GTEST_SKIP() << reason;
        engine_ = engine_case.entry->make(engine_case.options);
        runtime_ = std::make_unique<Runtime>(*engine_);
        entered_.emplace(*runtime_);
    }
    void TearDown() override {
        entered_.reset();
        runtime_.reset();
        engine_.reset();
    }

    Engine& engine() { return *engine_; }
    Runtime& runtime() { return *runtime_; }
    bool one_thread() const { return engine_->capabilities().one_thread; }
    bool virtual_time() const { return engine_->capabilities().virtual_time; }
    /// A turn that lives until the test's end. Any thread.
    Turn& turn(std::function<void()> function) {
        const std::lock_guard guard(turns_mutex_);
        turns_.push_back(std::make_unique<Turn>(std::move(function)));
        return *turns_.back();
    }
    /// Runs a coroutine as the main task, to its end and that of what it left behind.
    Engine::End run(Coro<> body) {
        const TaskHandle<> main = spawn(std::move(body));
        const Engine::End end = runtime_->run_main(*main);
        if (main->done() && main->error()) ADD_FAILURE() << "main failed: " << main->error()->message();
        return end;
    }

  private:
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Runtime> runtime_;
    std::optional<EnterRuntime> entered_;
    std::mutex turns_mutex_;
    std::vector<std::unique_ptr<Turn>> turns_;
};

}  // namespace asyncrun::contract
