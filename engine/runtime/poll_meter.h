// SPDX-License-Identifier: MIT
#pragma once

#include "engine/measure/clock.h"
#include "engine/measure/histogram.h"
#include "engine/runtime/ready_queue.h"

#include <cstdint>

namespace asyncrun {

/// Times how long items run (`poll.time`), at a cost that does not show. Two clock readings cost more than the cheapest
/// items, so a busy loop times one item of `sampling` and counts it that often; the first items after a wait are all
/// timed, since a wait costs hundreds of times more. One thread.
class PollMeter {
  public:
    static constexpr uint32_t sampling = 64;

    explicit PollMeter(bool enabled = true) noexcept : enabled_(enabled) {}

    void run(ReadyItem& item) noexcept {
        if (--countdown_ != 0) [[likely]] {
            item.run();
        } else {
            run_timed(item);
        }
    }
    /// The loop has waited: time what comes next.
    void waited() noexcept {
        if (!enabled_ || timed_left_ == each_after_wait) return;
        timed_left_ = each_after_wait;
        countdown_ = weight_ = 1;
    }
    /// Adds what was measured to `histogram` and begins anew.
    void move_to(Histogram& histogram) {
        histogram.merge(durations_);
        durations_ = Histogram();
    }

  private:
    static constexpr uint32_t each_after_wait = 64;

    [[gnu::noinline]] void run_timed(ReadyItem& item) noexcept {
        if (!enabled_) {
            countdown_ = UINT32_MAX;
            item.run();
            return;
        }
        const int64_t before = monotonic_ns();
        item.run();
        durations_.record(monotonic_ns() - before, weight_);
        if (timed_left_ > 0) {
            --timed_left_;
            weight_ = 1;
        } else {
            weight_ = sampling;
        }
        countdown_ = weight_;
    }

    uint32_t countdown_ = 1;
    uint32_t weight_ = 1;
    uint32_t timed_left_ = each_after_wait;
    const bool enabled_;
    Histogram durations_;
};

}  // namespace asyncrun
