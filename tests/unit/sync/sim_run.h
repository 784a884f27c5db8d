// SPDX-License-Identifier: MIT
#pragma once

#include "engine/backends/sim/sim_engine.h"
#include "engine/runtime/coroutine.h"
#include "engine/sync/sleep.h"

#include <string>
#include <utility>
#include <vector>

namespace asyncrun::test {

using Log = std::vector<std::string>;
using namespace std::chrono_literals;

/// A run on the simulator whose tests write down what happens, in order.
class SimRun {
  public:
    SimEngine engine;
    Runtime runtime{engine};
    EnterRuntime enter{runtime};
    Log log;
    std::vector<Report> reports;

    SimRun() {
        runtime.on_report = [this](const Report& r) { reports.push_back(r); };
    }
    Engine::End run(Coro<> main) {
        main_ = spawn(std::move(main));
        main_->mark_retrieved();
        const Engine::End end = runtime.run_main(*main_);
        if (main_->error()) log.push_back("main: " + text(*main_->error()));
        return end;
    }
    void say(std::string token) { log.push_back(std::move(token)); }
    /// The loop's iteration.
    uint64_t pass() const { return engine.counters.passes; }
    Duration now() const { return engine.now().time_since_epoch(); }

    static std::string text(const Error& error) {
        return error.type().name() + (error.message().empty() ? "" : ": " + error.message());
    }

  private:
    TaskHandle<> main_;
};

inline Await<Sleep> sleep_for(Duration delay) { return Await<Sleep>(this_thread.engine->now() + delay); }
inline std::string word(bool value) { return value ? "True" : "False"; }

/// Awaits what `make` makes; gives the text of the error that it raises, or "".
template <class Make>
Coro<std::string> outcome_of(Make make) {
    std::string outcome;
    try {
        co_await make();
    } catch (const Exception& e) {
        outcome = SimRun::text(*e.error());
    }
    co_return outcome;
}

}  // namespace asyncrun::test
