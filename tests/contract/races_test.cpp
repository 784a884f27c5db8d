// SPDX-License-Identifier: MIT
#include "engine/sync/event.h"
#include "engine/sync/sleep.h"
#include "tests/contract/engine_contract.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <random>

namespace asyncrun::contract {
namespace {

/// Waking and cancelling a wait at the same time: exactly one of them wins, nothing is lost, nothing runs
/// twice. On one thread the same programs check the order of events within and between passes.
class EngineRaces : public EngineContract {
  protected:
    enum class Outcome : int { none, woken, cancelled };
    static constexpr size_t width = 100;

    /// Runs waits by the hundred. `make_wait(i)` is awaited by a task of its own, `wake(i)` by a second
    /// one, and a third cancels the first; the tasks start in a changing order.
    template <class MakeWait, class Wake>
    void race(MakeWait make_wait, Wake wake) {
        // 10⁵ races; where nothing runs in parallel the order of events repeats.
        const int rounds = repeated(one_thread() ? 100 : 1000);
        std::vector<std::atomic<Outcome>> outcomes(width);
        std::atomic<int> twice = 0;
        const auto waits = [&](size_t i) -> Coro<> {
            Outcome outcome = Outcome::woken;
            try {
                Coro<> wait = make_wait(i);
                co_await wait;
            } catch (const Exception& e) {
                if (e.error()->is_cancellation()) outcome = Outcome::cancelled;
            }
            twice += outcomes[i].exchange(outcome) != Outcome::none;
        };
        const auto wakes = [&](size_t i, int pause) -> Coro<> {
            for (; pause > 0; --pause) co_await yield_now();
            Coro<> waking = wake(i);
            co_await waking;
        };
        const auto cancels = [&](TaskHandle<> task, int pause) -> Coro<> {
            for (; pause > 0; --pause) co_await yield_now();
            task->cancel(std::nullopt);
        };
        long woken = 0, cancelled = 0, none = 0;
        std::mt19937 random(7);
        const auto main = [&]() -> Coro<> {
            for (int round = 0; round < rounds; ++round) {
                for (auto& outcome : outcomes) outcome = Outcome::none;
                std::vector<TaskHandle<>> tasks;
                for (size_t i = 0; i < width; ++i) {
                    const auto chance = random();
                    const TaskHandle<> waiter = spawn(waits(i));
                    tasks.push_back(waiter);
                    const int wake_pause = static_cast<int>(chance % 3) + 1;
                    const int cancel_pause = static_cast<int>(chance / 3 % 3) + 1;
                    if (chance & 0x1000) tasks.push_back(spawn(wakes(i, wake_pause)));
                    tasks.push_back(spawn(cancels(waiter, cancel_pause)));
                    if (!(chance & 0x1000)) tasks.push_back(spawn(wakes(i, wake_pause)));
                }
                for (const auto& task : tasks) {
                    try {
                        co_await task;
                    } catch (const Exception& e) {
                        // A waiter that was cancelled before its first step.
                        EXPECT_TRUE(e.error()->is_cancellation()) << e.error()->message();
                    }
                }
                for (const auto& outcome : outcomes) {
                    woken += outcome == Outcome::woken;
                    cancelled += outcome == Outcome::cancelled;
                    none += outcome == Outcome::none;
                }
            }
        };
        EXPECT_EQ(run(main()), Engine::End::stopped);
        EXPECT_EQ(twice, 0);
        EXPECT_EQ(woken + cancelled + none, rounds * static_cast<long>(width));
        if (one_thread()) {
            EXPECT_EQ(none, 0);
        }
        EXPECT_GT(woken, 0);
        EXPECT_GT(cancelled, 0);
    }
};
INSTANTIATE_TEST_SUITE_P(Contract, EngineRaces, testing::ValuesIn(engine_cases()), case_name);

TEST_P(EngineRaces, BetweenASetEventAndACancel) {
    std::vector<std::unique_ptr<Event>> events(width);
    for (auto& event : events) event = std::make_unique<Event>();
    race(
        [&](size_t i) -> Coro<> {
            events[i]->clear();
            co_await events[i]->wait();
        },
        [&](size_t i) -> Coro<> {
            events[i]->set();
            co_return;
        });
}

TEST_P(EngineRaces, BetweenACompletedFutureAndACancel) {
    race(
        [&](size_t) -> Coro<> {
            const auto future = make_ref<Future<int>>();
            const auto completes = [](Ref<Future<int>> shared) -> Coro<> {
                co_await yield_now();
                try {
                    shared->set_result(1);
                } catch (const Exception&) {
                    // It was cancelled before.
                }
            };
            spawn(completes(future));
            EXPECT_EQ(co_await *future, 1);
        },
        [](size_t) -> Coro<> { co_return; });
}

TEST_P(EngineRaces, BetweenATaskThatEndsAndACancelOfWhoAwaitsIt) {
    race(
        [&](size_t i) -> Coro<> {
            const auto child = [](size_t trips) -> Coro<> {
                for (size_t t = 0; t < trips; ++t) co_await yield_now();
            };
            const TaskHandle<> task = spawn(child(i % 3));
            co_await task;
        },
        [](size_t) -> Coro<> { co_return; });
}

TEST_P(EngineRaces, BetweenATimerAndACancel) {
    // Cancelled around the deadline: by a task that sleeps about as long.
    const int sleeps = repeated(virtual_time() ? 20'000 : 100'000);
    constexpr size_t at_once = 1000;
    std::vector<std::atomic<Outcome>> outcomes(at_once);
    std::atomic<int> early = 0, twice = 0;
    const auto sleeper = [&](size_t i, TimePoint deadline) -> Coro<> {
        Outcome outcome = Outcome::woken;
        try {
            co_await Await<Sleep>(deadline);
            early += engine().now() < deadline;
        } catch (const Exception&) {
            outcome = Outcome::cancelled;
        }
        twice += outcomes[i].exchange(outcome) != Outcome::none;
    };
    const auto canceller = [&](TaskHandle<> task, TimePoint when) -> Coro<> {
        co_await Await<Sleep>(when);
        task->cancel(std::nullopt);
    };
    int started = 0, woken = 0, cancelled = 0, cancelled_before_start = 0;
    const auto main = [&]() -> Coro<> {
        std::mt19937 random(8);
        for (; started < sleeps; started += static_cast<int>(at_once)) {
            std::vector<TaskHandle<>> tasks;
            for (auto& outcome : outcomes) outcome = Outcome::none;
            // Far enough ahead for all to begin before.
            const TimePoint base = engine().now() + (with_tsan || with_asan ? 50ms : 5ms);
            for (size_t i = 0; i < at_once; ++i) {
                const TimePoint deadline = base + Duration(random() % 1'000'000);
                const TimePoint when = deadline + Duration(static_cast<int64_t>(random() % 20'000) - 10'000);
                const TaskHandle<> task = spawn(sleeper(i, deadline));
                tasks.push_back(task);
                tasks.push_back(spawn(canceller(task, when)));
            }
            for (const auto& task : tasks) {
                try {
                    co_await task;
                } catch (const Exception& e) {
                    // Cancelled before its first step, or during its last.
                    EXPECT_TRUE(e.error()->is_cancellation());
                }
            }
            for (const auto& outcome : outcomes) {
                woken += outcome == Outcome::woken;
                cancelled += outcome == Outcome::cancelled;
                cancelled_before_start += outcome == Outcome::none;
            }
        }
    };
    EXPECT_EQ(run(main()), Engine::End::stopped);
    EXPECT_EQ(twice, 0);
    EXPECT_EQ(early, 0);
    EXPECT_EQ(woken + cancelled + cancelled_before_start, started);
    EXPECT_GT(woken, 0);
    EXPECT_GT(cancelled, 0);
}

TEST_P(EngineRaces, NeverLoseACancellation) {
    // A task waits for one thing after the other, each time until it is cancelled; every request must arrive,
    // whatever kind of wait it meets and whether the wait just begins or just ends.
    const int requests = repeated(20'000);
    std::atomic<int> received = 0;
    Event event;
    const auto forever = [&]() -> Coro<> { co_await Await<Sleep>(never); };
    const auto victim = [&]() -> Coro<> {
        for (unsigned kind = 0; received < requests; ++kind) {
            try {
                switch (kind % 5) {
                    case 0: co_await event.wait(); break;
                    case 1: {
                        const TaskHandle<> inner = spawn(forever());
                        co_await inner;
                        break;
                    }
                    case 2: {
                        const auto future = make_ref<Future<int>>();
                        co_await *future;
                        break;
                    }
                    case 3:
                        // Ends by itself every time: the request meets a wait that is being woken.
                        for (;;) {
                            const auto child = []() -> Coro<> { co_return; };
                            const TaskHandle<> inner = spawn(child());
                            co_await inner;
                        }
                    case 4: co_await Await<Sleep>(engine().now() + 1h); break;
                }
                ADD_FAILURE() << "woken by nobody";
            } catch (const Exception& e) {
                EXPECT_TRUE(e.error()->is_cancellation());
                ++received;
            }
        }
    };
    const auto main = [&]() -> Coro<> {
        const TaskHandle<> task = spawn(victim());
        co_await yield_now();
        const auto limit = std::chrono::steady_clock::now() + 120s;
        while (received < requests) {
            const int before = received;
            task->cancel(std::nullopt);
            while (received == before) {
                if (std::chrono::steady_clock::now() > limit) {
                    ADD_FAILURE() << "request " << before << " got lost";
                    co_return;
                }
                co_await yield_now();
            }
        }
        co_await task;
    };
    EXPECT_EQ(run(main()), Engine::End::stopped);
    EXPECT_EQ(received, requests);
}

}  // namespace
}  // namespace asyncrun::contract
