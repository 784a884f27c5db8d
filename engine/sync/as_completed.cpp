// SPDX-License-Identifier: MIT
#include "engine/sync/as_completed.h"

#include "engine/sync/future_set.h"

namespace asyncrun {

Ref<AsCompleted> AsCompleted::make(std::span<const Ref<FutureBase>> futures,
                                   std::optional<Duration> timeout) {
    Ref<AsCompleted> all(new AsCompleted(futures.size()));  // the second reference is the object's own
    FutureSet seen(futures.size());
    for (const auto& f : futures) {
        if (seen.insert(*f)) all->add(f).flag = true;  // to do
    }
    all->left_ = all->turns();
    const TimePoint now = timeout ? this_thread.engine->now() : TimePoint{};
    all->limited_ = timeout && all->left_ > 0 && *timeout < never - now;
    if (all->limited_) {
        all->limit_.all = all.get();
        all->limit_.deadline = now + *timeout;
        all->hold();
        this_thread.engine->start_timer(all->limit_);
    }
    // The timer was made first only here: it cannot be due before the next iteration, and no callback runs
    // before either.
    for (size_t i = 0; i < all->turns(); ++i) all->follow(all->child(i));
    all->settle();
    return all;
}

void AsCompleted::completed(Child& child) noexcept {
    bool last;
    {
        ParallelGuard guard(lock_);
        if (!child.flag) return;  // the timeout was here first
        child.flag = false;
        last = --left_ == 0;
    }
    done_.put_nowait(child.future);
    if (last && limited_ && this_thread.engine->cancel_timer(limit_)) drop();
}

void AsCompleted::expire() noexcept {
    size_t rest;
    {
        ParallelGuard guard(lock_);
        rest = left_;
        left_ = 0;
    }
    for (size_t i = 0; rest > 0 && i < turns(); ++i) {
        bool mine;
        {
            ParallelGuard guard(lock_);
            mine = child(i).flag;
            child(i).flag = false;
        }
        if (!mine) continue;
        unfollow(child(i));
        done_.put_nowait(nullptr);
    }
    drop();
}

Wait AsCompletedNext::outcome(Wait wait, ErrorRef& error) {
    if (wait != Wait::done) return wait;
    future_ = get_.result();
    if (!future_) {
        error = make_error(errors::timeout());
        return Wait::failed;
    }
    future_->mark_retrieved();
    error = future_->take_error();
    return error ? Wait::failed : Wait::done;
}

}  // namespace asyncrun
