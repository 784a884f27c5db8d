// SPDX-License-Identifier: MIT
#pragma once

namespace asyncrun {

class Runtime;

/// An object that keeps itself alive until something happens on the loop: a gather whose children still run,
/// a handle whose callback waits for its turn. The runtime lists them, so that a run that is abandoned can
/// free them.
class SelfOwned {
  public:
    SelfOwned(const SelfOwned&) = delete;
    SelfOwned& operator=(const SelfOwned&) = delete;

  protected:
    SelfOwned() = default;
    ~SelfOwned() = default;

    /// Lists the object. It holds a reference to itself from now on. Any thread.
    void begin_owning(Runtime& runtime) noexcept;
    /// Takes it off the list; false if the run was abandoned first. If true, the caller drops the object's
    /// reference to itself.
    bool end_owning() noexcept;
    /// The run is over and what the object waited for never comes: drop the reference to itself, touch
    /// nothing else.
    virtual void abandon() noexcept = 0;

  private:
    friend class Runtime;
    Runtime* owner_ = nullptr;
    SelfOwned* previous_ = nullptr;
    SelfOwned* next_ = nullptr;
};

}  // namespace asyncrun
