// SPDX-License-Identifier: MIT
#include "engine/sync/shield.h"

#include "engine/runtime/runtime.h"

namespace asyncrun {

Ref<ShieldFuture> ShieldFuture::make(Ref<FutureBase> inner) {
    Ref<ShieldFuture> outer(new ShieldFuture(std::move(inner)));  // the second reference is its own
    outer->begin_owning(*this_thread.runtime);
    outer->on_inner_.shield = outer.get();
    outer->on_outer_.shield = outer.get();
    outer->open_.retain();
    outer->add_callback(outer->on_outer_);
    outer->inner_->add_callback(outer->on_inner_);
    return outer;
}

bool ShieldFuture::cancel(const CancelMessage& message) {
    return !done() && complete(State::cancelled, make_cancelled_error(message));
}

void ShieldFuture::inner_done() noexcept {
    if (is_cancelled()) {
        if (!inner_->is_cancelled()) inner_->mark_retrieved();
    } else if (inner_->is_cancelled()) {
        complete(State::cancelled, make_error(errors::cancelled()));
    } else {
        inner_->mark_retrieved();
        if (Error* failure = inner_->error()) {
            complete(State::failed, ErrorRef(failure));
        } else {
            complete(State::finished, nullptr);
        }
    }
    drop();
}

void ShieldFuture::outer_done() noexcept {
    if (!inner_->done() && inner_->remove_callback(on_inner_)) drop();
    drop();
}

}  // namespace asyncrun
