// SPDX-License-Identifier: MIT
#include "engine/interpreter/builtin_functions.h"
#include "engine/interpreter/operations.h"
#include "engine/interpreter/text_format.h"
#include "engine/interpreter/unicode.h"

namespace asyncrun::builtin {
namespace {

const std::string& text_of(const Value& value, const char* function) {
    if (!value.is_string()) {
        raise_error("TypeError", std::string(function) + "() takes a str, not " + type_name(value));
    }
    return value.text();
}

void check_size(size_t size) {
    if (size > max_string_bytes) raise_error("MemoryError", "string too long");
}

std::vector<Value> split_at_blanks(std::string_view text) {
    std::vector<Value> parts;
    size_t begin = 0;
    for (size_t at = 0; at < text.size();) {
        const size_t here = at;
        if (!unicode::is_space(unicode::decode(text, at))) continue;
        if (here > begin) parts.emplace_back(text.substr(begin, here - begin));
        begin = at;
    }
    if (begin < text.size()) parts.emplace_back(text.substr(begin));
    return parts;
}

}  // namespace

Value str(Arguments arguments, Evaluation&) {
    if (arguments[0].is_string()) return std::move(arguments[0]);
    return Value(to_str(arguments[0]));
}

Value upper(Arguments arguments, Evaluation&) {
    return Value(unicode::upper(text_of(arguments[0], "upper")));
}
Value lower(Arguments arguments, Evaluation&) {
    return Value(unicode::lower(text_of(arguments[0], "lower")));
}

Value strip(Arguments arguments, Evaluation&) {
    const std::string_view text = text_of(arguments[0], "strip");
    const bool blanks = arguments.size() < 2 || arguments[1].is_none();
    const std::string_view set =
        blanks ? std::string_view() : std::string_view(text_of(arguments[1], "strip"));
    const auto goes = [&](char32_t c) {
        if (blanks) return unicode::is_space(c);
        for (size_t at = 0; at < set.size();) {
            if (unicode::decode(set, at) == c) return true;
        }
        return false;
    };
    size_t begin = 0;
    for (size_t at = 0; at < text.size();) {
        if (!goes(unicode::decode(text, at))) break;
        begin = at;
    }
    size_t end = begin;
    for (size_t at = begin; at < text.size();) {
        if (!goes(unicode::decode(text, at))) end = at;
    }
    return Value(text.substr(begin, end - begin));
}

Value split(Arguments arguments, Evaluation&) {
    const std::string_view text = text_of(arguments[0], "split");
    if (arguments.size() < 2 || arguments[1].is_none()) return Value(split_at_blanks(text));
    const std::string_view separator = text_of(arguments[1], "split");
    if (separator.empty()) raise_error("ValueError", "empty separator");
    std::vector<Value> parts;
    size_t begin = 0;
    for (size_t at; (at = text.find(separator, begin)) != std::string_view::npos;
         begin = at + separator.size()) {
        parts.emplace_back(text.substr(begin, at - begin));
    }
    parts.emplace_back(text.substr(begin));
    return Value(std::move(parts));
}

Value join(Arguments arguments, Evaluation& e) {
    const std::string& separator = text_of(arguments[0], "join");
    Iteration items(arguments[1]);
    std::string out;
    int64_t count = 0;
    for (Value item; items.next(item); ++count) {
        e.poll();
        if (!item.is_string()) {
            raise_error("TypeError", "sequence item " + std::to_string(count) + ": expected str instance, " +
                                         type_name(item) + " found");
        }
        if (count > 0) out += separator;
        out += item.text();
        check_size(out.size());
    }
    return Value(std::move(out));
}

Value find(Arguments arguments, Evaluation&) {
    const std::string_view text = text_of(arguments[0], "find");
    const size_t at = text.find(text_of(arguments[1], "find"));
    if (at == std::string_view::npos) return -1;
    if (arguments[0].string().is_ascii()) return static_cast<int64_t>(at);
    return unicode::length(text.substr(0, at));
}

Value replace(Arguments arguments, Evaluation&) {
    const std::string_view text = text_of(arguments[0], "replace");
    const std::string_view from = text_of(arguments[1], "replace");
    const std::string_view to = text_of(arguments[2], "replace");
    std::string out;
    if (from.empty()) {  // Python puts the new text around every character
        out += to;
        for (size_t at = 0; at < text.size();) {
            const size_t here = at;
            unicode::decode(text, at);
            out += text.substr(here, at - here);
            out += to;
            check_size(out.size());
        }
        return Value(std::move(out));
    }
    size_t begin = 0;
    for (size_t at; (at = text.find(from, begin)) != std::string_view::npos; begin = at + from.size()) {
        out += text.substr(begin, at - begin);
        out += to;
        check_size(out.size());
    }
    out += text.substr(begin);
    return Value(std::move(out));
}

}  // namespace asyncrun::builtin
