// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/error.h"
#include "engine/runtime/frame_pool.h"
#include "engine/runtime/ref.h"

#include <cassert>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asyncrun {

/// What a value of the scenario language is; `kind(x)` answers with its word (kind_word).
/// Everything from `string` on lives on the heap and is counted.
enum class Kind : uint8_t {
    unbound,  ///< a local variable that no executed step assigned; never the result of an expression
    none,
    boolean,
    integer,
    real,
    string,
    list,
    dict,
    exception,
    coroutine,
    generator,
    task,
    future,
    handle,
    connection,
    task_group,
    timeout,
    event,
    lock,
    condition,
    semaphore,
    barrier,
    queue,
    set,
    executor,
    context,
    server,
};

/// The word of `kind(x)`: "none", "int", "task_group" ...
const char* kind_word(Kind kind) noexcept;

/// What every value on the heap derives from. Threads: see the concrete class; counting is as in ref.h.
class Object : public Counted, public Pooled {
  public:
    Kind kind() const noexcept { return kind_; }
    /// What `str(x)` and a log line show of a handle: its name, never an address.
    virtual std::string display() const = 0;

  protected:
    explicit Object(Kind kind) noexcept : kind_(kind) {}

  private:
    const Kind kind_;
};

class StringObject;
class ListObject;
class DictObject;
class ErrorObject;
class HandleObject;

/// A value of the scenario language in 16 bytes: numbers are held in place, the rest is a counted pointer.
/// Copying costs a reference for heap kinds only. A Value is not itself safe to change from two threads.
class Value {
  public:
    /// `none`.
    Value() noexcept : kind_(Kind::none), integer_(0) {}
    Value(std::nullptr_t) = delete;
    template <std::same_as<bool> T>
    Value(T b) noexcept : kind_(Kind::boolean), integer_(b) {}
    template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>) Value(T i)
    noexcept : kind_(Kind::integer), integer_(static_cast<int64_t>(i)) {}
    template <std::floating_point T>
    Value(T d) noexcept : kind_(Kind::real), real_(d) {}
    /// A new string. Allocates.
    explicit Value(std::string text);
    explicit Value(std::string_view text) : Value(std::string(text)) {}
    explicit Value(const char* text) : Value(std::string(text)) {}
    /// A new list of these items. Allocates.
    explicit Value(std::vector<Value> items);
    /// An exception as a value; null is `none`.
    explicit Value(ErrorRef error);
    template <std::derived_from<Object> T>
    Value(Ref<T> object) noexcept : kind_(object->kind()), object_(object.detach()) {}

    static Value unbound() noexcept {
        Value v;
        v.kind_ = Kind::unbound;
        return v;
    }

    Value(const Value& other) noexcept : kind_(other.kind_), integer_(other.integer_) {
        if (on_heap()) object_->retain();
    }
    Value(Value&& other) noexcept : kind_(other.kind_), integer_(other.integer_) { other.kind_ = Kind::none; }
    Value& operator=(const Value& other) noexcept {
        if (other.on_heap()) other.object_->retain();
        Object* const old = on_heap() ? object_ : nullptr;
        kind_ = other.kind_;
        integer_ = other.integer_;
        if (old) old->release();
        return *this;
    }
    Value& operator=(Value&& other) noexcept {
        Object* const old = on_heap() && this != &other ? object_ : nullptr;
        const Kind kind = other.kind_;
        const int64_t bits = other.integer_;
        other.kind_ = Kind::none;
        kind_ = kind;
        integer_ = bits;
        if (old) old->release();
        return *this;
    }
    ~Value() {
        if (on_heap()) object_->release();
    }

    Kind kind() const noexcept { return kind_; }
    bool on_heap() const noexcept { return kind_ >= Kind::string; }
    bool is_unbound() const noexcept { return kind_ == Kind::unbound; }
    bool is_none() const noexcept { return kind_ == Kind::none; }
    bool is_bool() const noexcept { return kind_ == Kind::boolean; }
    /// An integer proper; see is_integral for Python's view, in which a bool is one too.
    bool is_int() const noexcept { return kind_ == Kind::integer; }
    bool is_real() const noexcept { return kind_ == Kind::real; }
    bool is_integral() const noexcept { return kind_ == Kind::integer || kind_ == Kind::boolean; }
    bool is_number() const noexcept { return kind_ >= Kind::boolean && kind_ <= Kind::real; }
    bool is_string() const noexcept { return kind_ == Kind::string; }
    bool is_list() const noexcept { return kind_ == Kind::list; }
    bool is_dict() const noexcept { return kind_ == Kind::dict; }
    bool is_exception() const noexcept { return kind_ == Kind::exception; }
    /// A task, queue, event ...: what derives from HandleObject.
    bool is_handle() const noexcept { return kind_ >= Kind::coroutine; }

    // Unchecked access: the caller has looked at the kind.
    bool boolean() const noexcept { return integer_ != 0; }
    /// Of an integer, or a bool as 0 or 1.
    int64_t integer() const noexcept { return integer_; }
    double real() const noexcept { return real_; }
    /// Any number as a double, rounded to nearest.
    double number() const noexcept { return kind_ == Kind::real ? real_ : static_cast<double>(integer_); }
    Object& object() const noexcept {
        assert(on_heap());
        return *object_;
    }
    const StringObject& string() const noexcept;
    /// The text of a string.
    const std::string& text() const noexcept;
    ListObject& list() const noexcept;
    const DictObject& dict() const noexcept;
    const ErrorRef& error() const noexcept;
    HandleObject& handle() const noexcept;
    /// The object as a T, taking a reference; the caller knows the type from the kind.
    template <std::derived_from<Object> T>
    Ref<T> as() const noexcept {
        assert(on_heap());
        return Ref<T>(static_cast<T*>(object_));
    }
    /// The same object, not an equal one.
    bool same_object(const Value& other) const noexcept {
        return on_heap() && kind_ == other.kind_ && object_ == other.object_;
    }

  private:
    Kind kind_;
    union {
        int64_t integer_;
        double real_;
        Object* object_;
    };
};
static_assert(sizeof(Value) == 16);

/// Immutable text in UTF-8; length and positions count code points, as Python's. Bytes that are not UTF-8
/// (what a peer sent) count as one each. Any thread.
class StringObject final : public Object {
  public:
    explicit StringObject(std::string text);
    const std::string& text() const noexcept { return text_; }
    /// In code points.
    int64_t length() const noexcept { return length_; }
    bool is_ascii() const noexcept { return length_ == static_cast<int64_t>(text_.size()); }
    /// The byte offset of a code point, 0 <= position <= length(). O(1) for ASCII, else O(position).
    size_t offset_of(int64_t position) const noexcept;
    std::string_view slice(int64_t begin, int64_t end) const noexcept;
    std::string display() const override { return text_; }

  private:
    std::string text_;
    int64_t length_;
};

/// The most items that a list may hold in memory; beyond it MemoryError is raised instead of swapping the
/// machine.
inline constexpr int64_t max_list_items = int64_t{1} << 26;
/// The most bytes of one string.
inline constexpr size_t max_string_bytes = size_t{1} << 30;

/// A list, shared by reference as Python's. One made by `range` stays three numbers until it is changed.
/// Threads: inside a ParallelSection every operation is atomic by itself (a spinlock held for the operation);
/// items are copied out, references to them are never given. Errors: IndexError, ValueError, MemoryError as
/// Python words them.
class ListObject final : public Object {
  public:
    ListObject() noexcept : Object(Kind::list) {}
    explicit ListObject(std::vector<Value> items) noexcept : Object(Kind::list), items_(std::move(items)) {}
    /// start, start + step, ...: `count` numbers, all within 64 bits; `step` is not 0.
    static Ref<ListObject> range(int64_t start, int64_t step, int64_t count);
    ~ListObject() override;

    int64_t size() const noexcept;
    /// The item at `index`, 0 <= index; false past the end. For loops, which see items appended meanwhile.
    bool get(int64_t index, Value& out) const noexcept {
        if (parallel()) [[unlikely]]
            return get_locked(index, out);
        return get_unlocked(index, out);
    }
    /// Python's xs[index]: negative from the end, IndexError beyond.
    Value at(int64_t index) const;
    void set(int64_t index, Value item);
    void append(Value item);
    /// Removes the first equal item; ValueError if there is none.
    void remove(const Value& item);
    Value pop(int64_t index = -1);
    /// Python's xs[begin:end] with positions within 0..size() already. A range gives a range.
    Ref<ListObject> slice(int64_t begin, int64_t end) const;
    /// A copy of the items as they are now. MemoryError for a range beyond max_list_items.
    std::vector<Value> items() const;

    /// The numbers of a list that is still a range.
    struct Range {
        int64_t start = 0, step = 1, count = 0;
        int64_t operator[](int64_t i) const noexcept {
            return static_cast<int64_t>(static_cast<uint64_t>(start) +
                                        static_cast<uint64_t>(i) * static_cast<uint64_t>(step));
        }
    };
    /// True, and the range in `out`, while the list is one.
    bool as_range(Range& out) const noexcept;

    std::string display() const override;

  private:
    class Guard;
    bool get_locked(int64_t index, Value& out) const noexcept;
    bool get_unlocked(int64_t index, Value& out) const noexcept {
        if (lazy_) {
            if (static_cast<uint64_t>(index) >= static_cast<uint64_t>(range_.count)) return false;
            out = Value(range_[index]);
            return true;
        }
        if (static_cast<uint64_t>(index) >= items_.size()) return false;
        out = items_[static_cast<size_t>(index)];
        return true;
    }
    int64_t size_unlocked() const noexcept {
        return lazy_ ? range_.count : static_cast<int64_t>(items_.size());
    }
    void materialise();

    mutable std::atomic<bool> locked_{false};
    bool lazy_ = false;
    Range range_;
    std::vector<Value> items_;
};

/// A read-only dictionary in insertion order: what responses and child processes give. Any thread.
class DictObject final : public Object {
  public:
    using Entry = std::pair<Value, Value>;
    /// Keys must be distinct.
    explicit DictObject(std::vector<Entry> entries) noexcept
        : Object(Kind::dict), entries_(std::move(entries)) {}
    const std::vector<Entry>& entries() const noexcept { return entries_; }
    /// The value of an equal key, or null. O(entries).
    const Value* find(const Value& key) const;
    std::string display() const override;

  private:
    std::vector<Entry> entries_;
};

/// An exception as a value. Two values are equal when they hold the same Error.
class ErrorObject final : public Object {
  public:
    explicit ErrorObject(ErrorRef error) noexcept : Object(Kind::exception), error_(std::move(error)) {}
    const ErrorRef& error() const noexcept { return error_; }
    std::string display() const override;

  private:
    ErrorRef error_;
};

/// The state functions of the language that ask a handle: `qsize(q)` is query(StateQuery::qsize).
enum class StateQuery : uint8_t {
    qsize,
    empty,
    full,
    unfinished,
    is_set,
    locked,
    done,
    cancelled,
    cancelling,
    result,
    exception,
    name,
    code,
    waiting,
    broken,
    expired,
    when,
    length,  ///< `len(x)`
};
const char* query_word(StateQuery query) noexcept;

/// The base of what a scenario holds a handle of: tasks, queues, events, coroutine objects ... Equal only to
/// itself.
class HandleObject : public Object {
  public:
    /// Answers a state function; `result` may raise the task's own error. The default refuses with TypeError,
    /// and so should an override for the questions that it has no answer to: `return HandleObject::query(q)`.
    virtual Value query(StateQuery query) const;
    /// `item in x`. The default raises TypeError.
    virtual bool contains(const Value& item) const;

  protected:
    using Object::Object;
};

inline const StringObject& Value::string() const noexcept {
    assert(is_string());
    return static_cast<const StringObject&>(*object_);
}
inline const std::string& Value::text() const noexcept { return string().text(); }
inline ListObject& Value::list() const noexcept {
    assert(is_list());
    return static_cast<ListObject&>(*object_);
}
inline const DictObject& Value::dict() const noexcept {
    assert(is_dict());
    return static_cast<const DictObject&>(*object_);
}
inline const ErrorRef& Value::error() const noexcept {
    assert(is_exception());
    return static_cast<const ErrorObject&>(*object_).error();
}
inline HandleObject& Value::handle() const noexcept {
    assert(is_handle());
    return static_cast<HandleObject&>(*object_);
}

/// The class name that Python's messages would give: "int", "NoneType", "Task" ...
std::string type_name(const Value& value);

/// Throws asyncrun::Exception of the named builtin class, e.g. raise_error("ValueError", "boom").
[[noreturn]] void raise_error(std::string_view type, std::string message);

}  // namespace asyncrun
