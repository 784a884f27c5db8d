// SPDX-License-Identifier: MIT
#include "engine/sync/gather.h"

#include "tests/unit/sync/sim_run.h"

#include <gtest/gtest.h>

namespace asyncrun::test {
namespace {

using IntFuture = Ref<Future<int>>;

Ref<GatherFuture> gather_futures(const std::vector<IntFuture>& futures, bool return_exceptions = false) {
    auto gathered = GatherFuture::make(futures.size(), return_exceptions);
    for (const auto& f : futures) gathered->add(f);
    gathered->start();
    return gathered;
}
std::vector<IntFuture> make_futures(size_t count) {
    std::vector<IntFuture> futures;
    for (size_t i = 0; i < count; ++i) futures.push_back(make_ref<Future<int>>());
    return futures;
}
std::string outcomes(const GatherFuture& gathered) {
    std::string text;
    for (size_t i = 0; i < gathered.size(); ++i) {
        if (i > 0) text += ", ";
        const ErrorRef failure = gathered.failure(i);
        text += failure ? SimRun::text(*failure)
                        : std::to_string(*static_cast<int*>(gathered.child(i).result_address()));
    }
    return text;
}
Coro<> turns(int count) {
    for (int i = 0; i < count; ++i) co_await yield_now();
}

// CPython's GatherTestsBase.test_success.
TEST(Gather, GivesResultsInTheOrderOfTheArguments) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto f = make_futures(3);
        auto g = gather_futures(f);
        f[1]->set_result(1);
        co_await turns(3);
        f[2]->set_result(3);
        co_await turns(3);
        r.say("done " + word(g->done()));
        f[0]->set_result(2);
        co_await turns(1);
        EXPECT_TRUE(g->done());
        r.say(outcomes(*g));
    }(run));
    EXPECT_EQ(run.log, (Log{"done False", "2, 1, 3"}));
}

// CPython's GatherTestsBase.test_one_exception.
TEST(Gather, EndsWithTheFirstFailureInTimeAndLeavesTheOthersAlone) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto f = make_futures(3);
        auto g = gather_futures(f);
        f[0]->set_result(1);
        f[1]->set_exception(make_error(errors::value(), "b"));
        co_await turns(1);
        r.say(SimRun::text(*g->error()));
        r.say("c done " + word(f[2]->done()));
        EXPECT_FALSE(g->cancel({}));
        f[2]->set_exception(make_error(errors::value(), "late"));
        co_await turns(1);
        EXPECT_TRUE(f[2]->retrieved());  // swallowed in silence
    }(run));
    EXPECT_EQ(run.log, (Log{"ValueError: b", "c done False"}));
}

// CPython's GatherTestsBase.test_return_exceptions.
TEST(Gather, TakesExceptionsAsOutcomesWhenAsked) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto f = make_futures(4);
        auto g = gather_futures(f, true);
        f[1]->set_result(1);
        f[2]->set_exception(make_error(errors::value(), "c"));
        co_await turns(2);
        r.say("done " + word(g->done()));
        f[3]->cancel("why");
        f[0]->set_result(3);
        co_await Await<SharedWait>(g);
        r.say(outcomes(*g));
        EXPECT_EQ(g->state(), FutureBase::State::finished);
    }(run));
    EXPECT_EQ(run.log, (Log{"done False", "3, 1, ValueError: c, CancelledError: why"}));
}

// CPython's FutureGatherTests.test_one_cancellation.
TEST(Gather, FailsWithCancelledErrorWithoutBeingCancelledWhenAChildIs) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto f = make_futures(2);
        auto g = gather_futures(f);
        f[0]->cancel({});
        r.say(co_await outcome_of([&] { return Await<SharedWait>(g); }));
        r.say("cancelled " + word(g->is_cancelled()) + ", other untouched " + word(!f[1]->done()));
    }(run));
    EXPECT_EQ(run.log, (Log{"CancelledError", "cancelled False, other untouched True"}));
}

// CPython's CoroutineGatherTests.test_cancellation_broadcast.
TEST(Gather, PassesACancelOnToAllChildren) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto child = [](SimRun& r2, std::string name) -> Coro<> {
            try {
                co_await sleep_for(1h);
            } catch (const Exception&) {
                r2.say(name);
                throw;
            }
        };
        auto a = spawn(child(r, "a"));
        auto b = spawn(child(r, "b"));
        auto outer = spawn([](SimRun& r2, TaskHandle<> x, TaskHandle<> y) -> Coro<> {
            r2.say(co_await outcome_of([&] { return gather(x, y); }));
            throw Exception(errors::cancelled(), "");
        }(r, a, b));
        co_await turns(1);
        const uint64_t before = r.pass();
        outer->cancel({});
        r.say(co_await outcome_of([&] { return outer; }));
        r.say(word(a->is_cancelled() && b->is_cancelled()));
        // Children see it after one trip, the awaiter of the gather after three, its own awaiter after four.
        EXPECT_EQ(r.pass() - before, 4u);
    }(run));
    EXPECT_EQ(run.log, (Log{"a", "b", "CancelledError", "CancelledError", "True"}));
}

TEST(Gather, IsCancelledFromOutsideAlsoWhenExceptionsAreOutcomes) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto f = make_futures(2);
        auto g = gather_futures(f, true);
        EXPECT_TRUE(g->cancel("outer"));
        EXPECT_FALSE(g->done());
        r.say(co_await outcome_of([&] { return Await<SharedWait>(g); }));
        EXPECT_EQ(g->state(), FutureBase::State::failed);
    }(run));
    EXPECT_EQ(run.log, Log{"CancelledError: outer"});
}

TEST(Gather, RefusesACancelOnceAllChildrenAreDone) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto f = make_futures(1);
        auto g = gather_futures(f);
        f[0]->set_result(7);
        EXPECT_FALSE(g->cancel({}));
        co_await Await<SharedWait>(g);
        r.say(outcomes(*g));
    }(run));
    EXPECT_EQ(run.log, Log{"7"});
}

TEST(Gather, FollowsAFutureThatComesTwiceOnce) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto f = make_futures(2);
        auto g = gather_futures({f[0], f[1], f[0]});
        f[0]->set_result(1);
        f[1]->set_result(2);
        co_await Await<SharedWait>(g);
        r.say(outcomes(*g));
    }(run));
    EXPECT_EQ(run.log, Log{"1, 2, 1"});
}

TEST(Gather, OfNothingIsDoneAtOnce) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        const uint64_t before = r.pass();
        auto results = co_await gather(std::vector<TaskHandle<int>>());
        EXPECT_TRUE(results.empty());
        EXPECT_EQ(r.pass(), before);
    }(run));
}

TEST(Gather, OfFinishedTasksStillTakesTwoTrips) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto one = [](int value) -> Coro<int> { co_return value; };
        auto a = spawn(one(1));
        auto b = spawn(one(2));
        co_await turns(1);
        const uint64_t before = r.pass();
        auto results = co_await gather(a, b);
        EXPECT_EQ(results, (std::vector<int>{1, 2}));
        EXPECT_EQ(r.pass() - before, 2u);
    }(run));
}

TEST(Gather, ThatIsDiscardedLeavesItsChildrenRunning) {
    SimRun run;
    run.run([](SimRun& r) -> Coro<> {
        auto f = make_futures(1);
        {
            auto g = GatherFuture::make(2, false);
            g->add(f[0]);
            g->discard();
        }
        EXPECT_FALSE(f[0]->done());
        f[0]->set_exception(make_error(errors::value(), "x"));
        co_await turns(2);
        EXPECT_TRUE(f[0]->retrieved());
        r.say("ok");
    }(run));
    EXPECT_EQ(run.log, Log{"ok"});
}

TEST(Gather, OfManyKeepsEachResultInItsPlace) {
    SimRun run;
    run.run([](SimRun&) -> Coro<> {
        auto one = [](int value) -> Coro<int> {
            co_await sleep_for(std::chrono::nanoseconds(1000 - value));
            co_return value;
        };
        std::vector<TaskHandle<int>> tasks;
        for (int i = 0; i < 1000; ++i) tasks.push_back(spawn(one(i)));
        auto results = co_await gather(tasks);
        for (int i = 0; i < 1000; ++i) EXPECT_EQ(results[i], i);
    }(run));
}

TEST(Gather, OfTasksThatNeverEndIsFreedWithTheRun) {
    SimRun run;
    EXPECT_EQ(run.run([](SimRun&) -> Coro<> {
        auto f = make_futures(1);
        auto task = spawn([](Ref<Future<int>> future) -> Coro<> { co_await *future; }(f[0]));
        co_await gather(task);
    }(run)),
              Engine::End::idle);
}

}  // namespace
}  // namespace asyncrun::test
