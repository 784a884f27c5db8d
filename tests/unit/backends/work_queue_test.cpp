// SPDX-License-Identifier: MIT
#include "engine/backends/threads/work_queue.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

class Counted final : public ReadyItem {
  public:
    void run() noexcept override { taken.fetch_add(1, std::memory_order_relaxed); }
    std::atomic<int> taken = 0;
};

TEST(WorkQueue, IsFirstInFirstOutAlsoWhenItGrows) {
    for (const bool shared : {false, true}) {
        WorkQueue queue(shared);
        std::vector<Counted> items(10'000);
        size_t pushed = 0, popped = 0;
        while (popped < items.size()) {
            for (int i = 0; i < 7 && pushed < items.size(); ++i) queue.push(items[pushed++]);
            for (int i = 0; i < 3 && popped < items.size(); ++i) {
                ReadyItem* item = queue.pop();
                if (!item) break;
                ASSERT_EQ(item, &items[popped++]);
            }
        }
        EXPECT_TRUE(queue.empty());
        EXPECT_EQ(queue.pop(), nullptr);
    }
}

TEST(WorkQueue, GivesTheOlderHalfToAThief) {
    WorkQueue victim(true), thief(true);
    std::vector<Counted> items(11);
    for (Counted& item : items) victim.push(item);
    uint64_t moved = 0;
    EXPECT_EQ(thief.steal_half(victim, moved), &items[0]);
    EXPECT_EQ(moved, 6u);
    for (size_t i = 1; i < 6; ++i) EXPECT_EQ(thief.pop(), &items[i]);
    EXPECT_EQ(thief.pop(), nullptr);
    for (size_t i = 6; i < 11; ++i) EXPECT_EQ(victim.pop(), &items[i]);
    EXPECT_EQ(thief.steal_half(victim, moved), nullptr);
}

TEST(WorkQueue, LosesAndDoublesNothingWhileThievesSteal) {
    constexpr int thieves = 3;
    constexpr size_t count = 200'000;
    WorkQueue queue(true);
    std::vector<Counted> items(count);
    std::atomic<size_t> taken = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < thieves; ++i) {
            threads.emplace_back([&] {
                WorkQueue own(true);
                while (taken < count) {
                    uint64_t moved = 0;
                    ReadyItem* item = own.steal_half(queue, moved);
                    if (!item) std::this_thread::yield();
                    for (; item; item = own.pop()) {
                        item->run();
                        ++taken;
                    }
                }
            });
        }
        for (size_t i = 0; i < count; ++i) {
            queue.push(items[i]);
            // Now short, now long, so that the ring grows while it is stolen from.
            if (i % 3 == 0 && i / 20'000 % 2 == 0) {
                if (ReadyItem* item = queue.pop()) {
                    item->run();
                    ++taken;
                }
            }
        }
        while (ReadyItem* item = queue.pop()) {
            item->run();
            ++taken;
        }
    }
    for (const Counted& item : items) ASSERT_EQ(item.taken, 1);
}

}  // namespace
}  // namespace asyncrun
