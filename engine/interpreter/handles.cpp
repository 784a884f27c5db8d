// SPDX-License-Identifier: MIT
#include "engine/interpreter/handles.h"

#include "engine/interpreter/session.h"

#include <cmath>

namespace asyncrun {

Value EventObject::query(StateQuery query) const {
    switch (query) {
        case StateQuery::is_set: return Value(event.is_set());
        case StateQuery::waiting: return Value(event.waiting());
        case StateQuery::name: return Value(display());
        default: return HandleObject::query(query);
    }
}

Value LockObject::query(StateQuery query) const {
    switch (query) {
        case StateQuery::locked: return Value(lock.locked());
        case StateQuery::waiting: return Value(lock.waiting());
        case StateQuery::name: return Value(display());
        default: return HandleObject::query(query);
    }
}

Value SemaphoreObject::query(StateQuery query) const {
    switch (query) {
        case StateQuery::locked: return Value(semaphore.locked());
        case StateQuery::waiting: return Value(semaphore.waiting());
        case StateQuery::name: return Value(display());
        default: return HandleObject::query(query);
    }
}

Value QueueObject::query(StateQuery query) const {
    switch (query) {
        case StateQuery::qsize: return Value(queue.size());
        case StateQuery::empty: return Value(queue.empty());
        case StateQuery::full: return Value(queue.full());
        case StateQuery::unfinished: return Value(queue.unfinished());
        case StateQuery::waiting: return Value(queue.waiting());
        case StateQuery::name: return Value(display());
        default: return HandleObject::query(query);
    }
}

Value AwaitableHandle::query(StateQuery query) const {
    FutureBase& f = future();
    switch (query) {
        case StateQuery::done: return Value(f.done());
        case StateQuery::cancelled: return Value(f.is_cancelled());
        case StateQuery::result:
            if (!f.done()) throw Exception(errors::invalid_state(), "Result is not set.");
            f.mark_retrieved();
            if (Error* error = f.error()) raise(ErrorRef(error));
            return value_of(f);
        case StateQuery::exception:
            if (!f.done()) throw Exception(errors::invalid_state(), "Exception is not set.");
            f.mark_retrieved();
            if (f.is_cancelled()) raise(ErrorRef(f.error()));
            return f.error() ? Value(ErrorRef(f.error())) : Value();
        case StateQuery::name: return Value(display());
        default: return HandleObject::query(query);
    }
}

Value TaskObject::query(StateQuery query) const {
    switch (query) {
        case StateQuery::cancelling: return Value(int64_t{task_->cancelling()});
        case StateQuery::code: return Value(task_->coroutine_name());
        default: return AwaitableHandle::query(query);
    }
}

CoroutineObject::~CoroutineObject() {
    if (!taken()) session_.note_report("never_awaited", "coroutine '" + code_.name + "' was never awaited");
}

std::vector<Value> CoroutineObject::take() {
    if (taken_.exchange(true, std::memory_order_acq_rel)) {
        throw Exception(errors::runtime(), "cannot reuse already awaited coroutine");
    }
    return std::move(arguments_);
}

Value CoroutineObject::query(StateQuery query) const {
    if (query == StateQuery::name || query == StateQuery::code) return Value(code_.name);
    return HandleObject::query(query);
}

Value TimeoutObject::query(StateQuery query) const {
    switch (query) {
        case StateQuery::expired: return Value(timeout.expired());
        case StateQuery::when: {
            const TimePoint when = timeout.when();
            return when == never ? Value() : Value(seconds(when));
        }
        default: return HandleObject::query(query);
    }
}

const Value& value_of(FutureBase& future) {
    static const Value none;
    const auto* value = static_cast<const Value*>(future.result_address());
    return value ? *value : none;
}

Value outcome_of(FutureBase& future) {
    future.mark_retrieved();
    if (Error* error = future.error()) return Value(ErrorRef(error));
    return value_of(future);
}

double seconds(TimePoint time) noexcept { return seconds(time.time_since_epoch()); }

double seconds(Duration duration) noexcept { return static_cast<double>(duration.count()) / 1e9; }

Duration to_duration(const Value& value, const char* what) {
    if (!value.is_number()) {
        raise_error("TypeError", std::string(what) + " must be a number, not " + type_name(value));
    }
    const double s = value.number();
    if (std::isnan(s)) raise_error("ValueError", std::string(what) + " must not be NaN");
    if (value.is_integral() && std::abs(s) < 9e9) return Duration{value.integer() * 1'000'000'000};
    const double ns = std::nearbyint(s * 1e9);
    if (ns >= 9.2e18) return Duration::max();
    if (ns <= -9.2e18) return Duration::min();
    return Duration{static_cast<int64_t>(ns)};
}

}  // namespace asyncrun
