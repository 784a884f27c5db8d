// SPDX-License-Identifier: MIT
#include "tests/contract/engine_contract.h"

#include <atomic>
#include <csignal>
#include <string>
#include <thread>

#include <time.h>

namespace asyncrun::contract {
namespace {

class EngineTurns : public EngineContract {};
INSTANTIATE_TEST_SUITE_P(Contract, EngineTurns, testing::ValuesIn(engine_cases()), case_name);

TEST_P(EngineTurns, AreTakenInOrderOfTheQueue) {
    if (!one_thread()) GTEST_SKIP() << "several workers keep order per object only";
    std::string log;
    for (char c = 'a'; c <= 'z'; ++c) engine().schedule(turn([&log, c] { log += c; }));
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_EQ(log, "abcdefghijklmnopqrstuvwxyz");
}

TEST_P(EngineTurns, ThatATurnAddsComeInTheNextPass) {
    if (!one_thread()) GTEST_SKIP() << "several workers have no passes";
    std::string log;
    engine().schedule(turn([&] {
        log += 'A';
        engine().schedule(turn([&] { log += 'C'; }));
        engine().stop();
    }));
    engine().schedule(turn([&] { log += 'B'; }));
    // stop() ends the pass that is under way, not the turn.
    EXPECT_EQ(engine().run(), Engine::End::stopped);
    EXPECT_EQ(log, "AB");
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_EQ(log, "ABC");
}

TEST_P(EngineTurns, AreNotLostByAStop) {
    constexpr int count = 1000;
    std::vector<std::atomic<int>> ran(count);
    for (int i = 0; i < count; ++i) {
        engine().schedule(turn([&, i] {
            ++ran[static_cast<size_t>(i)];
            if (i % 100 == 50) engine().stop();
        }));
    }
    int stops = 0;
    while (engine().run() == Engine::End::stopped) ++stops;
    EXPECT_GE(stops, 1);
    for (const auto& n : ran) EXPECT_EQ(n, 1);
}

TEST_P(EngineTurns, GoOnForEverWithoutStarvingTimersAndPosts) {
    std::atomic<bool> fired = false, posted = false;
    Alarm alarm([&] { fired = true; });
    alarm.deadline = engine().now() + 3ms;
    engine().start_timer(alarm);
    std::jthread poster([&] {
        std::this_thread::sleep_for(2ms);
        engine().post(turn([&] { posted = true; }));
    });
    Turn* chain = nullptr;
    chain = &turn([&] {
        engine().pass_virtual_time(1us);
        if (!fired || !posted) engine().schedule(*chain);
    });
    engine().schedule(*chain);
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_TRUE(fired);
    EXPECT_TRUE(posted);
}

TEST_P(EngineTurns, PostedByManyThreadsAllComeAndKeepEachThreadsOrder) {
    constexpr int threads = 8;
    const int count = repeated(10'000);
    struct Post final : ReadyItem {
        void run() noexcept override {
            if (last->exchange(number) != number - 1) ++*out_of_order;
            ++*ran;
            if (number == final_number) engine->end_external_work();
        }
        Engine* engine = nullptr;
        std::atomic<int>* last = nullptr;
        std::atomic<int>* out_of_order = nullptr;
        std::atomic<int>* ran = nullptr;
        int number = 0;
        int final_number = 0;
    };
    std::atomic<int> out_of_order = 0;
    std::vector<std::atomic<int>> last(threads);
    std::vector<std::vector<Post>> posts(threads);
    std::atomic<int> ran = 0;
    {
        std::vector<std::jthread> posters;
        for (size_t t = 0; t < threads; ++t) {
            engine().begin_external_work();
            posts[t].resize(static_cast<size_t>(count));
            posters.emplace_back([&, t] {
                for (int i = 0; i < count; ++i) {
                    Post& post = posts[t][static_cast<size_t>(i)];
                    post.engine = &engine();
                    post.last = &last[t];
                    post.out_of_order = &out_of_order;
                    post.ran = &ran;
                    post.number = i + 1;
                    post.final_number = count;
                    engine().post(post);
                    if (i % 64 == 0) std::this_thread::yield();
                }
            });
        }
        EXPECT_EQ(engine().run(), Engine::End::idle);
    }
    EXPECT_EQ(ran, threads * count);
    if (one_thread()) {
        EXPECT_EQ(out_of_order, 0);
    }
}

TEST_P(EngineTurns, PostedToALoopThatFallsAsleepAreNeverMissed) {
    // One post at a time, each when the one before it ran: the loop is always about to sleep.
    const int rounds = repeated(20'000);
    std::atomic<int> ran = 0;
    Turn& post = turn([&] {
        if (++ran == rounds) engine().end_external_work();
        ran.notify_one();
    });
    engine().begin_external_work();
    std::jthread poster([&] {
        for (int i = 0; i < rounds; ++i) {
            engine().post(post);
            for (int now = ran; now == i; now = ran) ran.wait(now);
        }
    });
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_EQ(ran, rounds);
}

TEST_P(EngineTurns, PostedToASleepingLoopWakeIt) {
    for (int i = 0; i < 5; ++i) {
        bool ran = false;
        engine().begin_external_work();
        std::jthread poster([&] {
            std::this_thread::sleep_for(10ms);
            engine().post(turn([&] {
                ran = true;
                engine().end_external_work();
            }));
        });
        EXPECT_EQ(engine().run(), Engine::End::idle);
        EXPECT_TRUE(ran);
    }
}

TEST_P(EngineTurns, AreMissingWhenTheRunEndsAsIdle) {
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_EQ(engine().run(), Engine::End::idle);
    const auto nobody_completes = make_ref<Future<int>>();
    const auto waits = [&]() -> Coro<> { co_await *nobody_completes; };
    const TaskHandle<> blocked = spawn(waits());
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_FALSE(blocked->done());
    // The same task goes on when somebody does.
    engine().schedule(turn([&] { nobody_completes->set_result(1); }));
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_TRUE(blocked->done());
}

TEST_P(EngineTurns, EndAsIdleExactlyWhenNothingIsLeft) {
    // Short bursts over all workers: each must be seen to its end before the run counts as idle.
    const int rounds = repeated(2000);
    for (int round = 0; round < rounds; ++round) {
        std::atomic<int> left = 1 + round % 40;
        const int burst = left;
        const auto part = [&](int trips) -> Coro<> {
            for (int i = 0; i < trips; ++i) co_await yield_now();
            --left;
        };
        const auto all = [&]() -> Coro<> {
            for (int i = 0; i < burst; ++i) spawn(part(i % 5));
            co_return;
        };
        spawn(all());
        ASSERT_EQ(engine().run(), Engine::End::idle);
        ASSERT_EQ(left, 0);
    }
}

TEST_P(EngineTurns, AreWaitedForWhileWorkIsOutstandingElsewhere) {
    std::atomic<bool> ran = false;
    engine().begin_external_work();
    std::jthread elsewhere([&] {
        std::this_thread::sleep_for(30ms);
        engine().post(turn([&] {
            ran = true;
            engine().end_external_work();
        }));
    });
    EXPECT_EQ(engine().run(), Engine::End::idle);
    EXPECT_TRUE(ran);
}

TEST_P(EngineTurns, OfABusyLoopEndWithAnInterrupt) {
    std::atomic<long> turns = 0;
    std::vector<Turn*> chains(3);
    for (Turn*& chain : chains) {
        chain = &turn([&turns, &chain, this] {
            ++turns;
            engine().schedule(*chain);
        });
        engine().schedule(*chain);
    }
    std::jthread interrupter([&] {
        while (turns < 100) std::this_thread::sleep_for(1ms);
        engine().interrupt();
    });
    EXPECT_EQ(engine().run(), Engine::End::interrupted);
    EXPECT_EQ(engine().run(), Engine::End::interrupted);
}

TEST_P(EngineTurns, OfASleepingLoopEndWithAnInterrupt) {
    engine().begin_external_work();
    std::jthread interrupter([&] {
        std::this_thread::sleep_for(10ms);
        engine().interrupt();
    });
    EXPECT_EQ(engine().run(), Engine::End::interrupted);
}

TEST_P(EngineTurns, OfALoopThatFallsAsleepEndWithAnInterrupt) {
    const int rounds = repeated(400);
    for (int i = 0; i < rounds; ++i) {
        const auto fresh = GetParam().entry->make(GetParam().options);
        Runtime fresh_runtime(*fresh);
        const EnterRuntime entered(fresh_runtime);
        fresh->begin_external_work();
        std::jthread interrupter([&] { fresh->interrupt(); });
        ASSERT_EQ(fresh->run(), Engine::End::interrupted);
    }
}

Engine* interrupted_by_signal = nullptr;

TEST_P(EngineTurns, OfASleepingLoopEndWhenASignalHandlerInterrupts) {
    if (with_tsan) GTEST_SKIP() << "ThreadSanitizer delays signals until the thread calls something it knows";
    engine().begin_external_work();
    interrupted_by_signal = &engine();
    const auto before = std::signal(SIGUSR1, [](int) { interrupted_by_signal->interrupt(); });
    const pthread_t loop = pthread_self();
    std::jthread sender([&] {
        std::this_thread::sleep_for(10ms);
        pthread_kill(loop, SIGUSR1);
    });
    EXPECT_EQ(engine().run(), Engine::End::interrupted);
    std::signal(SIGUSR1, before);
}

TEST_P(EngineTurns, ThatAreFarOffCostNoCpu) {
    const auto cpu_time = [] {
        timespec t;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
    };
    const auto sleep_of_300_ms = [&] {
        if (virtual_time()) {
            engine().begin_external_work();
            std::jthread elsewhere([&] {
                std::this_thread::sleep_for(300ms);
                engine().post(turn([&] { engine().end_external_work(); }));
            });
            EXPECT_EQ(engine().run(), Engine::End::idle);
            return;
        }
        Alarm alarm([] {});
        alarm.deadline = engine().now() + 300ms;
        engine().start_timer(alarm);
        EXPECT_EQ(engine().run(), Engine::End::idle);
    };
    const auto before = cpu_time();
    sleep_of_300_ms();
    EXPECT_LT(cpu_time() - before, 30ms);
}

}  // namespace
}  // namespace asyncrun::contract
