// SPDX-License-Identifier: MIT
#include "engine/offload/sim_executor.h"

#include "engine/sync/sleep.h"
#include "tests/unit/offload/run_main.h"

#include <string>
#include <vector>

namespace asyncrun {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using namespace std::chrono_literals;

void block(Duration amount) { this_worker->on_virtual_clock()->pass_time(amount); }
Await<Sleep> sleep_for(Duration delay) { return Await<Sleep>(this_thread.engine->now() + delay); }

/// What happened when, as `seconds text`.
struct Log {
    Engine& engine;
    std::vector<std::string> lines;
    void operator()(const std::string& text) {
        const auto at = std::chrono::duration_cast<milliseconds>(engine.now().time_since_epoch()).count();
        lines.push_back(std::to_string(at) + " " + text);
    }
};
using Lines = std::vector<std::string>;

Coro<> job(Executor& pool, Log& log, std::string name, Duration length) {
    const auto work = [&log, name, length] {
        log(name + " starts");
        block(length);
        log(name + " ends");
    };
    co_await offload(pool, work);
    log(name + " resumes");
}

TEST(SimExecutor, ServesFiveJobsOfASecondWithTwoWorkersInThreeSeconds) {
    SimEngine engine;
    const auto pool = make_executor(engine, "pool", 2);
    std::vector<int64_t> resumed;
    run_main(engine, [&]() -> Coro<> {
        std::vector<TaskHandle<>> tasks;
        for (int i = 0; i < 5; ++i) {
            tasks.push_back(spawn([](Executor& p, Engine& e, std::vector<int64_t>& r) -> Coro<> {
                co_await offload(p, [] { block(1s); });
                r.push_back(e.now().time_since_epoch() / 1s);
            }(*pool, engine, resumed)));
        }
        for (auto& task : tasks) co_await task;
    });
    EXPECT_EQ(resumed, (std::vector<int64_t>{1, 1, 2, 2, 3}));
    EXPECT_EQ(engine.now().time_since_epoch(), 3s);
}

TEST(SimExecutor, StartsJobsInOrderOfSubmissionOnTheWorkerThatIsFree) {
    SimEngine engine;
    const auto pool = make_executor(engine, "pool", 2);
    Log log{engine, {}};
    run_main(engine, [&]() -> Coro<> {
        std::vector<TaskHandle<>> tasks;
        tasks.push_back(spawn(job(*pool, log, "a", 300ms)));
        tasks.push_back(spawn(job(*pool, log, "b", 100ms)));
        tasks.push_back(spawn(job(*pool, log, "c", 100ms)));
        tasks.push_back(spawn(job(*pool, log, "d", 50ms)));
        for (auto& task : tasks) co_await task;
    });
    EXPECT_EQ(log.lines, (Lines{"0 a starts", "0 b starts", "100 b ends", "100 c starts", "100 b resumes",
                                "200 c ends", "200 d starts", "200 c resumes", "250 d ends", "250 d resumes",
                                "300 a ends", "300 a resumes"}));
}

TEST(SimExecutor, TellsTheLoopOfCompletionsInOrderOfInstantThenOfSubmission) {
    SimEngine engine;
    const auto pool = make_executor(engine, "pool", 4);
    const auto other = make_executor(engine, "other", 4);
    std::vector<std::string> resumed;
    run_main(engine, [&]() -> Coro<> {
        const auto run = [&](Executor& p, const char* name, std::vector<Duration> parts) {
            return spawn([](Executor& e, std::vector<std::string>& r, std::string n,
                            std::vector<Duration> ps) -> Coro<> {
                const auto work = [ps] {
                    for (const Duration part : ps) block(part);
                };
                co_await offload(e, work);
                r.push_back(n);
            }(p, resumed, name, std::move(parts)));
        };
        // "first" arrives at the common instant last, yet was submitted first.
        auto first = run(*pool, "first", {1s, 1s});
        auto second = run(*other, "second", {2s});
        auto third = run(*pool, "third", {2s});
        auto early = run(*other, "early", {1s});
        co_await yield_now();
        engine.pass_virtual_time(5s);
        co_await first;
        co_await second;
        co_await third;
        co_await early;
    });
    EXPECT_EQ(resumed, (std::vector<std::string>{"early", "first", "second", "third"}));
}

TEST(SimExecutor, TellsTheLoopBeforeTheTimersThatAreDueByThen) {
    SimEngine engine;
    const auto pool = make_executor(engine, "pool", 1);
    Log log{engine, {}};
    run_main(engine, [&]() -> Coro<> {
        auto sleeper = spawn([](Log& l) -> Coro<> {
            co_await sleep_for(1s);
            l("sleeper");
        }(log));
        auto awaiter = spawn([](Executor& p, Log& l) -> Coro<> {
            co_await offload(p, [] { block(1s); });
            l("job");
        }(*pool, log));
        co_await sleeper;
        co_await awaiter;
    });
    EXPECT_EQ(log.lines, (Lines{"1000 job", "1000 sleeper"}));
}

TEST(SimExecutor, LetsWorkersGoOnWhileTheLoopIsBusyAndTellsItAtTheNextPoll) {
    SimEngine engine;
    const auto pool = make_executor(engine, "pool", 1);
    Log log{engine, {}};
    run_main(engine, [&]() -> Coro<> {
        auto task = spawn(job(*pool, log, "a", 1s));
        auto next = spawn(job(*pool, log, "b", 1s));
        co_await yield_now();
        log("busy");
        engine.pass_virtual_time(1500ms);
        log("free");
        co_await task;
        co_await next;
    });
    EXPECT_EQ(log.lines, (Lines{"0 busy", "0 a starts", "1000 a ends", "1000 b starts", "1500 free",
                                "1500 a resumes", "2000 b ends", "2000 b resumes"}));
}

TEST(SimExecutor, CompletesTheFutureInTheIterationThatPollsAndResumesTheTaskInTheNext) {
    SimEngine engine;
    const auto pool = make_executor(engine, "pool", 1);
    std::vector<std::string> order;
    run_main(engine, [&]() -> Coro<> {
        const Ref<Job> work = make_job([] {});
        pool->submit(work);
        auto waiter = spawn([](Job& j, std::vector<std::string>& o) -> Coro<> {
            co_await Await<FutureWait>(j);
            o.push_back("resumed");
        }(*work, order));
        EXPECT_FALSE(work->done());
        co_await yield_now();  // this iteration's poll starts and ends the job; its completion stands behind
                               // main
        order.push_back(work->done() ? "done" : "pending");
        co_await yield_now();
        order.push_back(work->done() ? "done" : "pending");
        co_await waiter;
    });
    EXPECT_EQ(order, (std::vector<std::string>{"pending", "done", "resumed"}));
}

TEST(SimExecutor, NumbersWorkersFromTwoInOrderOfStartAndPrefersTheLowestIdle) {
    SimEngine engine;
    const auto pool = make_executor(engine, "pool", 3);
    const auto other = make_executor(engine, "other", 3);
    run_main(engine, [&]() -> Coro<> {
        EXPECT_EQ(thread_id(engine), 1u);
        EXPECT_EQ(pool->workers_alive(), 0u);
        const auto number = [&] {
            const uint64_t id = thread_id(engine);
            block(1s);
            return id;
        };
        EXPECT_EQ(co_await offload(*pool, number), 2u);
        EXPECT_EQ(co_await offload(*pool, number), 2u);
        EXPECT_EQ(co_await offload(*other, number), 3u);
        auto a = make_job(number), b = make_job(number);
        pool->submit(a);
        EXPECT_EQ(pool->workers_alive(), 1u);
        pool->submit(b);
        EXPECT_EQ(pool->workers_alive(), 2u);
        co_await Await<FutureWait>(*a);
        co_await Await<FutureWait>(*b);
        EXPECT_EQ(*static_cast<uint64_t*>(a->result_address()), 2u);
        EXPECT_EQ(*static_cast<uint64_t*>(b->result_address()), 4u);
        EXPECT_EQ(co_await offload(*pool, number), 2u);
    });
}

TEST(SimExecutor, HasThirtyTwoWorkersByDefault) {
    SimEngine engine;
    EXPECT_EQ(make_executor(engine, "pool")->workers(), 32u);
}

TEST(SimExecutor, NeverRunsAJobThatWasCancelledBeforeAWorkerTookIt) {
    SimEngine engine;
    const auto pool = make_executor(engine, "pool", 1);
    int ran = 0;
    run_main(engine, [&]() -> Coro<> {
        const Ref<Job> at_once = make_job([&] { ++ran; });
        pool->submit(at_once);
        at_once->cancel(std::nullopt);
        const Ref<Job> holds = make_job([] { block(1s); });
        const Ref<Job> queued = make_job([&] { ++ran; });
        pool->submit(holds);
        pool->submit(queued);
        co_await sleep_for(500ms);
        queued->cancel(std::nullopt);
        co_await Await<FutureWait>(*holds);
        co_await offload(*pool, [] { block(1s); });
    });
    EXPECT_EQ(ran, 0);
    EXPECT_EQ(engine.now().time_since_epoch(), 2s);
}

TEST(SimExecutor, CancelsTheAwaitingTaskAtOnceWhileTheJobGoesOn) {
    SimEngine engine;
    const auto pool = make_executor(engine, "pool", 1);
    Log log{engine, {}};
    run_main(engine, [&]() -> Coro<> {
        auto task = spawn(job(*pool, log, "a", 2s));
        co_await sleep_for(1s);
        task->cancel(std::nullopt);
        try {
            co_await task;
        } catch (const Exception&) {
            log("cancelled");
        }
        co_await offload(*pool, [&] { log("b starts"); });
    });
    EXPECT_EQ(log.lines, (Lines{"0 a starts", "1000 cancelled", "2000 a ends", "2000 b starts"}));
}

TEST(SimExecutor, PassesAnErrorOn) {
    SimEngine engine;
    const auto pool = make_executor(engine, "pool", 1);
    run_main(engine, [&]() -> Coro<> {
        try {
            co_await offload(*pool, [] { throw Exception(errors::value(), "late"); });
            ADD_FAILURE() << "nothing was raised";
        } catch (const Exception& e) {
            EXPECT_EQ(e.error()->message(), "late");
        }
    });
}

TEST(SimExecutor, FinishesWhatItHoldsAfterTheRunOnTheVirtualClock) {
    SimEngine engine;
    const auto pool = make_executor(engine, "pool", 1);
    int ran = 0;
    run_main(engine, [&]() -> Coro<> {
        for (int i = 0; i < 3; ++i) {
            pool->submit(make_job([&] {
                block(1s);
                ++ran;
            }));
        }
        co_return;
    });
    EXPECT_EQ(engine.now().time_since_epoch(), 0s);
    EXPECT_TRUE(pool->finish());
    EXPECT_EQ(ran, 3);
    EXPECT_EQ(engine.now().time_since_epoch(), 3s);
    EXPECT_EQ(pool->workers_alive(), 0u);
}

TEST(SimExecutor, EndsIdleWorkersAtCloseAndOthersAfterTheirJobs) {
    SimEngine engine;
    const auto pool = make_executor(engine, "pool", 2);
    run_main(engine, [&]() -> Coro<> {
        const Ref<Job> slow = make_job([] { block(2s); });
        const Ref<Job> fast = make_job([] { block(1s); });
        pool->submit(slow);
        pool->submit(fast);
        co_await Await<FutureWait>(*fast);
        EXPECT_EQ(pool->workers_alive(), 2u);
        pool->close();
        EXPECT_EQ(pool->workers_alive(), 1u);
        EXPECT_THROW(pool->submit(make_job([] {})), Exception);
        co_await Await<FutureWait>(*slow);
        EXPECT_EQ(pool->workers_alive(), 0u);
    });
}

TEST(SimExecutor, WakesAParkedJobAtTheInstantOfTheCall) {
    SimEngine engine;
    const auto pool = make_executor(engine, "pool", 2);
    Log log{engine, {}};
    VirtualWorker* parked = nullptr;
    run_main(engine, [&]() -> Coro<> {
        const Ref<Job> consumer = make_job([&] {
            parked = this_worker->on_virtual_clock();
            EXPECT_EQ(parked->park(), VirtualWorker::Wake::unparked);
            log("woken by a job");
            EXPECT_EQ(parked->park(engine.now() + 1s), VirtualWorker::Wake::deadline);
            log("deadline");
            EXPECT_EQ(parked->park(engine.now() + 5s), VirtualWorker::Wake::unparked);
            log("woken by the loop");
        });
        const Ref<Job> producer = make_job([&] {
            block(1s);
            EXPECT_EQ(this_worker->executor().workers_parked(), 1u);
            EXPECT_TRUE(parked->unpark());
            EXPECT_FALSE(parked->unpark());
            log("producer goes on");
        });
        pool->submit(consumer);
        pool->submit(producer);
        co_await sleep_for(3s);
        EXPECT_TRUE(parked->unpark());
        log("loop goes on");
        co_await Await<FutureWait>(*consumer);
        EXPECT_FALSE(parked->unpark());
    });
    EXPECT_EQ(log.lines, (Lines{"1000 producer goes on", "1000 woken by a job", "2000 deadline",
                                "3000 loop goes on", "3000 woken by the loop"}));
}

TEST(SimExecutor, SaysWhenJobsAreParkedForGood) {
    SimEngine engine;
    auto wake = VirtualWorker::Wake::unparked;
    {
        const auto pool = make_executor(engine, "pool", 1);
        const auto end = run_main(engine, [&]() -> Coro<> {
            co_await offload(*pool, [&] { wake = this_worker->on_virtual_clock()->park(); });
        });
        EXPECT_EQ(end, Engine::End::idle);
        EXPECT_EQ(pool->workers_parked(), 1u);
        EXPECT_FALSE(pool->finish());
    }
    EXPECT_EQ(wake, VirtualWorker::Wake::abandoned);
}

TEST(SimExecutor, BlocksTheLoopUntilAWorkerActs) {
    SimEngine engine;
    const auto pool = make_executor(engine, "pool", 1);
    run_main(engine, [&]() -> Coro<> {
        bool put = false;
        pool->submit(make_job([&] {
            block(1s);
            put = true;
            block(1s);
        }));
        EXPECT_TRUE(wait_on_workers(engine, [&] { return put; }));
        EXPECT_EQ(engine.now().time_since_epoch(), 1s);
        EXPECT_TRUE(wait_on_workers(
            engine, [] { return false; }, engine.now() + 500ms));
        EXPECT_EQ(engine.now().time_since_epoch(), 1500ms);
        EXPECT_FALSE(wait_on_workers(engine, [] { return false; }));
        co_return;
    });
}

TEST(SimExecutor, EndsJobsThatAnInterruptionCutsOff) {
    SimEngine engine;
    bool went_on = true;
    int ran = 0;
    {
        const auto pool = make_executor(engine, "pool", 2);
        const auto end = run_main(engine, [&]() -> Coro<> {
            pool->submit(make_job([&] { went_on = this_worker->on_virtual_clock()->pass_time(10s); }));
            pool->submit(make_job([&] {
                block(1s);
                engine.interrupt();
            }));
            pool->submit(make_job([&] { ++ran; }));
            co_await sleep_for(20s);
        });
        EXPECT_EQ(end, Engine::End::interrupted);
    }
    EXPECT_FALSE(went_on);
    EXPECT_EQ(ran, 0);
}

TEST(SimExecutor, KeepsTheOrderOfPostsAndCompletions) {
    class Noted final : public ReadyItem {
      public:
        Noted(std::vector<std::string>& o, std::string t) : order(o), text(std::move(t)) {}
        void run() noexcept override { order.push_back(text); }
        std::vector<std::string>& order;
        std::string text;
    };
    SimEngine engine;
    const auto pool = make_executor(engine, "pool", 3);
    std::vector<std::string> order;
    Noted at_two(order, "posted at 2"), at_one(order, "posted at 1");
    run_main(engine, [&]() -> Coro<> {
        const auto note = [&](std::string text, Duration length, ReadyItem* post) {
            return spawn([](Executor& p, std::vector<std::string>& o, std::string t, Duration l,
                            ReadyItem* i) -> Coro<> {
                const Ref<Job> work = make_job([l, i] {
                    block(l);
                    if (i) this_thread.engine->post(*i);
                });
                p.submit(work);
                co_await Await<FutureWait>(*work);
                o.push_back(t);
            }(*pool, order, std::move(text), length, post));
        };
        auto a = note("a", 1s, &at_one);
        auto b = note("b", 2s, &at_two);
        auto c = note("c", 3s, nullptr);
        co_await yield_now();
        engine.pass_virtual_time(4s);
        co_await a;
        co_await b;
        co_await c;
    });
    EXPECT_EQ(order, (std::vector<std::string>{"posted at 1", "posted at 2", "a", "b", "c"}));
}

TEST(SimExecutor, LetsWorkersRunOnWhileAPassIsCharged) {
    SimEngine engine(1ms);
    const auto pool = make_executor(engine, "pool", 1);
    Duration ended{};
    run_main(engine, [&]() -> Coro<> {
        co_await offload(*pool, [&] {
            block(1500us);
            ended = engine.now().time_since_epoch();
        });
    });
    EXPECT_EQ(ended, 2500us);
}

}  // namespace
}  // namespace asyncrun
