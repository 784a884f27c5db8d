// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/future.h"
#include "engine/runtime/ref.h"
#include "engine/runtime/self_owned.h"

#include <cstddef>
#include <memory>

namespace asyncrun {

/// Follows several futures to their end, each with a callback that takes its own turn on the loop: what
/// `gather`, `wait` and `as_completed` share. Keeps itself alive while a callback is outstanding, so that one
/// that comes late, perhaps on another thread, finds it.
class Watch : public SelfOwned {
  public:
    /// One future that is followed.
    class Child final : public DoneCallback {
      public:
        Ref<FutureBase> future;
        Watch* watch = nullptr;
        bool flag = false;  ///< for the deriving type

        void run() noexcept override { watch->arrived(*this); }
    };

    size_t size() const noexcept { return size_; }
    FutureBase& future(size_t index) const noexcept { return *children_[index].future; }
    const Ref<FutureBase>& future_ref(size_t index) const noexcept { return children_[index].future; }

  protected:
    /// For up to `capacity` children. On a thread of the run. Lives at least until settle().
    explicit Watch(size_t capacity);
    ~Watch() = default;

    Child& child(size_t index) const noexcept { return children_[index]; }
    Child& add(Ref<FutureBase> future) noexcept;
    /// Has completed() called when the child's future is done, in the iteration after that.
    void follow(Child& child) noexcept;
    /// True if completed() will not be called any more for this child; otherwise it was or will be.
    bool unfollow(Child& child) noexcept;
    /// One more reason to stay alive, and one less. The object may be gone after drop().
    void hold() noexcept { open_.retain(); }
    void drop() noexcept {
        if (open_.release() && end_owning()) let_go();
    }
    /// Everything to be followed is: from now on only outstanding callbacks keep it alive.
    void settle() noexcept { drop(); }

    /// A child's future is done. On the loop, no lock held.
    virtual void completed(Child& child) noexcept = 0;
    /// Drops the reference to itself.
    virtual void let_go() noexcept = 0;

  private:
    void arrived(Child& child) noexcept {
        completed(child);
        drop();
    }
    void abandon() noexcept override { let_go(); }

    std::unique_ptr<Child[]> children_;
    size_t size_ = 0;
    RefCount open_;
};

}  // namespace asyncrun
