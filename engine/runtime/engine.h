// SPDX-License-Identifier: MIT
#pragma once

#include "engine/measure/histogram.h"
#include "engine/runtime/clock.h"
#include "engine/runtime/io.h"
#include "engine/runtime/ready_queue.h"
#include "engine/runtime/timer.h"

#include <atomic>
#include <cstdint>
#include <string>

namespace asyncrun {

/// What an engine can do: decides before a run whether a program may use it.
struct Capabilities {
    bool one_thread = true;       ///< tasks never run in parallel; order is asyncio's
    bool virtual_time = false;    ///< time passes only when told to
    bool sockets = false;         ///< the I/O operations work
    unsigned workers = 1;         ///< threads that run tasks
};

/// How often an engine entered the kernel, and how it spent its passes. Loop thread(s) write, read after the run.
struct EngineCounters {
    uint64_t passes = 0;
    uint64_t waits = 0;             ///< system calls that wait or look for events
    uint64_t wakeups = 0;           ///< times another thread woke a sleeping loop
    Duration idle{};                ///< time blocked in waits
    uint64_t steals = 0;            ///< `threads`: tasks taken from another worker
};

/// The seam: everything that differs between the implementations under test, and nothing else. Primitives, cancellation,
/// timeouts and the interpreter are written once above it.
///
/// An engine runs ReadyItems in asyncio's order: poll (I/O, posted items) → due timers by (deadline, sequence) → exactly
/// what is queued now, FIFO; what that adds runs in the next pass (CPython, base_events.py `_run_once`). Engines with
/// several threads keep FIFO per object only.
class Engine {
  public:
    enum class End : uint8_t {
        stopped,      ///< stop() was called
        idle,         ///< nothing is ready and nothing pending could ever make anything ready: a deadlock if work is left
        interrupted,  ///< interrupt() was called: time limit, signal
    };

    Engine() = default;
    virtual ~Engine() = default;
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    virtual const Capabilities& capabilities() const noexcept = 0;
    /// The engine's clock. Any thread.
    virtual TimePoint now() const noexcept = 0;

    /// Runs passes on the calling thread (and on workers of its own) until it ends; may be called again.
    virtual End run() = 0;
    /// Ends run() after the pass that is under way. From inside a running item.
    virtual void stop() noexcept = 0;
    /// Ends run() as soon as the item that runs now returns. Any thread, also a signal handler. Stays in force.
    void interrupt() noexcept {
        interrupted_.store(true, std::memory_order_seq_cst);
        wake();
    }
    /// What long-running items poll to honour interrupt().
    const std::atomic<bool>& interrupted() const noexcept { return interrupted_; }

    /// The queue that schedule() may use without a virtual call on the loop's thread; null on parallel engines.
    virtual ReadyQueue* ready_queue() noexcept { return nullptr; }
    /// Queues an item from inside the loop. Hot: see this_thread.h's schedule(), which avoids the virtual call.
    virtual void schedule(ReadyItem& item) noexcept = 0;
    /// Queues an item from any thread and wakes the loop if it sleeps; items of one thread keep their order.
    virtual void post(ReadyItem& item) noexcept = 0;

    /// Arms a timer: never early. One system call at most, none on the shared timer queue.
    virtual void start_timer(Timer& timer) = 0;
    /// Takes a timer back: true if it had not run and will not. After the return the timer may be destroyed.
    virtual bool cancel_timer(Timer& timer) noexcept = 0;

    /// Registers a descriptor before its first operation, and forgets it again (operations must have completed).
    /// Engines whose capabilities lack `sockets` refuse with std::system_error(ENOTSUP).
    virtual void open_io(IoHandle& handle) = 0;
    virtual void close_io(IoHandle& handle) noexcept = 0;
    /// Starts an operation. True: it completed at once (epoll tried and succeeded), `result` is set and nothing will be
    /// queued. False: it completes through the ready queue.
    virtual bool start_io(IoOperation& operation) = 0;
    /// Asks to end an operation early; it still completes, with -ECANCELED or with what it had reached.
    virtual void cancel_io(IoOperation& operation) noexcept = 0;

    /// Lets `amount` of virtual time pass at once, for work that holds the loop's thread. False on engines with a real
    /// clock: the caller then really works or blocks.
    virtual bool pass_virtual_time(Duration amount) {
        (void)amount;
        return false;
    }

    /// Work outside the loop that will post an item when done (an executor's job): while some is outstanding, run()
    /// waits instead of ending as idle. Begun by any thread; ended by the item that was posted, on its turn: a loop that
    /// sleeps does not notice the end.
    void begin_external_work() noexcept { external_work_.fetch_add(1, std::memory_order_relaxed); }
    void end_external_work() noexcept { external_work_.fetch_sub(1, std::memory_order_release); }

    EngineCounters counters;
    /// How long items ran. In busy stretches one of `poll_sampling` is timed, and counts that often.
    Histogram poll_time;
    uint32_t poll_sampling = 1;

  protected:
    /// Makes a loop that may be asleep look at its flags. Async-signal-safe.
    virtual void wake() noexcept = 0;
    bool has_external_work() const noexcept { return external_work_.load(std::memory_order_acquire) != 0; }

  private:
    std::atomic<bool> interrupted_{false};
    std::atomic<int64_t> external_work_{0};
};

}  // namespace asyncrun
