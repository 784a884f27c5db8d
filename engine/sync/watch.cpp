// SPDX-License-Identifier: MIT
#include "engine/sync/watch.h"

#include "engine/runtime/runtime.h"

namespace asyncrun {

Watch::Watch(size_t capacity) : children_(capacity > 0 ? new Child[capacity] : nullptr) {
    begin_owning(*this_thread.runtime);
}

Watch::Child& Watch::add(Ref<FutureBase> future) noexcept {
    Child& child = children_[size_++];
    child.future = std::move(future);
    child.watch = this;
    return child;
}

void Watch::follow(Child& child) noexcept {
    hold();
    child.future->add_callback(child);
}

bool Watch::unfollow(Child& child) noexcept {
    if (!child.future->remove_callback(child)) return false;
    drop();
    return true;
}

}  // namespace asyncrun
