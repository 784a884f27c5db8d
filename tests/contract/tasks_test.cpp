// SPDX-License-Identifier: MIT
#include "engine/sync/sleep.h"
#include "tests/contract/engine_contract.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <random>
#include <thread>

namespace asyncrun::contract {
namespace {

class EngineTasks : public EngineContract {};
INSTANTIATE_TEST_SUITE_P(Contract, EngineTasks, testing::ValuesIn(engine_cases()), case_name);

/// How far the stack reached, from where the measuring began.
class StackExtent {
  public:
    void look() noexcept {
        const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
        lowest_ = std::min(lowest_, here);
        highest_ = std::max(highest_, here);
    }
    size_t bytes() const noexcept { return highest_ - lowest_; }

  private:
    uintptr_t lowest_ = UINTPTR_MAX;
    uintptr_t highest_ = 0;
};

TEST_P(EngineTasks, DoNotGrowTheStackWithImmediateAwaits) {
    StackExtent stack;
    long sum = 0;
    const auto immediate = [&](int i) -> Coro<int> {
        stack.look();
        co_return i;
    };
    const auto main = [&]() -> Coro<> {
        for (int i = 0; i < 1'000'000; ++i) {
            Coro<int> one = immediate(i);
            sum += co_await one;
        }
    };
    EXPECT_EQ(run(main()), Engine::End::stopped);
    EXPECT_EQ(sum, 499'999'500'000);
    EXPECT_LT(stack.bytes(), 16u * 1024);
}

Coro<int> nested(int depth, StackExtent& stack) {
    stack.look();
    if (depth == 0) {
        co_await yield_now();
        co_return 0;
    }
    Coro<int> inner = nested(depth - 1, stack);
    const int below = co_await inner;
    stack.look();
    co_return below + 1;
}

TEST_P(EngineTasks, AwaitThroughAHundredThousandLevels) {
    constexpr int levels = 100'000;
    StackExtent down, up;
    int result = 0;
    const auto main = [&]() -> Coro<> {
        Coro<int> chain = nested(levels, down);
        result = co_await chain;
    };
    // With several workers the way up may run on another thread's stack.
    EXPECT_EQ(run(main()), Engine::End::stopped);
    EXPECT_EQ(result, levels);
    if (engine().capabilities().workers == 1) {
        EXPECT_LT(down.bytes(), 16u * 1024);
    }
}

Coro<> fails_below(int depth) {
    if (depth == 0) {
        co_await yield_now();
        throw Exception(errors::value(), "from below");
    }
    Coro<> inner = fails_below(depth - 1);
    co_await inner;
}

TEST_P(EngineTasks, FailThroughTenThousandLevels) {
    std::string message;
    const auto main = [&]() -> Coro<> {
        Coro<> chain = fails_below(10'000);
        try {
            co_await chain;
        } catch (const Exception& e) {
            message = e.error()->message();
        }
    };
    EXPECT_EQ(run(main()), Engine::End::stopped);
    EXPECT_EQ(message, "from below");
}

TEST_P(EngineTasks, LiveByTheHundredThousandWithTheirTimers) {
    const int count = repeated(100'000);
    std::atomic<int> early = 0, done = 0;
    const auto sleeper = [&](Duration delay) -> Coro<> {
        const TimePoint deadline = engine().now() + delay;
        co_await Await<Sleep>(deadline);
        early += engine().now() < deadline;
        ++done;
    };
    const auto main = [&]() -> Coro<> {
        std::vector<TaskHandle<>> tasks;
        tasks.reserve(static_cast<size_t>(count));
        std::mt19937 random(5);
        std::uniform_int_distribution<int64_t> delay_ns(1, 100'000'000);
        for (int i = 0; i < count; ++i) tasks.push_back(spawn(sleeper(Duration(delay_ns(random)))));
        for (const auto& task : tasks) co_await task;
    };
    EXPECT_EQ(run(main()), Engine::End::stopped);
    EXPECT_EQ(done, count);
    EXPECT_EQ(early, 0);
    EXPECT_EQ(runtime().counts().spawned, static_cast<uint64_t>(count) + 1);
    EXPECT_EQ(runtime().counts().live, 0u);
    // On several workers the first are through before the last begin.
    if (one_thread()) {
        EXPECT_EQ(runtime().counts().live_max, static_cast<uint64_t>(count) + 1);
    }
}

TEST_P(EngineTasks, AreSpawnedByTasksAndJoined) {
    const int rounds = repeated(100);
    std::atomic<long> sum = 0;
    const auto child = [&](int i) -> Coro<int> {
        if (i % 3 == 0) co_await yield_now();
        sum += i;
        co_return i;
    };
    long joined = 0;
    const auto main = [&]() -> Coro<> {
        for (int round = 0; round < rounds; ++round) {
            std::vector<TaskHandle<int>> tasks;
            for (int i = 0; i < 1000; ++i) tasks.push_back(spawn(child(i)));
            for (const auto& task : tasks) joined += co_await task;
        }
    };
    EXPECT_EQ(run(main()), Engine::End::stopped);
    EXPECT_EQ(joined, 499'500L * rounds);
    EXPECT_EQ(sum, 499'500L * rounds);
}

TEST_P(EngineTasks, ThatAreLeftAreCancelledAtTheEnd) {
    std::atomic<int> cancelled = 0;
    const auto sleeper = [&]() -> Coro<> {
        try {
            co_await Await<Sleep>(engine().now() + 1h);
        } catch (const Exception& e) {
            cancelled += e.error()->is_cancellation();
            throw;
        }
    };
    const auto main = [&]() -> Coro<> {
        for (int i = 0; i < 100; ++i) spawn(sleeper());
        // Each gets to its sleep.
        for (int i = 0; i < 50; ++i) co_await yield_now();
        co_await Await<Sleep>(engine().now() + 5ms);
    };
    EXPECT_EQ(run(main()), Engine::End::stopped);
    // On several workers one may be cancelled before it began.
    EXPECT_GE(cancelled, one_thread() ? 100 : 1);
    EXPECT_EQ(runtime().counts().cancelled, 100u);
}

TEST_P(EngineTasks, UseEveryWorker) {
    const unsigned workers = engine().capabilities().workers;
    // Each waits for all others to have begun: ends only if they run in parallel.
    std::atomic<unsigned> begun = 0;
    const auto meeting = [&]() -> Coro<> {
        ++begun;
        while (begun < workers) std::this_thread::sleep_for(100us);
        co_return;
    };
    const auto main = [&]() -> Coro<> {
        std::vector<TaskHandle<>> tasks;
        for (unsigned i = 0; i < workers; ++i) tasks.push_back(spawn(meeting()));
        for (const auto& task : tasks) co_await task;
    };
    for (int round = 0; round < repeated(100); ++round) {
        begun = 0;
        ASSERT_EQ(run(main()), Engine::End::stopped);
    }
}

}  // namespace
}  // namespace asyncrun::contract
