// SPDX-License-Identifier: MIT
#pragma once

#include "engine/backends/one_thread_engine.h"
#include "engine/backends/timer_queue.h"
#include "engine/runtime/adaptive_spin.h"

namespace asyncrun {

struct Readiness;

/// A loop of our own on epoll: nanosecond waits (epoll_pwait2), one eventfd for other threads, edge-triggered
/// registration once per descriptor.
/// Sets the thread's timer slack to 1 ns while it runs (Linux's default rounds each sleep by 50 µs).
class EpollEngine final : public OneThreadEngine {
  public:
    EpollEngine();
    ~EpollEngine() override;

    /// Why this kernel cannot run it; empty if it can.
    static std::string unavailable();

    const Capabilities& capabilities() const noexcept override { return capabilities_; }
    TimePoint now() const noexcept override;
    End run() override;
    void start_timer(Timer& timer) override;
    bool cancel_timer(Timer& timer) noexcept override;
    void open_io(IoHandle& handle) override;
    void close_io(IoHandle& handle) noexcept override;
    bool start_io(IoOperation& operation) override;
    void cancel_io(IoOperation& operation) noexcept override;

  protected:
    bool pending() const noexcept override { return !timers_.empty() || io_pending_ > 0; }
    void poll(bool block) override;
    void queue_due_timers() override;
    void wake() noexcept override;

  private:
    void wait(const struct timespec* timeout);
    /// Tries a waiting operation again, if there is one.
    void advance(IoOperation* waiting, Readiness& readiness) noexcept;
    void complete(IoOperation& operation, int64_t result) noexcept;

    Capabilities capabilities_;
    Duration epoch_;
    int epoll_ = -1;
    int wakeup_ = -1;
    TimerQueue timers_;
    size_t io_waiting_ = 0;  ///< operations under way
    size_t io_pending_ = 0;  ///< those of them that keep the loop from being idle
    AdaptiveSpin spin_;
};

}  // namespace asyncrun
