// SPDX-License-Identifier: MIT
#include "engine/sync/task_group.h"

#include "tests/unit/sync/sim_run.h"

#include <gtest/gtest.h>

namespace asyncrun::test {
namespace {

std::string members(const Error& error) {
    std::string text = SimRun::text(error) + " [";
    for (size_t i = 0; i < error.members().size(); ++i) {
        text +=
            (i > 0 ? ", " : "") + (error.members()[i]->members().empty() ? SimRun::text(*error.members()[i])
                                                                         : members(*error.members()[i]));
    }
    return text + "]";
}
template <class Make>
Coro<std::string> group_outcome(Make make) {
    try {
        co_await make();
    } catch (const Exception& e) {
        co_return members(*e.error());
    }
    co_return "";
}
Coro<int> after(Duration delay, int value) {
    co_await sleep_for(delay);
    co_return value;
}
Coro<> crash_after(Duration delay, std::string text) {
    co_await sleep_for(delay);
    throw Exception(errors::value(), text);
}
Coro<> sleep_and_say(SimRun& run, std::string token) {
    try {
        co_await sleep_for(10s);
    } catch (const Exception&) {
        run.say(token);
        throw;
    }
}

TEST(TaskGroup, WaitsForItsTasksAndTakesAHandCancelledOneForNoError) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        TaskHandle<int> a;
        TaskHandle<int> b;
        co_await with_task_group([&](TaskGroup& g) -> Coro<> {
            a = g.create_task(after(1s, 42));
            b = g.create_task(after(100ms, 11));
            co_await yield_now();
            a->cancel({});
        });
        EXPECT_EQ(r.now(), 100ms);
        r.say("a cancelled " + word(a->is_cancelled()) + ", b " + std::to_string(b.result()));
    }(run));
    EXPECT_EQ(run.log, Log{"a cancelled True, b 11"});
}

TEST(TaskGroup, CancelsTheOthersAndTheBodyWhenATaskFails) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        r.say(co_await group_outcome([&] {
            return with_task_group([&](TaskGroup& g) -> Coro<> {
                g.create_task(sleep_and_say(r, "kid cancelled"));
                g.create_task(crash_after(10ms, "x"));
                co_await sleep_and_say(r, "body cancelled");
            });
        }));
        r.say("cancelling " + std::to_string(this_thread.task->cancelling()));
    }(run));
    EXPECT_EQ(run.log,
              (Log{"kid cancelled", "body cancelled",
                   "ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception) [ValueError: x]",
                   "cancelling 0"}));
}

TEST(TaskGroup, PassesAnOuterCancelOnAfterItsTasksHaveEnded) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto outer = spawn([](SimRun& r2) -> Coro<> {
            co_await with_task_group([&](TaskGroup& g) -> Coro<> {
                for (int i = 0; i < 3; ++i) g.create_task(sleep_and_say(r2, "kid " + std::to_string(i)));
                co_return;
            });
        }(r));
        co_await sleep_for(1ms);
        outer->cancel({});
        r.say(co_await outcome_of([&] { return outer; }));
        EXPECT_TRUE(outer->is_cancelled());
    }(run));
    EXPECT_EQ(run.log, (Log{"kid 0", "kid 1", "kid 2", "CancelledError"}));
}

TEST(TaskGroup, PrefersErrorsOfItsTasksToAnOuterCancel) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto outer = spawn([](SimRun& r2) -> Coro<> {
            r2.say(co_await group_outcome([&] {
                return with_task_group([&](TaskGroup& g) -> Coro<> {
                    for (int i = 0; i < 2; ++i) {
                        g.create_task([]() -> Coro<> {
                            const auto how = co_await outcome_of([] { return sleep_for(10s); });
                            throw Exception(errors::value(), how);
                        }());
                    }
                    co_await sleep_for(10s);
                });
            }));
        }(r));
        co_await sleep_for(1ms);
        outer->cancel({});
        co_await outer;
    }(run));
    EXPECT_EQ(run.log, Log{"ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions) "
                           "[ValueError: CancelledError, ValueError: CancelledError]"});
}

// CPython's TestTaskGroup.test_taskgroup_13 and 14.
TEST(TaskGroup, InsideAnotherReportsOnceOrAsAGroupInAGroup) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        for (const bool outer_crashes : {true, false}) {
            r.say(co_await group_outcome([&] {
                return with_task_group([&](TaskGroup& g1) -> Coro<> {
                    g1.create_task(crash_after(outer_crashes ? 100ms : 10s, "outer"));
                    co_await with_task_group([&](TaskGroup& g2) -> Coro<> {
                        g2.create_task(crash_after(outer_crashes ? 10s : 100ms, "inner"));
                        co_return;
                    });
                });
            }));
        }
    }(run));
    EXPECT_EQ(
        run.log,
        (Log{"ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception) [ValueError: outer]",
             "ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception) "
             "[ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception) [ValueError: inner]]"}));
}

TEST(TaskGroup, PutsTheBodysErrorLast) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        r.say(co_await group_outcome([&] {
            return with_task_group([&](TaskGroup& g) -> Coro<> {
                g.create_task([]() -> Coro<> {
                    const auto how = co_await outcome_of([] { return sleep_for(10s); });
                    throw Exception(errors::value(), "kid " + how);
                }());
                co_await yield_now();
                throw Exception(errors::value(), "body");
            });
        }));
    }(run));
    EXPECT_EQ(run.log, Log{"ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions) "
                           "[ValueError: kid CancelledError, ValueError: body]"});
}

TEST(TaskGroup, TakesNoTasksBeforeItIsEnteredWhileItShutsDownAndAfterItsEnd) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        TaskGroup group;
        auto refused = [&] {
            try {
                group.create_task(after(1ms, 1));
            } catch (const Exception& e) {
                r.say(SimRun::text(*e.error()));
            }
        };
        refused();
        group.enter(*this_thread.task);
        group.create_task(crash_after(1ms, "x"));
        group.create_task([](decltype(refused)& again) -> Coro<> {
            co_await outcome_of([] { return sleep_for(10s); });
            again();
        }(refused));
        const auto how = co_await outcome_of([&] { return group.exit(nullptr); });
        r.say(how);
        TaskGroup other;
        other.enter(*this_thread.task);
        co_await other.exit(nullptr);
        try {
            other.create_task(after(1ms, 1));
        } catch (const Exception& e) {
            r.say(SimRun::text(*e.error()));
        }
        try {
            other.enter(*this_thread.task);
        } catch (const Exception& e) {
            r.say(SimRun::text(*e.error()));
        }
    }(run));
    EXPECT_EQ(run.log,
              (Log{"RuntimeError: TaskGroup <TaskGroup> has not been entered",
                   "RuntimeError: TaskGroup <TaskGroup tasks=1 errors=1 cancelling> is shutting down",
                   "ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)",
                   "RuntimeError: TaskGroup <TaskGroup entered> is finished",
                   "RuntimeError: TaskGroup <TaskGroup entered> has already been entered"}));
}

TEST(TaskGroup, TakesTasksDuringItsExitWhileOthersLive) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        co_await with_task_group([&](TaskGroup& g) -> Coro<> {
            g.create_task([](SimRun& r2, TaskGroup& group) -> Coro<> {
                co_await sleep_for(1ms);
                group.create_task(after(1ms, 2));
                r2.say("added");
            }(r, g));
            co_return;
        });
        EXPECT_EQ(r.now(), 2ms);
    }(run));
    EXPECT_EQ(run.log, Log{"added"});
}

TEST(TaskGroup, IsLeftTwoIterationsAfterItsLastTaskEnded) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        uint64_t ended = 0;
        co_await with_task_group([&](TaskGroup& g) -> Coro<> {
            g.create_task([](SimRun& r2, uint64_t& pass) -> Coro<> {
                co_await yield_now();
                pass = r2.pass();
            }(r, ended));
            co_return;
        });
        EXPECT_EQ(r.pass(), ended + 2);
        const uint64_t before = r.pass();
        co_await with_task_group([](TaskGroup&) -> Coro<> { co_return; });
        EXPECT_EQ(r.pass(), before);
    }(run));
}

TEST(TaskGroup, IsFreedWhenTheRunIsAbandoned) {
    SimRun run;
    EXPECT_EQ(run.run([](SimRun&) -> Coro<> {
        co_await with_task_group([](TaskGroup& g) -> Coro<> {
            g.create_task([]() -> Coro<> { co_await Await<Sleep>(never); }());
            co_return;
        });
    }(run)),
              Engine::End::idle);
}

}  // namespace
}  // namespace asyncrun::test
