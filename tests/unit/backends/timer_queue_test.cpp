// SPDX-License-Identifier: MIT
#include "engine/backends/timer_queue.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

using namespace std::chrono_literals;

class Mark final : public Timer {
  public:
    int number = 0;

  private:
    void fire() noexcept override {}
};

/// A timer queue beside a sorted set that does the same by simple means.
class TimerQueueAgainstASortedSet : public testing::Test {
  protected:
    using Key = std::tuple<TimePoint, uint64_t, Mark*>;

    void start(Mark& mark, TimePoint deadline) {
        mark.deadline = deadline;
        queue_.start(mark);
        expected_.insert({deadline, mark.sequence, &mark});
    }
    void cancel(Mark& mark) {
        const bool armed = expected_.erase({mark.deadline, mark.sequence, &mark}) == 1;
        EXPECT_EQ(queue_.cancel(mark), armed);
        EXPECT_EQ(mark.state, Timer::State::idle);
    }
    void pop_all_due() {
        for (;;) {
            Timer* timer = queue_.pop_due(now_);
            if (expected_.empty() || std::get<0>(*expected_.begin()) > now_) {
                ASSERT_EQ(timer, nullptr);
                return;
            }
            ASSERT_EQ(timer, std::get<2>(*expected_.begin()));
            EXPECT_EQ(timer->state, Timer::State::queued);
            timer->run();
            expected_.erase(expected_.begin());
        }
    }
    void check() {
        ASSERT_EQ(queue_.size(), expected_.size());
        ASSERT_EQ(queue_.empty(), expected_.empty());
        const TimePoint wake = queue_.next_wake();
        if (expected_.empty()) {
            EXPECT_EQ(wake, never);
        } else if (wake > now_) {
            // At most one slot later than the earliest deadline.
            EXPECT_LE(wake, std::get<0>(*expected_.begin()) + 263us);
        }
    }
    TimePoint first() const { return std::get<0>(*expected_.begin()); }

    TimerQueue queue_;
    std::set<Key> expected_;
    TimePoint now_{};
};

TEST_F(TimerQueueAgainstASortedSet, AgreesOverAHundredThousandRandomOperations) {
    for (const unsigned seed : {1u, 2u, 3u}) {
        std::mt19937_64 random(seed);
        const auto below = [&](int64_t n) {
            return static_cast<int64_t>(random() % static_cast<uint64_t>(n));
        };
        // From a nanosecond to years, so that every wheel and the overflow list get their share.
        const auto some_delay = [&] {
            return Duration(below(int64_t{1} << (1 + below(seed == 3 ? 62 : 42))));
        };
        std::vector<std::unique_ptr<Mark>> marks;
        for (int i = 0; i < 3000; ++i) marks.push_back(std::make_unique<Mark>());
        for (int i = 0; i < 100'000; ++i) {
            Mark& mark = *marks[static_cast<size_t>(below(std::ssize(marks)))];
            const int64_t what = below(100);
            if (what < 55) {
                if (!mark.armed()) start(mark, now_ + some_delay() - Duration(below(1000)));
            } else if (what < 80) {
                cancel(mark);
            } else if (what < 97) {
                now_ += Duration(below(300'000));
                pop_all_due();
            } else if (what < 99 && !expected_.empty()) {
                // As a sleeping loop does.
                now_ = std::max(now_, queue_.next_wake());
                pop_all_due();
            } else {
                // The clock jumps: a suspended machine, a long turn.
                now_ += some_delay() / 1024;
                pop_all_due();
            }
            if (i % 16 == 0) check();
            if (HasFatalFailure()) return;
        }
        for (const auto& mark : marks) cancel(*mark);
        check();
    }
}

TEST_F(TimerQueueAgainstASortedSet, AgreesWhenTheClockJumpsToEachDeadline) {
    // As the simulator does, which also starts timers before the deadline that it has looked at.
    std::mt19937_64 random(4);
    std::vector<std::unique_ptr<Mark>> marks;
    for (int i = 0; i < 2000; ++i) {
        marks.push_back(std::make_unique<Mark>());
        start(*marks.back(), now_ + Duration(static_cast<int64_t>(random() >> (1 + random() % 60))));
    }
    for (int i = 0; i < 20'000 && !expected_.empty(); ++i) {
        ASSERT_EQ(queue_.earliest(), first());
        const Duration ahead = first() - now_;
        if (i % 2 == 0 && i < 10'000) {
            Mark& mark = *marks[random() % marks.size()];
            if (!mark.armed()) start(mark, now_ + ahead / 2);
        }
        if (i % 3 == 0) cancel(*marks[random() % marks.size()]);
        if (expected_.empty()) break;
        ASSERT_EQ(queue_.earliest(), first());
        now_ = std::max(now_, first());
        pop_all_due();
        if (HasFatalFailure()) return;
        check();
    }
    EXPECT_TRUE(expected_.empty());
}

TEST_F(TimerQueueAgainstASortedSet, ReachesEveryTimerByGoingFromWakeToWake) {
    std::mt19937_64 random(5);
    std::vector<std::unique_ptr<Mark>> marks;
    for (int i = 0; i < 5000; ++i) {
        marks.push_back(std::make_unique<Mark>());
        start(*marks.back(), now_ + Duration(static_cast<int64_t>(random() % 20'000'000'000'000)));
    }
    int wakes = 0;
    while (!expected_.empty()) {
        const TimePoint wake = queue_.next_wake();
        ASSERT_GE(wake, now_);
        now_ = wake;
        pop_all_due();
        if (HasFatalFailure()) return;
        ASSERT_LT(++wakes, 20'000);
    }
}

TEST_F(TimerQueueAgainstASortedSet, WakesOnceForManyTimersThatLieCloseTogether) {
    std::vector<std::unique_ptr<Mark>> marks;
    for (int i = 0; i < 2000; ++i) {
        marks.push_back(std::make_unique<Mark>());
        start(*marks.back(), TimePoint(5s) + i * 100ns);
    }
    int wakes = 0;
    for (; !expected_.empty(); ++wakes) {
        now_ = std::max(now_, queue_.next_wake());
        pop_all_due();
        if (HasFatalFailure()) return;
    }
    EXPECT_LE(wakes, 10);
}

TEST(TimerQueue, GivesEqualDeadlinesOutInOrderOfCreation) {
    TimerQueue queue;
    std::vector<std::unique_ptr<Mark>> marks;
    for (int i = 0; i < 100; ++i) {
        marks.push_back(std::make_unique<Mark>());
        marks.back()->number = i;
        marks.back()->deadline = TimePoint(i % 2 ? Duration(1s) : Duration(1h));
        queue.start(*marks.back());
    }
    for (int i = 1; i < 100; i += 2) {
        const Timer* timer = queue.pop_due(TimePoint(1s));
        ASSERT_NE(timer, nullptr);
        EXPECT_EQ(static_cast<const Mark*>(timer)->number, i);
    }
    EXPECT_EQ(queue.pop_due(TimePoint(1h - 1ns)), nullptr);
    for (int i = 0; i < 100; i += 2) {
        const Timer* timer = queue.pop_due(TimePoint(1h));
        ASSERT_NE(timer, nullptr);
        EXPECT_EQ(static_cast<const Mark*>(timer)->number, i);
    }
    EXPECT_TRUE(queue.empty());
}

TEST(TimerQueue, IsNeverEarlyNotEvenByANanosecond) {
    for (const Duration delay :
         {1ns, Duration(1us), Duration(262'144ns), Duration(1s), Duration(73min), Duration(9h)}) {
        TimerQueue queue;
        Mark mark;
        mark.deadline = TimePoint(delay);
        queue.start(mark);
        EXPECT_EQ(queue.pop_due(TimePoint(delay - 1ns)), nullptr);
        EXPECT_EQ(queue.pop_due(TimePoint(delay)), &mark);
    }
}

}  // namespace
}  // namespace asyncrun
