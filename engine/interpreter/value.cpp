// SPDX-License-Identifier: MIT
#include "engine/interpreter/value.h"

#include "engine/interpreter/operations.h"
#include "engine/interpreter/text_format.h"
#include "engine/interpreter/unicode.h"

#include <thread>

namespace asyncrun {

void raise_error(std::string_view type, std::string message) {
    throw Exception(ErrorType::declare(type), std::move(message));
}

const char* kind_word(Kind kind) noexcept {
    switch (kind) {
        case Kind::unbound: return "unbound";
        case Kind::none: return "none";
        case Kind::boolean: return "bool";
        case Kind::integer: return "int";
        case Kind::real: return "float";
        case Kind::string: return "str";
        case Kind::list: return "list";
        case Kind::dict: return "dict";
        case Kind::exception: return "exception";
        case Kind::coroutine: return "coroutine";
        case Kind::generator: return "generator";
        case Kind::task: return "task";
        case Kind::future: return "future";
        case Kind::handle: return "handle";
        case Kind::connection: return "connection";
        case Kind::task_group: return "task_group";
        case Kind::timeout: return "timeout";
        case Kind::event: return "event";
        case Kind::lock: return "lock";
        case Kind::condition: return "condition";
        case Kind::semaphore: return "semaphore";
        case Kind::barrier: return "barrier";
        case Kind::queue: return "queue";
        case Kind::set: return "set";
        case Kind::executor: return "executor";
        case Kind::context: return "context";
        case Kind::server: return "server";
    }
    return "object";
}

std::string type_name(const Value& value) {
    switch (value.kind()) {
        case Kind::none: return "NoneType";
        case Kind::exception: return value.error()->type().name();
        case Kind::generator: return "async_generator";
        case Kind::task: return "Task";
        case Kind::future: return "Future";
        case Kind::handle: return "Handle";
        case Kind::task_group: return "TaskGroup";
        case Kind::timeout: return "Timeout";
        case Kind::event: return "Event";
        case Kind::lock: return "Lock";
        case Kind::condition: return "Condition";
        case Kind::semaphore: return "Semaphore";
        case Kind::barrier: return "Barrier";
        case Kind::queue: return "Queue";
        default: return kind_word(value.kind());
    }
}

Value::Value(std::string text) : Value(make_ref<StringObject>(std::move(text))) {}
Value::Value(std::vector<Value> items) : Value(make_ref<ListObject>(std::move(items))) {}
Value::Value(ErrorRef error) : Value() {
    if (error) *this = Value(make_ref<ErrorObject>(std::move(error)));
}

StringObject::StringObject(std::string text)
    : Object(Kind::string), text_(std::move(text)), length_(unicode::length(text_)) {}

size_t StringObject::offset_of(int64_t position) const noexcept {
    if (is_ascii()) return static_cast<size_t>(position);
    size_t at = 0;
    while (position-- > 0 && at < text_.size()) at += unicode::sequence_length(text_, at);
    return at;
}

std::string_view StringObject::slice(int64_t begin, int64_t end) const noexcept {
    if (begin >= end) return {};
    const size_t from = offset_of(begin);
    if (is_ascii()) return std::string_view(text_).substr(from, static_cast<size_t>(end - begin));
    size_t to = from;
    for (int64_t n = end - begin; n > 0 && to < text_.size(); --n) to += unicode::sequence_length(text_, to);
    return std::string_view(text_).substr(from, to - from);
}

/// Holds the list's spinlock while more than one thread may touch it. Nothing is called that could take
/// another.
class ListObject::Guard {
  public:
    explicit Guard(const ListObject& list) noexcept : list_(parallel() ? &list : nullptr) {
        if (!list_) return;
        for (int spins = 0; list_->locked_.exchange(true, std::memory_order_acquire); ++spins) {
            if (spins > 64) std::this_thread::yield();
        }
    }
    ~Guard() {
        if (list_) list_->locked_.store(false, std::memory_order_release);
    }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

  private:
    const ListObject* list_;
};

Ref<ListObject> ListObject::range(int64_t start, int64_t step, int64_t count) {
    auto list = make_ref<ListObject>();
    list->lazy_ = true;
    list->range_ = {start, step, count};
    return list;
}

ListObject::~ListObject() {
    // A list in a list in a list ... must not end in as many nested destructors: beyond some depth the items
    // are put aside, and the outermost destructor frees them one level at a time.
    static thread_local int depth = 0;
    static thread_local std::vector<std::vector<Value>> put_aside;
    if (items_.empty()) return;
    if (depth > 100) {
        put_aside.push_back(std::move(items_));
        return;
    }
    ++depth;
    items_.clear();
    if (--depth == 0) {
        while (!put_aside.empty()) {
            std::vector<Value> items = std::move(put_aside.back());
            put_aside.pop_back();
            ++depth;
            items.clear();
            --depth;
        }
    }
}

int64_t ListObject::size() const noexcept {
    Guard guard(*this);
    return size_unlocked();
}

bool ListObject::get_locked(int64_t index, Value& out) const noexcept {
    Value item;
    {
        Guard guard(*this);
        if (!get_unlocked(index, item)) return false;
    }
    out = std::move(item);  // what `out` held is freed outside the lock: its destructor may need one
    return true;
}

Value ListObject::at(int64_t index) const {
    Value item;
    bool found;
    {
        Guard guard(*this);
        found = get_unlocked(index < 0 ? index + size_unlocked() : index, item);
    }
    if (!found) raise_error("IndexError", "list index out of range");
    return item;
}

void ListObject::materialise() {
    if (!lazy_) return;
    if (range_.count > max_list_items) {
        raise_error("MemoryError", "a list of " + std::to_string(range_.count) +
                                       " items is more than the limit of " + std::to_string(max_list_items));
    }
    items_.reserve(static_cast<size_t>(range_.count));
    for (int64_t i = 0; i < range_.count; ++i) items_.emplace_back(range_[i]);
    lazy_ = false;
}

void ListObject::set(int64_t index, Value item) {
    Guard guard(*this);
    if (index < 0) index += size_unlocked();
    if (index < 0 || index >= size_unlocked())
        raise_error("IndexError", "list assignment index out of range");
    materialise();
    std::swap(items_[static_cast<size_t>(index)],
              item);  // the old item is freed after the lock: `item` outlives it
}

void ListObject::append(Value item) {
    Guard guard(*this);
    materialise();
    if (static_cast<int64_t>(items_.size()) >= max_list_items) {
        raise_error("MemoryError",
                    "a list grew beyond the limit of " + std::to_string(max_list_items) + " items");
    }
    items_.push_back(std::move(item));
}

void ListObject::remove(const Value& item) {
    Value candidate;
    for (int64_t i = 0; get(i, candidate); ++i) {
        // Compared outside the lock, because a comparison may look into other lists; taken only if still in
        // place.
        if (!equal(candidate, item)) continue;
        Guard guard(*this);
        materialise();
        const auto at = static_cast<size_t>(i);
        if (at < items_.size() && identical(items_[at], candidate)) {
            items_.erase(items_.begin() + i);  // `candidate` keeps the item alive past the lock
            return;
        }
    }
    raise_error("ValueError", "list.remove(x): x not in list");
}

Value ListObject::pop(int64_t index) {
    Guard guard(*this);
    const int64_t size = size_unlocked();
    if (size == 0) raise_error("IndexError", "pop from empty list");
    if (index < 0) index += size;
    if (index < 0 || index >= size) raise_error("IndexError", "pop index out of range");
    materialise();
    Value item = std::move(items_[static_cast<size_t>(index)]);
    items_.erase(items_.begin() + index);
    return item;
}

Ref<ListObject> ListObject::slice(int64_t begin, int64_t end) const {
    Guard guard(*this);
    end = std::min(end, size_unlocked());
    begin = std::min(begin, end);
    if (lazy_) return range(range_[begin], range_.step, end - begin);
    return make_ref<ListObject>(std::vector<Value>(items_.begin() + begin, items_.begin() + end));
}

std::vector<Value> ListObject::items() const {
    Guard guard(*this);
    if (!lazy_) return items_;
    ListObject copy;
    copy.lazy_ = true;
    copy.range_ = range_;
    copy.materialise();
    return std::move(copy.items_);
}

bool ListObject::as_range(Range& out) const noexcept {
    Guard guard(*this);
    if (lazy_) out = range_;
    return lazy_;
}

std::string ListObject::display() const {
    std::string out;
    append_repr(out, Value(Ref<ListObject>(const_cast<ListObject*>(this))));
    return out;
}

const Value* DictObject::find(const Value& key) const {
    for (const auto& [k, v] : entries_) {
        if (equal(k, key)) return &v;
    }
    return nullptr;
}

std::string DictObject::display() const {
    std::string out;
    append_repr(out, Value(Ref<DictObject>(const_cast<DictObject*>(this))));
    return out;
}

std::string ErrorObject::display() const { return error_text(*error_); }

const char* query_word(StateQuery query) noexcept {
    switch (query) {
        case StateQuery::qsize: return "qsize";
        case StateQuery::empty: return "empty";
        case StateQuery::full: return "full";
        case StateQuery::unfinished: return "unfinished";
        case StateQuery::is_set: return "is_set";
        case StateQuery::locked: return "locked";
        case StateQuery::done: return "done";
        case StateQuery::cancelled: return "cancelled";
        case StateQuery::cancelling: return "cancelling";
        case StateQuery::result: return "result";
        case StateQuery::exception: return "exception";
        case StateQuery::name: return "name";
        case StateQuery::code: return "code";
        case StateQuery::waiting: return "waiting";
        case StateQuery::broken: return "broken";
        case StateQuery::expired: return "expired";
        case StateQuery::when: return "when";
        case StateQuery::length: return "len";
    }
    return "?";
}

Value HandleObject::query(StateQuery query) const {
    raise_error("TypeError", std::string(query_word(query)) + "() does not take a value of kind '" +
                                 kind_word(kind()) + "'");
}

bool HandleObject::contains(const Value&) const {
    raise_error("TypeError", std::string("argument of type '") + kind_word(kind()) + "' is not iterable");
}

}  // namespace asyncrun
