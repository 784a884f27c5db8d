// SPDX-License-Identifier: MIT
#include "engine/backends/threads/threads_engine.h"

#include "engine/backends/futex.h"
#include "engine/backends/system_call.h"
#include "engine/backends/threads/work_queue.h"
#include "engine/runtime/poll_meter.h"
#include "engine/runtime/adaptive_spin.h"
#include "engine/runtime/frame_pool.h"
#include "engine/runtime/task.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <pthread.h>

namespace asyncrun {

struct alignas(64) ThreadsEngine::Worker {
    Worker(ThreadsEngine& its_engine, unsigned its_number, bool shared)
        : engine(its_engine), number(its_number), random(its_number + 1), queue(shared) {}

    ThreadsEngine& engine;
    const unsigned number;
    uint32_t random;
    unsigned turn = 0;
    unsigned until_clock = 1;  ///< items until it looks at the clock again
    unsigned clock_interval = 1;
    TimePoint clock_seen{};
    bool owes_wake = false;  ///< it queued something and woke nobody
    bool searching = false;  ///< counted in searching_. Written by who wakes it, before it does
    AdaptiveSpin spin;
    EngineCounters counters;
    PollMeter meter;
    WorkQueue queue;
    alignas(64) std::atomic<uint32_t> parked{
        0};  ///< 1 while it sleeps or is about to; whoever sets 0 wakes it
};

namespace {

/// How many items of its own a worker runs before it takes one from outside. Prime, so as not to resonate
/// with the program's patterns (Go's scheduler takes 61 too).
constexpr unsigned injection_interval = 61;
/// A busy worker looks at the clock about this often, however long its items take.
constexpr Duration clock_period = std::chrono::microseconds(20);
constexpr unsigned longest_clock_interval = 64;
/// How often the timekeeper looks whether a busy worker sits on work that another could do.
constexpr Duration watch_period = std::chrono::milliseconds(1);

thread_local constinit void* current_worker = nullptr;

unsigned usable_cores() noexcept {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return std::max(1u, std::thread::hardware_concurrency());
    return std::max(1, CPU_COUNT(&set));
}

[[noreturn]] void no_sockets() {
    throw std::system_error(ENOTSUP, std::generic_category(), "sockets on several workers");
}

}  // namespace

ThreadsEngine::ThreadsEngine(unsigned workers) : epoch_(monotonic_now()) {
    if (workers == 0) workers = usable_cores();
    capabilities_.one_thread = false;
    capabilities_.workers = workers;
    workers_.reserve(workers);
    for (unsigned i = 0; i < workers; ++i)
        workers_.push_back(std::make_unique<Worker>(*this, i, workers > 1));
    asleep_.reserve(workers);
}

ThreadsEngine::~ThreadsEngine() = default;

TimePoint ThreadsEngine::now() const noexcept { return TimePoint(monotonic_now() - epoch_); }

Engine::End ThreadsEngine::run() {
    ending_.store(Ending::no, std::memory_order_seq_cst);
    std::vector<std::thread> threads;
    const ThreadState state{.engine = this, .runtime = this_thread.runtime, .observer = this_thread.observer};
    try {
        for (size_t i = 1; i < workers_.size(); ++i) {
            threads.emplace_back([this, i, state] {
                this_thread = state;
                pthread_setname_np(pthread_self(), ("asyncrun-" + std::to_string(i)).c_str());
                work(*workers_[i]);
                FramePool::retire_thread();
            });
        }
    } catch (...) {
        end(Ending::stopped);
        for (std::thread& t : threads) t.join();
        throw;
    }
    work(*workers_[0]);
    for (std::thread& t : threads) t.join();

    for (const auto& worker : workers_) {
        EngineCounters& own = worker->counters;
        counters.passes += own.passes;
        counters.waits += own.waits;
        counters.idle += own.idle;
        counters.steals += own.steals;
        own = {};
        worker->meter.move_to(poll_time);
    }
    poll_sampling = PollMeter::sampling;
    counters.wakeups += wakeups_.exchange(0, std::memory_order_relaxed);
    switch (ending_.load(std::memory_order_acquire)) {
        case Ending::stopped: return End::stopped;
        case Ending::idle: return End::idle;
        default: return End::interrupted;
    }
}

void ThreadsEngine::end(Ending how) noexcept {
    Ending expected = Ending::no;
    ending_.compare_exchange_strong(expected, how, std::memory_order_seq_cst);
    wake();
}

void ThreadsEngine::stop() noexcept { end(Ending::stopped); }

void ThreadsEngine::wake() noexcept {
    for (const auto& worker : workers_) unpark(*worker);
}

void ThreadsEngine::unpark(Worker& worker) noexcept {
    if (worker.parked.exchange(0, std::memory_order_seq_cst) != 0) futex_wake(worker.parked);
}

// ---- queues ----

void ThreadsEngine::schedule(ReadyItem& item) noexcept {
    auto* worker = static_cast<Worker*>(current_worker);
    if (!worker || &worker->engine != this) [[unlikely]] {
        post(item);
        return;
    }
    worker->queue.push(item);
    if (sleeping_.load(std::memory_order_seq_cst) == 0) [[likely]]
        return;
    // A single item is this worker's next anyway, and a task that yields cannot run elsewhere before its step
    // is over. Waking another worker for them would cost far more than the usual item (6 µs of CPU; a
    // contended lock is handed over at each release). Should this turn take long, the timekeeper finds them.
    const bool yields = &item == this_thread.task;
    if (!yields && worker->queue.size() > 1) {
        wake_one();
        return;
    }
    worker->owes_wake = true;
    if (!yields && !watched_.load(std::memory_order_relaxed)) wake_timekeeper();
}

void ThreadsEngine::post(ReadyItem& item) noexcept {
    injected_.push(item);
    wake_for_work();
}

ReadyItem* ThreadsEngine::take_injected(Worker& worker) {
    return injected_.take_share(workers_.size(), [&](ReadyItem& item) { worker.queue.push(item); });
}

ReadyItem* ThreadsEngine::next(Worker& worker) {
    if (++worker.turn % injection_interval == 0 && !injected_.seems_empty()) [[unlikely]] {
        if (ReadyItem* item = take_injected(worker)) return item;
    }
    if (ReadyItem* item = worker.queue.pop()) [[likely]] {
        if (std::exchange(worker.owes_wake, false) && worker.queue.size() > 0) wake_for_work();
        return item;
    }
    return injected_.seems_empty() ? nullptr : take_injected(worker);
}

bool ThreadsEngine::work_visible() const noexcept {
    if (!injected_.empty()) return true;
    return std::any_of(workers_.begin(), workers_.end(),
                       [](const auto& worker) { return !worker->queue.empty(); });
}

// ---- a worker ----

void ThreadsEngine::work(Worker& worker) {
    const ExactTimerSlack slack;
    current_worker = &worker;
    while (!ended()) {
        ReadyItem* item = next(worker);
        if (!item) [[unlikely]] {
            ++worker.counters.passes;
            item = search(worker);
            if (!item) {
                if (!park(worker)) break;
                worker.meter.waited();
                continue;
            }
        }
        if (worker.searching) [[unlikely]]
            end_search(worker);
        worker.meter.run(*item);
        if (--worker.until_clock == 0) [[unlikely]]
            look_at_clock(worker);
    }
    if (worker.searching) end_search(worker);
    current_worker = nullptr;
}

void ThreadsEngine::look_at_clock(Worker& worker) {
    // A sleeping timekeeper looks after the timers.
    if (timers_.empty() || timekeeper_.load(std::memory_order_relaxed)) {
        worker.until_clock = worker.clock_interval = 1;
        return;
    }
    const TimePoint time = now();
    const Duration since = time - worker.clock_seen;
    worker.clock_seen = time;
    if (since > clock_period) {
        worker.clock_interval = std::max(1u, worker.clock_interval / 2);
    } else if (since < clock_period / 2) {
        worker.clock_interval = std::min(longest_clock_interval, worker.clock_interval * 2);
    }
    worker.until_clock = worker.clock_interval;
    if (timers_.may_be_due(time)) timers_.run_due([this] { return now(); });
}

void ThreadsEngine::begin_search(Worker& worker) noexcept {
    if (worker.searching) return;
    worker.searching = true;
    searching_.fetch_add(1, std::memory_order_seq_cst);
}

void ThreadsEngine::end_search(Worker& worker) noexcept {
    worker.searching = false;
    // Who queued something while this worker searched woke nobody. The last to find something looks after
    // that.
    if (searching_.fetch_sub(1, std::memory_order_seq_cst) == 1 && work_visible()) wake_for_work();
}

ReadyItem* ThreadsEngine::search(Worker& worker) {
    if (!timers_.empty() && timers_.may_be_due(now()) && timers_.run_due([this] { return now(); })) {
        if (ReadyItem* item = next(worker)) return item;
    }
    if (workers_.size() > 1) {
        begin_search(worker);
        if (ReadyItem* item = steal(worker)) return item;
    }
    const auto something = [this] { return !injected_.seems_empty(); };
    if (has_external_work()) worker.spin.until(something);
    return something() ? take_injected(worker) : nullptr;
}

ReadyItem* ThreadsEngine::steal(Worker& worker) {
    worker.random ^= worker.random << 13;
    worker.random ^= worker.random >> 17;
    worker.random ^= worker.random << 5;
    const auto count = static_cast<uint32_t>(workers_.size());
    const uint32_t first = worker.random % count;
    for (uint32_t i = 0; i < count; ++i) {
        Worker& victim = *workers_[(first + i) % count];
        if (&victim == &worker) continue;
        uint64_t moved = 0;
        if (ReadyItem* item = worker.queue.steal_half(victim.queue, moved)) {
            worker.counters.steals += moved;
            return item;
        }
    }
    return nullptr;
}

// ---- sleeping ----

bool ThreadsEngine::all_is_quiet() const noexcept {
    return asleep_.size() == workers_.size() && timers_.empty() && !has_external_work() && injected_.empty();
}

void ThreadsEngine::unlist(Worker& worker) noexcept {
    std::erase(asleep_, &worker);
    sleeping_.store(static_cast<unsigned>(asleep_.size()), std::memory_order_seq_cst);
    if (timekeeper_.load(std::memory_order_relaxed) != &worker) return;
    Worker* heir = asleep_.empty() ? nullptr : asleep_.front();
    timekeeper_.store(heir, std::memory_order_seq_cst);
    if (heir) unpark(*heir);
}

bool ThreadsEngine::park(Worker& worker) {
    std::unique_lock lock(sleep_mutex_);
    worker.parked.store(1, std::memory_order_seq_cst);
    asleep_.push_back(&worker);
    sleeping_.store(static_cast<unsigned>(asleep_.size()), std::memory_order_seq_cst);
    if (worker.searching) {
        worker.searching = false;
        searching_.fetch_sub(1, std::memory_order_seq_cst);
    }
    // Declared first, looked at afterwards: whoever queues something from now on sees a sleeper and wakes it.
    while (!ended() && !work_visible()) {
        if (all_is_quiet()) {
            unlist(worker);
            lock.unlock();
            end(Ending::idle);
            return false;
        }
        Worker* nobody = nullptr;
        const bool keeps_time =
            timekeeper_.compare_exchange_strong(nobody, &worker, std::memory_order_seq_cst) ||
            nobody == &worker;
        const bool watches = keeps_time && asleep_.size() < workers_.size();
        if (keeps_time) watched_.store(watches, std::memory_order_relaxed);
        lock.unlock();

        Duration delay = watches ? watch_period : Duration::max();
        TimePoint before = now();
        if (keeps_time) {
            if (const TimePoint deadline = timers_.keep_time(before); deadline != never) {
                delay = std::min(delay, deadline - before);
            }
        }
        if (delay > Duration::zero()) {
            ++worker.counters.waits;
            futex_wait(worker.parked, 1, delay);
            const TimePoint after = now();
            worker.counters.idle += after - before;
            before = after;
        }
        lock.lock();
        if (std::find(asleep_.begin(), asleep_.end(), &worker) == asleep_.end()) return !ended();
        if (keeps_time && timers_.may_be_due(before)) break;
        // Time to look at the others, told of an earlier timer, interrupted, or for no reason.
        worker.parked.store(1, std::memory_order_seq_cst);
    }
    unlist(worker);
    return !ended();
}

void ThreadsEngine::wake_timekeeper() noexcept {
    if (Worker* keeper = timekeeper_.load(std::memory_order_seq_cst)) unpark(*keeper);
}

void ThreadsEngine::wake_one() noexcept {
    if (searching_.load(std::memory_order_seq_cst) > 0) return;
    Worker* chosen;
    {
        const std::lock_guard guard(sleep_mutex_);
        if (asleep_.empty() || searching_.load(std::memory_order_relaxed) > 0) return;
        // The last one to sleep has the warmest cache; the timekeeper keeps its post as long as there is
        // another.
        chosen = asleep_.back();
        if (chosen == timekeeper_.load(std::memory_order_relaxed) && asleep_.size() > 1)
            chosen = asleep_.end()[-2];
        unlist(*chosen);
        chosen->searching = true;
        searching_.fetch_add(1, std::memory_order_seq_cst);
    }
    wakeups_.fetch_add(1, std::memory_order_relaxed);
    unpark(*chosen);
}

// ---- timers and I/O ----

void ThreadsEngine::start_timer(Timer& timer) {
    if (timers_.start(timer)) wake_timekeeper();
}

bool ThreadsEngine::cancel_timer(Timer& timer) noexcept { return timers_.cancel(timer); }

void ThreadsEngine::open_io(IoHandle&) { no_sockets(); }
void ThreadsEngine::close_io(IoHandle&) noexcept {}
bool ThreadsEngine::start_io(IoOperation&) { no_sockets(); }
void ThreadsEngine::cancel_io(IoOperation&) noexcept {}

}  // namespace asyncrun
