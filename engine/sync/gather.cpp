// SPDX-License-Identifier: MIT
#include "engine/sync/gather.h"

namespace asyncrun {

Ref<GatherFuture> GatherFuture::make(size_t arguments, bool return_exceptions) {
    // The object's own reference is the one that let_go() drops.
    return Ref<GatherFuture>(new GatherFuture(arguments, return_exceptions));
}

void GatherFuture::add(Ref<FutureBase> future) {
    const bool fresh = seen_.insert(*future);
    Child& child = Watch::add(std::move(future));
    if (!fresh) return;
    left_.retain();
    follow(child);
}

void GatherFuture::start() noexcept {
    if (left_.release() && !done()) finish();
    settle();
}

void GatherFuture::discard() noexcept {
    complete(State::cancelled, make_error(errors::cancelled()));
    start();
}

bool GatherFuture::cancel(const CancelMessage& message) {
    if (done()) return false;
    // Tasks may wait for each other in a circle that leads through here: a request that comes back is on its way already.
    if (passing_on_.exchange(true, std::memory_order_acq_rel)) return true;
    // Set before the children can end on another thread.
    const bool before = cancel_requested_.exchange(true, std::memory_order_acq_rel);
    bool any = false;
    for (size_t i = 0; i < size(); ++i) any |= child(i).cancel(message);
    if (!any && !before) cancel_requested_.store(false, std::memory_order_release);
    passing_on_.store(false, std::memory_order_release);
    return any;
}

void GatherFuture::completed(Child& child) noexcept {
    FutureBase& future = *child.future;
    const bool last = left_.release();
    if (done()) {
        if (!future.is_cancelled()) future.mark_retrieved();
        return;
    }
    if (!return_exceptions_) {
        if (future.error()) {
            if (!future.is_cancelled()) future.mark_retrieved();
            complete(State::failed, future.take_error());
            return;
        }
    }
    if (last) finish();
}

void GatherFuture::finish() noexcept {
    for (size_t i = 0; i < size(); ++i) {
        if (!child(i).is_cancelled()) child(i).mark_retrieved();
    }
    if (cancel_requested_.load(std::memory_order_acquire)) {
        // As in CPython, with the message of the last argument.
        FutureBase& last = child(size() - 1);
        complete(State::failed, last.is_cancelled() ? last.take_error() : make_error(errors::cancelled()));
    } else {
        complete(State::finished, nullptr);
    }
}

Ref<GatherFuture> gather_outcomes(std::span<const Ref<FutureBase>> futures) {
    auto future = GatherFuture::make(futures.size(), true);
    for (const auto& f : futures) future->add(f);
    future->start();
    return future;
}

}  // namespace asyncrun
