// SPDX-License-Identifier: MIT
#pragma once

#include "engine/backends/sim/sim_engine.h"
#include "engine/offload/completions.h"
#include "engine/offload/worker.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace asyncrun {

/// What the virtual workers of all executors of one engine share: their numbering, their events on its clock,
/// the jobs that the loop has not learnt of yet, and whose turn it is. The loop's thread or one worker holds
/// the turn; everything here is touched by whoever holds it, so nothing needs a lock but handing it over.
class VirtualWorkers final : public VirtualSource {
  public:
    explicit VirtualWorkers(SimEngine& engine);
    ~VirtualWorkers();
    /// The engine's; made when its first executor is. Shared by its executors.
    static std::shared_ptr<VirtualWorkers> of(SimEngine& engine);
    /// Null if the engine has no executor.
    static std::shared_ptr<VirtualWorkers> find(SimEngine& engine);

    class Thread : public VirtualWorker {
      public:
        Thread(Executor& executor, VirtualWorkers& workers);
        /// Starts the system's thread, which calls `body` in its first turn.
        void start(std::function<void()> body);
        /// On the worker: gives up the turn until somebody schedules it. False if the thread is to end.
        bool rest();
        /// Makes it run at this instant, behind what is due already.
        void schedule_now() { schedule(clock_.engine_.now()); }
        /// Gives it the turn at once, and waits until it gives it back: to have every wait of an abandoned
        /// job end.
        void run_abandoned();
        /// Has an idle worker's thread end; join() waits for it.
        void quit() noexcept;
        void join();

        bool idle = false;  ///< has no job, and none is meant for it
        bool ended = false;
        bool parked() const noexcept { return parked_ && deadline_ == never; }

      protected:
        Wake wait(TimePoint deadline, bool parked) override;
        bool wake_now() override;
        TimePoint now() const noexcept override { return clock_.engine_.now(); }

      private:
        friend class VirtualWorkers;
        void schedule(TimePoint at);
        void give_turn();
        bool wait_for_turn();

        VirtualWorkers& clock_;
        std::thread thread_;
        std::condition_variable turn_came_;
        TimePoint deadline_ = never;
        uint64_t event_ = 0;  ///< its event's number while one is scheduled
        bool scheduled_ = false;
        bool parked_ = false;
        bool unparked_ = false;
        bool abandoned_ = false;
        bool quit_ = false;
    };

    /// A job has ended at this instant.
    void completed(Job& job) { completed_.push_back(&job); }
    uint64_t next_submission() noexcept { return ++submissions_; }

    TimePoint next_event() const noexcept override { return events_.empty() ? never : events_.begin()->at; }
    void advance_to(TimePoint now) override;

  private:
    struct Event {
        TimePoint at;
        uint64_t number;
        Thread* thread;
        bool operator<(const Event& other) const noexcept {
            return at != other.at ? at < other.at : number < other.number;
        }
    };
    void post_completed();
    void give_turn_to(Thread& thread);

    SimEngine& engine_;
    uint64_t last_number_ = 1;
    uint64_t events_made_ = 0;
    uint64_t submissions_ = 0;
    std::set<Event> events_;
    std::vector<Job*> completed_;  ///< at this instant
    /// One for each instant that the loop has not polled since: what a job posts itself keeps its place among
    /// them.
    std::vector<std::unique_ptr<Completions>> completions_;

    std::mutex mutex_;
    std::condition_variable loop_turn_;
    Thread* turn_ = nullptr;  ///< null: the loop's
};

}  // namespace asyncrun
