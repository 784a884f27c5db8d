// SPDX-License-Identifier: MIT
#include "engine/interpreter/operations.h"
#include "engine/interpreter/recursion.h"
#include "engine/interpreter/text_format.h"
#include "engine/interpreter/unicode.h"

#include <algorithm>

namespace asyncrun {
namespace {

int64_t list_index(const Value& index, const char* what) {
    if (!index.is_integral()) {
        raise_error("TypeError", std::string(what) + " indices must be integers" +
                                     (std::string_view(what) == "list" ? " or slices" : "") + ", not " +
                                     (std::string_view(what) == "list" ? "" : "'") + type_name(index) +
                                     (std::string_view(what) == "list" ? "" : "'"));
    }
    return index.integer();
}

int64_t bound(const Value& value, int64_t absent, int64_t size) {
    if (value.is_none()) return absent;
    if (!value.is_integral()) {
        raise_error("TypeError", "slice indices must be integers or None or have an __index__ method");
    }
    int64_t i = value.integer();
    if (i < 0) i = i < -size ? 0 : i + size;
    return std::min(i, size);
}

}  // namespace

Value subscript(const Value& container, const Value& index) {
    switch (container.kind()) {
        case Kind::list: return container.list().at(list_index(index, "list"));
        case Kind::string: {
            const StringObject& s = container.string();
            int64_t i = list_index(index, "string");
            if (i < 0) i += s.length();
            if (i < 0 || i >= s.length()) raise_error("IndexError", "string index out of range");
            return Value(s.slice(i, i + 1));
        }
        case Kind::dict: {
            hash_value(index);
            if (const Value* found = container.dict().find(index)) return *found;
            raise_error("KeyError", index.is_string() ? index.text() : to_repr(index));
        }
        default: raise_error("TypeError", "'" + type_name(container) + "' object is not subscriptable");
    }
}

Value slice(const Value& container, const Value& begin, const Value& end) {
    if (container.is_list()) {
        const int64_t size = container.list().size();
        const int64_t from = bound(begin, 0, size);
        return container.list().slice(from, std::max(from, bound(end, size, size)));
    }
    if (container.is_string()) {
        const int64_t size = container.string().length();
        const int64_t from = bound(begin, 0, size);
        return Value(container.string().slice(from, std::max(from, bound(end, size, size))));
    }
    if (container.is_dict()) raise_error("TypeError", "unhashable type: 'slice'");
    raise_error("TypeError", "'" + type_name(container) + "' object is not subscriptable");
}

void store_item(const Value& container, const Value& index, Value item) {
    if (!container.is_list()) {
        raise_error("TypeError", "'" + type_name(container) + "' object does not support item assignment");
    }
    container.list().set(list_index(index, "list"), std::move(item));
}

int64_t length(const Value& value) {
    switch (value.kind()) {
        case Kind::string: return value.string().length();
        case Kind::list: return value.list().size();
        case Kind::dict: return static_cast<int64_t>(value.dict().entries().size());
        default:
            if (value.is_handle()) return as_index(value.handle().query(StateQuery::length));
            raise_error("TypeError", "object of type '" + type_name(value) + "' has no len()");
    }
}

int64_t as_index(const Value& value) {
    if (!value.is_integral()) {
        raise_error("TypeError", "'" + type_name(value) + "' object cannot be interpreted as an integer");
    }
    return value.integer();
}

double as_number(const Value& value) {
    if (!value.is_number()) raise_error("TypeError", "must be real number, not " + type_name(value));
    return value.number();
}

Iteration::Iteration(Value iterable) : source_(std::move(iterable)) {
    if (!source_.is_list() && !source_.is_string() && !source_.is_dict()) {
        raise_error("TypeError", "'" + type_name(source_) + "' object is not iterable");
    }
}

bool Iteration::next_other(Value& out) {
    const auto at = static_cast<size_t>(position_);
    if (source_.is_string()) {
        const std::string& text = source_.text();
        if (at >= text.size()) return false;
        const size_t n = unicode::sequence_length(text, at);
        out = Value(std::string_view(text).substr(at, n));
        position_ += static_cast<int64_t>(n);
        return true;
    }
    const auto& entries = source_.dict().entries();
    if (at >= entries.size()) return false;
    out = entries[at].first;
    ++position_;
    return true;
}

size_t Iteration::size_hint() const {
    return static_cast<size_t>(std::min<int64_t>(source_.is_list() ? source_.list().size() : 0, 4096));
}

void unpack(const Value& value, size_t count, Value* out) {
    if (!value.is_list() && !value.is_string() && !value.is_dict()) {
        raise_error("TypeError", "cannot unpack non-iterable " + type_name(value) + " object");
    }
    Iteration items(value);
    std::vector<Value> unpacked(count);  // nothing is assigned unless everything fits
    for (size_t i = 0; i < count; ++i) {
        if (!items.next(unpacked[i])) {
            raise_error("ValueError", "not enough values to unpack (expected " + std::to_string(count) +
                                          ", got " + std::to_string(i) + ")");
        }
    }
    Value rest;
    if (items.next(rest)) {
        raise_error("ValueError", "too many values to unpack (expected " + std::to_string(count) + ")");
    }
    std::move(unpacked.begin(), unpacked.end(), out);
}

bool is_plain(const Value& value) {
    if (value.is_handle() || value.is_exception() || value.is_unbound()) return false;
    RecursionGuard guard("a nested value");
    if (value.is_list()) {
        ListObject::Range range;
        if (value.list().as_range(range)) return true;
        Value item;
        for (int64_t i = 0; value.list().get(i, item); ++i) {
            if (!is_plain(item)) return false;
        }
    }
    if (value.is_dict()) {
        for (const auto& [key, item] : value.dict().entries()) {
            if (!is_plain(key) || !is_plain(item)) return false;
        }
    }
    return true;
}

}  // namespace asyncrun
