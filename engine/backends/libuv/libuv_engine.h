// SPDX-License-Identifier: MIT
#pragma once

#include "engine/backends/one_thread_engine.h"

#include <memory>

namespace asyncrun {

/// libuv's loop under asyncio's order: its own timers (a heap, whole milliseconds), its async handle for
/// other threads, its polls for I/O. What libuv's callbacks report is only collected; nothing of the program
/// runs inside uv_run.
///
/// Never early: libuv compares whole milliseconds, so deadlines are rounded up, on the absolute time line.
/// Timers that libuv reports together are put in order of (deadline, sequence). A busy loop enters uv_run
/// when a timer is due or after so many items, as the other engines enter the kernel.
class LibuvEngine final : public OneThreadEngine {
  public:
    LibuvEngine();
    ~LibuvEngine() override;

    /// The version of the library that is linked, as `1.44.2`.
    static const char* library_version() noexcept;

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
    bool pending() const noexcept override;
    void poll(bool block) override;
    void queue_due_timers() override;
    void wake() noexcept override;

  private:
    struct Loop;
    Capabilities capabilities_;
    std::unique_ptr<Loop> loop_;
};

}  // namespace asyncrun
