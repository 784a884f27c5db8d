// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace asyncrun {

/// Whether more than one thread may touch counted objects now. One-thread runs count without atomic operations
/// (a locked add costs about 6 ns here, a plain one nothing measurable).
/// Set while a ParallelSection lives; every thread that touches counted objects must start and end within one.
inline constinit std::atomic<int> parallel_sections{0};
inline bool parallel() noexcept { return parallel_sections.load(std::memory_order_relaxed) != 0; }

/// Keeps reference counts atomic and primitives locked for its lifetime. Whoever starts threads that share counted
/// objects holds one from before the first thread starts until after the last was joined.
class ParallelSection {
  public:
    ParallelSection() noexcept { parallel_sections.fetch_add(1, std::memory_order_seq_cst); }
    ~ParallelSection() { parallel_sections.fetch_sub(1, std::memory_order_seq_cst); }
    ParallelSection(const ParallelSection&) = delete;
    ParallelSection& operator=(const ParallelSection&) = delete;
};

/// An intrusive reference count, atomic only inside a ParallelSection.
class RefCount {
  public:
    void retain() noexcept {
        if (parallel()) {
            count_.fetch_add(1, std::memory_order_relaxed);
        } else {
            count_.store(count_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        }
    }
    /// True when the last reference is gone: the caller destroys the object.
    [[nodiscard]] bool release() noexcept {
        if (parallel()) return count_.fetch_sub(1, std::memory_order_acq_rel) == 1;
        const uint32_t left = count_.load(std::memory_order_relaxed) - 1;
        count_.store(left, std::memory_order_relaxed);
        return left == 0;
    }
    uint32_t value() const noexcept { return count_.load(std::memory_order_relaxed); }

  private:
    std::atomic<uint32_t> count_{1};
};

/// A counted pointer to a T that has `void retain() noexcept` and `void release() noexcept` (which frees it at zero).
template <class T>
class Ref {
  public:
    Ref() noexcept = default;
    Ref(std::nullptr_t) noexcept {}
    /// Shares: takes one more reference.
    explicit Ref(T* object) noexcept : object_(object) {
        if (object_) object_->retain();
    }
    /// Takes over the reference that the caller owns (a new object starts with one).
    static Ref adopt(T* object) noexcept {
        Ref r;
        r.object_ = object;
        return r;
    }
    Ref(const Ref& other) noexcept : Ref(other.object_) {}
    Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    template <class U>
        requires std::is_convertible_v<U*, T*>
    Ref(const Ref<U>& other) noexcept : Ref(other.get()) {}
    template <class U>
        requires std::is_convertible_v<U*, T*>
    Ref(Ref<U>&& other) noexcept : object_(other.detach()) {}
    Ref& operator=(Ref other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~Ref() {
        if (object_) object_->release();
    }
    T* get() const noexcept { return object_; }
    T& operator*() const noexcept { return *object_; }
    T* operator->() const noexcept { return object_; }
    explicit operator bool() const noexcept { return object_ != nullptr; }
    /// Gives the reference up to the caller.
    [[nodiscard]] T* detach() noexcept { return std::exchange(object_, nullptr); }
    friend bool operator==(const Ref& a, const Ref& b) noexcept { return a.object_ == b.object_; }

  private:
    T* object_ = nullptr;
};

template <class T, class... Args>
Ref<T> make_ref(Args&&... args) {
    return Ref<T>::adopt(new T(std::forward<Args>(args)...));
}

/// A counted object with a virtual destructor, for what is not on a hot path.
class Counted {
  public:
    Counted() = default;
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    void retain() noexcept { count_.retain(); }
    void release() noexcept {
        if (count_.release()) delete this;
    }
    uint32_t references() const noexcept { return count_.value(); }

  protected:
    virtual ~Counted() = default;

  private:
    RefCount count_;
};

}  // namespace asyncrun
