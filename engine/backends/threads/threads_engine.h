// SPDX-License-Identifier: MIT
#pragma once

#include "engine/backends/threads/injection_queue.h"
#include "engine/backends/threads/shared_timers.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/ref.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace asyncrun {

/// A work-stealing pool: tasks run in parallel on several workers, the thread that calls run() being one of
/// them.
///
/// Each worker has a FIFO of its own and takes half of another's when it is empty; what comes from outside
/// waits in one injection queue that every worker looks at now and then. Workers without work sleep and are
/// woken one at a time, but not for a single item that the worker at hand runs next anyway. The first of them
/// to sleep is the timekeeper: it sleeps until the earliest deadline, and looks every millisecond whether a
/// busy worker keeps work waiting. While none sleeps, the busy ones look at the clock between items. Due
/// timers call `fire()` at once, under the timers' lock.
///
/// run() ends as idle exactly when every worker sleeps, nothing is queued, no timer is armed and no work is
/// outstanding elsewhere. Objects count as shared (ParallelSection) for the engine's whole life: tasks are
/// made before it runs.
class ThreadsEngine final : public Engine {
  public:
    /// 0 workers: one per core that this process may use.
    explicit ThreadsEngine(unsigned workers);
    ~ThreadsEngine() override;

    const Capabilities& capabilities() const noexcept override { return capabilities_; }
    TimePoint now() const noexcept override;
    End run() override;
    void stop() noexcept override;
    void schedule(ReadyItem& item) noexcept override;
    void post(ReadyItem& item) noexcept override;
    void start_timer(Timer& timer) override;
    bool cancel_timer(Timer& timer) noexcept override;
    void open_io(IoHandle& handle) override;
    void close_io(IoHandle& handle) noexcept override;
    bool start_io(IoOperation& operation) override;
    void cancel_io(IoOperation& operation) noexcept override;

  protected:
    void wake() noexcept override;

  private:
    enum class Ending : uint8_t { no, stopped, idle, interrupted };
    struct Worker;

    void work(Worker& worker);
    bool ended() const noexcept {
        return ending_.load(std::memory_order_acquire) != Ending::no ||
               interrupted().load(std::memory_order_seq_cst);
    }
    void end(Ending how) noexcept;
    /// The worker's next item from its own queue, or in its turn from outside; null if there is none.
    ReadyItem* next(Worker& worker);
    ReadyItem* take_injected(Worker& worker);
    /// Looks for work everywhere else.
    ReadyItem* search(Worker& worker);
    ReadyItem* steal(Worker& worker);
    void begin_search(Worker& worker) noexcept;
    void end_search(Worker& worker) noexcept;
    bool work_visible() const noexcept;
    /// Between items of a busy worker.
    void look_at_clock(Worker& worker);

    // ---- sleeping ----

    /// Sleeps until there may be work. False if the run ends.
    bool park(Worker& worker);
    /// Takes a sleeper off the list, under sleep_mutex_; another becomes timekeeper if it was.
    void unlist(Worker& worker) noexcept;
    bool all_is_quiet() const noexcept;
    /// Wakes one sleeping worker to search, unless one is searching already.
    void wake_one() noexcept;
    void wake_for_work() noexcept {
        if (sleeping_.load(std::memory_order_seq_cst) > 0) [[unlikely]]
            wake_one();
    }
    void wake_timekeeper() noexcept;
    static void unpark(Worker& worker) noexcept;

    const ParallelSection section_;
    Capabilities capabilities_;
    const Duration epoch_;
    std::vector<std::unique_ptr<Worker>> workers_;
    InjectionQueue injected_;
    SharedTimers timers_;

    alignas(64) std::atomic<Ending> ending_{Ending::no};
    std::atomic<unsigned> sleeping_{0};   ///< size of asleep_
    std::atomic<unsigned> searching_{0};  ///< workers that look for work, or were woken to
    std::atomic<uint64_t> wakeups_{0};
    alignas(64) std::mutex sleep_mutex_;
    std::vector<Worker*> asleep_;               ///< in order of going to sleep
    std::atomic<Worker*> timekeeper_{nullptr};  ///< the sleeper that waits for the earliest deadline
    std::atomic<bool> watched_{false};  ///< the timekeeper also looks at the busy workers now and then
};

}  // namespace asyncrun
