// SPDX-License-Identifier: MIT
#include "engine/sync/queue.h"

#include "tests/unit/sync/sim_run.h"

#include <gtest/gtest.h>

namespace asyncrun::test {
namespace {

Coro<> get_and_say(SimRun& run, Queue<std::string>& queue, std::string name) {
    try {
        const std::string item = co_await queue.get();
        run.say(name + item);
    } catch (const Exception& e) {
        run.say("cancelled");
        throw;
    }
}
Coro<> put(Queue<std::string>& queue, std::string item) { co_await queue.put(item); }

// CPython's QueueGetTests.test_get_cancelled_race.
TEST(Queue, SkipsACancelledGetter) {
    SimRun run;
    Queue<std::string> queue;
    run.run([](SimRun& r, Queue<std::string>& q) -> Coro<> {
        auto a = spawn(get_and_say(r, q, "a "));
        auto b = spawn(get_and_say(r, q, ""));
        co_await yield_now();
        EXPECT_EQ(q.waiting(), 2u);
        a->cancel({});
        co_await yield_now();
        r.say("a done " + word(a->done()));
        q.put_nowait("x");
        co_await yield_now();
        EXPECT_TRUE(b->done());
    }(run, queue));
    EXPECT_EQ(run.log, (Log{"cancelled", "a done True", "x"}));
}

// CPython's QueuePutTests.test_get_cancel_drop_one_pending_reader.
TEST(Queue, LosesNoItemToAWokenGetterThatIsCancelled) {
    SimRun run;
    Queue<std::string> queue;
    run.run([](SimRun& r, Queue<std::string>& q) -> Coro<> {
        auto reader = spawn(get_and_say(r, q, ""));
        co_await yield_now();
        q.put_nowait("1");
        q.put_nowait("2");
        reader->cancel({});
        co_await outcome_of([&] { return reader; });
        r.say(q.get_nowait());
        r.say(q.get_nowait());
    }(run, queue));
    EXPECT_EQ(run.log, (Log{"cancelled", "1", "2"}));
}

// CPython's QueuePutTests.test_get_cancel_drop_many_pending_readers.
TEST(Queue, PassesTheWakeUpOfACancelledGetterOn) {
    SimRun run;
    Queue<std::string> queue;
    run.run([](SimRun& r, Queue<std::string>& q) -> Coro<> {
        auto a = spawn(get_and_say(r, q, "a"));
        auto b = spawn(get_and_say(r, q, "b"));
        auto c = spawn(get_and_say(r, q, "c"));
        co_await yield_now();
        q.put_nowait("1");
        q.put_nowait("2");
        a->cancel({});
        for (int i = 0; i < 3; ++i) co_await yield_now();
        EXPECT_TRUE(a->is_cancelled() && b->done() && c->done());
    }(run, queue));
    EXPECT_EQ(run.log, (Log{"cancelled", "b1", "c2"}));
}

// CPython's QueuePutTests.test_put_cancelled_race.
TEST(Queue, NeverTakesTheItemOfACancelledPutter) {
    SimRun run;
    Queue<std::string> queue(1);
    run.run([](SimRun& r, Queue<std::string>& q) -> Coro<> {
        auto a = spawn(put(q, "a"));
        auto b = spawn(put(q, "b"));
        auto c = spawn(put(q, "X"));
        co_await yield_now();
        r.say(word(a->done()) + " " + word(b->done()));
        c->cancel({});
        co_await yield_now();
        EXPECT_TRUE(c->done());
        r.say(q.get_nowait());
        co_await yield_now();
        r.say(q.get_nowait());
        r.say("empty " + word(q.empty()));
        co_await b;
    }(run, queue));
    EXPECT_EQ(run.log, (Log{"True False", "a", "b", "empty True"}));
}

// CPython's _QueueJoinTestMixin.
TEST(Queue, IsJoinedWhenEveryItemIsFinished) {
    SimRun run;
    Queue<int> queue;
    run.run([](SimRun& r, Queue<int>& q) -> Coro<> {
        co_await q.join();
        r.say("join on empty returns");
        try {
            q.task_done();
        } catch (const Exception& e) {
            r.say(SimRun::text(*e.error()));
        }
        int sum = 0;
        auto worker = [](Queue<int>& q2, int& total) -> Coro<> {
            for (;;) {
                total += co_await q2.get();
                q2.task_done();
            }
        };
        for (int i = 0; i < 100; ++i) q.put_nowait(i);
        auto one = spawn(worker(q, sum));
        auto two = spawn(worker(q, sum));
        co_await q.join();
        r.say("sum " + std::to_string(sum));
        one->cancel({});
        two->cancel({});
        const std::string how = co_await outcome_of([&] { return one; });
        r.say(how);
        EXPECT_EQ(q.unfinished(), 0u);
    }(run, queue));
    EXPECT_EQ(run.log, (Log{"join on empty returns", "ValueError: task_done() called too many times",
                            "sum 4950", "CancelledError"}));
}

TEST(Queue, LetsABargerTakeTheItemAndQueuesTheWokenGetterAgainAtTheEnd) {
    SimRun run;
    Queue<std::string> queue;
    run.run([](SimRun& r, Queue<std::string>& q) -> Coro<> {
        auto g1 = spawn(get_and_say(r, q, "g1 "));
        auto g2 = spawn(get_and_say(r, q, "g2 "));
        co_await yield_now();
        q.put_nowait("x");
        r.say("barger " + q.get_nowait());
        co_await yield_now();
        EXPECT_EQ(q.waiting_getters(), 2u);
        q.put_nowait("y");
        q.put_nowait("z");
        co_await g1;
        co_await g2;
    }(run, queue));
    EXPECT_EQ(run.log, (Log{"barger x", "g2 y", "g1 z"}));
}

TEST(Queue, LetsAPutNowaitOvertakeAWokenPutter) {
    SimRun run;
    Queue<std::string> queue(1);
    run.run([](SimRun& r, Queue<std::string>& q) -> Coro<> {
        q.put_nowait("first");
        auto putter = spawn(put(q, "putter"));
        co_await yield_now();
        EXPECT_EQ(q.waiting_putters(), 1u);
        r.say(q.get_nowait());
        q.put_nowait("barger");
        co_await yield_now();
        EXPECT_FALSE(putter->done());
        r.say(q.get_nowait());
        co_await putter;
        r.say(q.get_nowait());
    }(run, queue));
    EXPECT_EQ(run.log, (Log{"first", "barger", "putter"}));
}

TEST(Queue, ReleasesAJoinerThoughNewWorkWasPutInTheSameStep) {
    SimRun run;
    Queue<int> queue;
    run.run([](SimRun& r, Queue<int>& q) -> Coro<> {
        q.put_nowait(1);
        auto joiner = spawn([](SimRun& r2, Queue<int>& q2) -> Coro<> {
            co_await q2.join();
            r2.say("joined with unfinished " + std::to_string(q2.unfinished()));
        }(r, q));
        co_await yield_now();
        q.get_nowait();
        q.task_done();
        q.put_nowait(2);
        co_await joiner;
    }(run, queue));
    EXPECT_EQ(run.log, (Log{"joined with unfinished 1"}));
}

TEST(Queue, TakesItemsByPriorityThenArrival) {
    Queue<std::string> queue(0, QueueOrder::priority);
    queue.put_nowait("b", 2);
    queue.put_nowait("c", 2.0);
    queue.put_nowait("a", -1);
    queue.put_nowait("e", int64_t{9007199254740993});
    queue.put_nowait("d", 9007199254740992.0);
    queue.put_nowait("f", 1e300);
    Log taken;
    while (!queue.empty()) taken.push_back(queue.get_nowait());
    EXPECT_EQ(taken, (Log{"a", "b", "c", "d", "e", "f"}));
}

TEST(Queue, TakesTheNewestFirstWhenLifo) {
    Queue<std::string> queue(0, QueueOrder::lifo);
    for (int i = 0; i < 40; ++i) queue.put_nowait(std::to_string(i));
    EXPECT_EQ(queue.get_nowait(), "39");
    queue.put_nowait("new");
    EXPECT_EQ(queue.get_nowait(), "new");
    EXPECT_EQ(queue.get_nowait(), "38");
}

TEST(Queue, KeepsOrderWhileItGrows) {
    Queue<std::string> queue;
    int next = 0;
    for (int i = 0; i < 1000; ++i) {
        queue.put_nowait(std::to_string(i));
        if (i % 3 == 0) {
            EXPECT_EQ(queue.get_nowait(), std::to_string(next++));
        }
    }
    while (!queue.empty()) EXPECT_EQ(queue.get_nowait(), std::to_string(next++));
    EXPECT_EQ(next, 1000);
}

TEST(Queue, SaysWhenItIsFullOrEmpty) {
    Queue<int> queue(2);
    EXPECT_EQ(queue.max_size(), 2u);
    queue.put_nowait(1);
    EXPECT_FALSE(queue.full());
    queue.put_nowait(2);
    EXPECT_TRUE(queue.full());
    try {
        queue.put_nowait(3);
        FAIL();
    } catch (const Exception& e) {
        EXPECT_EQ(SimRun::text(*e.error()), "QueueFull");
    }
    int refused = 3;
    EXPECT_FALSE(queue.try_put(refused));
    EXPECT_EQ(queue.get_nowait(), 1);
    EXPECT_EQ(queue.get_nowait(), 2);
    try {
        queue.get_nowait();
        FAIL();
    } catch (const Exception& e) {
        EXPECT_EQ(SimRun::text(*e.error()), "QueueEmpty");
    }
    Queue<int> unbounded(-3);
    EXPECT_EQ(unbounded.max_size(), 0u);
    EXPECT_FALSE(unbounded.full());
}

}  // namespace
}  // namespace asyncrun::test
