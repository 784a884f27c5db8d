// SPDX-License-Identifier: MIT
#include "tests/contract/engine_contract.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <numeric>
#include <random>
#include <thread>

namespace asyncrun::contract {
namespace {

class EngineTimers : public EngineContract {
  protected:
    /// An alarm that lives until the test's end.
    Alarm& alarm(TimePoint deadline, std::function<void()> function) {
        alarms_.push_back(std::make_unique<Alarm>(std::move(function)));
        alarms_.back()->deadline = deadline;
        return *alarms_.back();
    }
    void TearDown() override {
        EngineContract::TearDown();
        alarms_.clear();
    }

  private:
    std::vector<std::unique_ptr<Alarm>> alarms_;
};

INSTANTIATE_TEST_SUITE_P(Contract, EngineTimers, testing::ValuesIn(engine_cases()), case_name);

TEST_P(EngineTimers, NeverFireEarly) {
    constexpr int count = 600;
    std::mt19937 random(1);
    std::uniform_int_distribution<int64_t> delay_ns(0, 20'000'000);
    std::atomic<int> fired = 0;
    std::atomic<int> early = 0;
    const TimePoint start = engine().now();
    for (int i = 0; i < count; ++i) {
        const TimePoint deadline = start + Duration(delay_ns(random));
        engine().start_timer(alarm(deadline, [&, deadline] {
            early += engine().now() < deadline;
            ++fired;
        }));
    }
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_EQ(fired, count);
    EXPECT_EQ(early, 0);
}

TEST_P(EngineTimers, OneAfterTheOtherNeverFireEarly) {
    std::mt19937 random(2);
    std::uniform_int_distribution<int64_t> delay_ns(0, 1'500'000);
    int left = 200;
    int early = 0;
    std::function<void()> next;
    Alarm only([&] { next(); });
    next = [&] {
        early += engine().now() < only.deadline;
        if (--left == 0) return;
        only.deadline = engine().now() + Duration(delay_ns(random));
        engine().start_timer(only);
    };
    only.deadline = engine().now();
    engine().start_timer(only);
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_EQ(left, 0);
    EXPECT_EQ(early, 0);
}

TEST_P(EngineTimers, ThatAreDueAlreadyKeepTheLoopAwake) {
    bool fired = false;
    Alarm& due = alarm(engine().now() - 1s, [&] { fired = true; });
    engine().schedule(turn([&] { engine().start_timer(due); }));
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_TRUE(fired);
}

TEST_P(EngineTimers, ThatAreEarlierThanTheOneSleptForWakeASleepingWorker) {
    std::atomic<bool> fired = false;
    Alarm& far = alarm(engine().now() + 1h, [] {});
    Alarm& near = alarm(TimePoint{}, [&] {
        fired = true;
        engine().cancel_timer(far);
    });
    engine().start_timer(far);
    Alarm& start_near = alarm(engine().now() + 20ms, [&] {
        near.deadline = engine().now() + 2ms;
        engine().start_timer(near);
    });
    engine().start_timer(start_near);
    // While one worker is busy, another has to look after the timers.
    engine().schedule(turn([&] {
        if (engine().capabilities().workers < 2) return;
        while (!fired) std::this_thread::sleep_for(1ms);
    }));
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_TRUE(fired);
}

TEST_P(EngineTimers, AreServedWhileEveryOtherWorkerIsBusy) {
    const unsigned workers = engine().capabilities().workers;
    std::atomic<bool> fired = false;
    Alarm& wanted = alarm(TimePoint{}, [&] { fired = true; });
    for (unsigned i = 1; i < workers; ++i) {
        engine().schedule(turn([&] {
            while (!fired) std::this_thread::sleep_for(1ms);
        }));
    }
    engine().schedule(turn([&] {
        wanted.deadline = engine().now() + 5ms;
        engine().start_timer(wanted);
    }));
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_TRUE(fired);
}

TEST_P(EngineTimers, FireInTheOrderOfTheirDeadlines) {
    if (!one_thread()) GTEST_SKIP() << "several workers keep no order among timers";
    // Differences far below a millisecond, several with the same deadline.
    constexpr int count = 500;
    std::vector<int> order(count);
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), std::mt19937(3));
    const TimePoint start = engine().now() + 3ms;
    std::vector<std::pair<TimePoint, int>> expected, fired;
    for (int created = 0; created < count; ++created) {
        const TimePoint deadline = start + (order[static_cast<size_t>(created)] / 4) * 37us;
        expected.emplace_back(deadline, created);
        engine().start_timer(
            alarm(deadline, [&fired, deadline, created] { fired.emplace_back(deadline, created); }));
    }
    EXPECT_EQ(engine().run(), Engine::End::idle);
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(fired, expected);
}

TEST_P(EngineTimers, ComeAfterWhatIsQueuedAlready) {
    if (!one_thread()) GTEST_SKIP() << "several workers keep no order among timers";
    std::string log;
    Alarm& due = alarm(engine().now(), [&] { log += 'T'; });
    engine().schedule(turn([&] {
        log += 'A';
        engine().schedule(turn([&] { log += 'C'; }));
        engine().start_timer(due);
    }));
    engine().schedule(turn([&] { log += 'B'; }));
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_EQ(log, "ABCT");
}

TEST_P(EngineTimers, DoNotFireOnceCancelled) {
    std::atomic<int> fired = 0;
    std::vector<Alarm*> cancelled;
    for (int i = 0; i < 200; ++i) {
        Alarm& a = alarm(engine().now() + i * 100us, [&] { ++fired; });
        engine().start_timer(a);
        if (i % 2 == 0) cancelled.push_back(&a);
    }
    for (Alarm* a : cancelled) {
        EXPECT_TRUE(engine().cancel_timer(*a));
        EXPECT_FALSE(engine().cancel_timer(*a));
    }
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_EQ(fired, 100);
    for (Alarm* a : cancelled) EXPECT_FALSE(engine().cancel_timer(*a));
}

TEST_P(EngineTimers, AreTakenBackAlsoWhenTheyAreQueued) {
    // All are due together; the first cancels every other one, which then stands in the ready queue.
    const TimePoint deadline = engine().now() + 2ms;
    std::vector<Alarm*> rest;
    int fired = 0;
    int taken_back = 0;
    Alarm& first = alarm(deadline, [&] {
        for (Alarm* a : rest) taken_back += engine().cancel_timer(*a);
    });
    engine().start_timer(first);
    for (int i = 0; i < 50; ++i) {
        rest.push_back(&alarm(deadline, [&] { ++fired; }));
        engine().start_timer(*rest.back());
    }
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_EQ(taken_back, 50);
    EXPECT_EQ(fired, 0);
}

TEST_P(EngineTimers, MayBeStartedAgainAfterACancelInTheQueue) {
    const TimePoint deadline = engine().now() + 1ms;
    int fired = 0;
    Alarm& second = alarm(deadline, [&] { ++fired; });
    Alarm& first = alarm(deadline, [&] {
        EXPECT_TRUE(engine().cancel_timer(second));
        second.deadline = engine().now() + 2ms;
        engine().start_timer(second);
    });
    engine().start_timer(first);
    engine().start_timer(second);
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_EQ(fired, 1);
}

TEST_P(EngineTimers, MayDieWhenTheyFire) {
    std::atomic<int> fired = 0;
    struct Mortal final : Timer {
        explicit Mortal(std::atomic<int>& count) : fired(count) {}
        void fire() noexcept override {
            ++fired;
            delete this;
        }
        std::atomic<int>& fired;
    };
    for (int i = 0; i < 300; ++i) {
        auto* mortal = new Mortal(fired);
        mortal->deadline = engine().now() + (i % 7) * 300us;
        engine().start_timer(*mortal);
    }
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_EQ(fired, 300);
}

TEST_P(EngineTimers, FarAwayCostNothingUntilCancelled) {
    for (const auto delay : {Duration(1min), Duration(2h), Duration(std::chrono::hours(24 * 365 * 200))}) {
        Alarm& far = alarm(engine().now() + delay, [] { ADD_FAILURE() << "fired"; });
        engine().start_timer(far);
        Alarm& near = alarm(engine().now() + 1ms, [&] { EXPECT_TRUE(engine().cancel_timer(far)); });
        engine().start_timer(near);
        EXPECT_EQ(engine().run(), Engine::End::idle);
    }
}

TEST_P(EngineTimers, ThatStartInAnyNumberAllFire) {
    const int count = repeated(100'000);
    std::mt19937 random(4);
    std::uniform_int_distribution<int64_t> delay_ns(0, 50'000'000);
    std::atomic<int> fired = 0;
    struct Counting final : Timer {
        void fire() noexcept override { counter->fetch_add(1, std::memory_order_relaxed); }
        std::atomic<int>* counter = nullptr;
    };
    const auto timers = std::make_unique<Counting[]>(static_cast<size_t>(count));
    engine().schedule(turn([&] {
        const TimePoint start = engine().now();
        for (int i = 0; i < count; ++i) {
            timers[static_cast<size_t>(i)].counter = &fired;
            timers[static_cast<size_t>(i)].deadline = start + Duration(delay_ns(random));
            engine().start_timer(timers[static_cast<size_t>(i)]);
        }
    }));
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_EQ(fired, count);
}

}  // namespace
}  // namespace asyncrun::contract
