// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/error.h"
#include "engine/runtime/ready_queue.h"
#include "engine/runtime/ref.h"
#include "engine/runtime/spin_lock.h"
#include "engine/runtime/this_thread.h"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

namespace asyncrun {

/// The text that a cancellation may carry, as in `Task.cancel(msg)`.
using CancelMessage = std::optional<std::string>;

/// The CancelledError of a cancellation.
inline ErrorRef make_cancelled_error(const CancelMessage& message) {
    ErrorRef error = make_error(errors::cancelled(), message.value_or(""));
    error->text_given = message.has_value();
    return error;
}

/// Called when a future completes. Lives with its owner; linked into one future at a time.
class DoneCallback : public ReadyItem {
  public:
    DoneCallback* next_callback = nullptr;  ///< the future's link

    /// The future completed: make something ready, nothing more. By default the callback itself takes a turn
    /// on the loop.
    virtual void fire() noexcept { schedule(*this); }

  protected:
    DoneCallback() = default;
    ~DoneCallback() = default;
};

/// What tasks, futures, gathers and shields have in common: pending until it finishes, fails or is cancelled,
/// once, and a FIFO of callbacks that completion makes ready (CPython, futures.py). Counted; the final type
/// frees it. A future that is no task never stands in the ready queue itself, so its run() does nothing.
class FutureBase : public ReadyItem {
  public:
    enum class State : uint8_t { pending, finished, failed, cancelled };

    State state() const noexcept { return state_.load(std::memory_order_acquire); }
    bool done() const noexcept { return state() != State::pending; }
    bool is_cancelled() const noexcept { return state() == State::cancelled; }

    /// Requests cancellation: false if it is done. What that means is the type's affair.
    virtual bool cancel(const CancelMessage& message) = 0;

    /// Adds a callback behind the others; fires it at once if the future is done.
    void add_callback(DoneCallback& callback) noexcept;
    /// Takes a callback back. False if it was never added, has fired, or is about to fire on another thread.
    /// O(callbacks).
    bool remove_callback(DoneCallback& callback) noexcept;

    /// The error of a failed or cancelled future, else null. Does not count as retrieving it.
    Error* error() const noexcept { return done() ? error_ : nullptr; }
    /// What whoever awaits it or asks for its result gets: error(), but the message of a task's cancellation goes to the
    /// first who asks, and the others get a bare CancelledError (futures.py `_make_cancelled_error`).
    ErrorRef take_error() noexcept;
    /// error() without a message that only the first who asks may get: what gather puts among its results.
    ErrorRef lasting_error() const noexcept;
    /// Where the result of a finished future lies: a `T` for the T that its maker knows; null for void.
    virtual void* result_address() noexcept { return nullptr; }
    /// Somebody looked at the outcome: a failure is then not reported as lost.
    void mark_retrieved() noexcept { retrieved_.store(true, std::memory_order_relaxed); }
    bool retrieved() const noexcept { return retrieved_.load(std::memory_order_relaxed); }

    void run() noexcept override {}

    void retain() noexcept { references_.retain(); }
    void release() noexcept {
        if (references_.release()) destroy();
    }

  protected:
    FutureBase() noexcept : callbacks_(nullptr) {}
    FutureBase(const FutureBase&) = delete;
    FutureBase& operator=(const FutureBase&) = delete;
    ~FutureBase() {
        if (done() && error_) error_->release();
    }
    /// Frees the object; the last reference is gone.
    virtual void destroy() noexcept = 0;

    /// Ends the pending state and fires the callbacks in order. False if it had ended before.
    bool complete(State state, ErrorRef error) noexcept;
    /// complete(finished), where nothing runs in parallel and the state is pending.
    void complete_alone() noexcept {
        DoneCallback* last = callbacks_;
        error_ = nullptr;
        state_.store(State::finished, std::memory_order_release);
        if (last) fire_all(last);
    }
    SpinLock& lock() const noexcept { return lock_; }
    /// Before complete(): the message of the cancellation is for the first who asks.
    void give_message_once() noexcept { message_.store(Message::once, std::memory_order_relaxed); }

  private:
    enum class Message : uint8_t { lasting, once, taken };

    /// `last` of the circular list.
    static void fire_all(DoneCallback* last) noexcept;
    union {
        DoneCallback* callbacks_;  ///< while pending: the last of a circular list, or null
        Error* error_;             ///< afterwards: owned, or null
    };
    RefCount references_;
    std::atomic<State> state_{State::pending};
    std::atomic<bool> retrieved_{false};
    std::atomic<Message> message_{Message::lasting};
    mutable SpinLock lock_;
};

/// `loop.create_future()`: completed by hand. Counted: make it with make_ref.
template <class T>
class Future final : public FutureBase {
  public:
    /// InvalidStateError `invalid state` if it is done.
    void set_result(T value) {
        if (done()) throw Exception(errors::invalid_state(), "invalid state");
        value_.emplace(std::move(value));
        if (!complete(State::finished, nullptr)) throw Exception(errors::invalid_state(), "invalid state");
    }
    void set_exception(ErrorRef error) {
        if (!complete(State::failed, std::move(error)))
            throw Exception(errors::invalid_state(), "invalid state");
    }
    bool cancel(const CancelMessage& message) override {
        if (done()) return false;
        return complete(State::cancelled, make_cancelled_error(message));
    }
    void* result_address() noexcept override { return value_ ? &*value_ : nullptr; }

  private:
    void destroy() noexcept override { delete this; }
    std::optional<T> value_;
};

}  // namespace asyncrun
