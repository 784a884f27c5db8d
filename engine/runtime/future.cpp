// SPDX-License-Identifier: MIT
#include "engine/runtime/future.h"

namespace asyncrun {

void FutureBase::add_callback(DoneCallback& callback) noexcept {
    {
        ParallelGuard guard(lock_);
        if (!done()) {
            if (callbacks_) {
                callback.next_callback = callbacks_->next_callback;
                callbacks_->next_callback = &callback;
            } else {
                callback.next_callback = &callback;
            }
            callbacks_ = &callback;
            return;
        }
    }
    callback.fire();
}

bool FutureBase::remove_callback(DoneCallback& callback) noexcept {
    ParallelGuard guard(lock_);
    if (done() || !callbacks_) return false;
    DoneCallback* before = callbacks_;
    do {
        DoneCallback* candidate = before->next_callback;
        if (candidate == &callback) {
            if (candidate == before) {
                callbacks_ = nullptr;
            } else {
                before->next_callback = candidate->next_callback;
                if (callbacks_ == candidate) callbacks_ = before;
            }
            return true;
        }
        before = candidate;
    } while (before != callbacks_);
    return false;
}

ErrorRef FutureBase::take_error() noexcept {
    Error* const failure = error();
    if (!failure) return nullptr;
    if (message_.load(std::memory_order_relaxed) != Message::lasting) [[unlikely]] {
        if (message_.exchange(Message::taken, std::memory_order_relaxed) == Message::taken) {
            return make_error(errors::cancelled());
        }
    }
    return ErrorRef(failure);
}

ErrorRef FutureBase::lasting_error() const noexcept {
    if (message_.load(std::memory_order_relaxed) != Message::lasting) return make_error(errors::cancelled());
    return ErrorRef(error());
}

bool FutureBase::complete(State state, ErrorRef error) noexcept {
    DoneCallback* last;
    {
        ParallelGuard guard(lock_);
        if (done()) return false;
        last = callbacks_;
        error_ = error.detach();
        state_.store(state, std::memory_order_release);
    }
    if (last) fire_all(last);
    return true;
}

void FutureBase::fire_all(DoneCallback* last) noexcept {
    // Firing may free a callback, and with parallel engines another thread may run it at once: read the link
    // first.
    DoneCallback* callback = last->next_callback;
    for (;;) {
        DoneCallback* next = callback->next_callback;
        const bool end = callback == last;
        callback->fire();
        if (end) return;
        callback = next;
    }
}

}  // namespace asyncrun
