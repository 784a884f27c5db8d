// SPDX-License-Identifier: MIT
#include "engine/interpreter/text_format.h"

#include "engine/interpreter/recursion.h"
#include "engine/interpreter/unicode.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

namespace asyncrun {
namespace {

void append_integer(std::string& out, int64_t value) {
    char buffer[24];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
    out.append(buffer, end);
}

void check_size(const std::string& out) {
    if (out.size() > max_string_bytes) raise_error("MemoryError", "the text of a value is too long");
}

void append_hex(std::string& out, const char* prefix, char32_t c, int digits) {
    out += prefix;
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += "0123456789abcdef"[c >> shift & 15];
}

/// The containers being shown right now on this thread, so that one within itself ends as [...].
thread_local std::vector<const Object*> open_containers;

class Opened {
  public:
    explicit Opened(const Object& object)
        : within_itself(std::find(open_containers.begin(), open_containers.end(), &object) !=
                        open_containers.end()) {
        if (open_containers.size() >= static_cast<size_t>(RecursionGuard::limit)) {
            raise_error("RecursionError",
                        "maximum recursion depth exceeded while getting the repr of an object");
        }
        open_containers.push_back(&object);
    }
    ~Opened() { open_containers.pop_back(); }
    Opened(const Opened&) = delete;
    Opened& operator=(const Opened&) = delete;

    const bool within_itself;
};

using Append = void (*)(std::string&, const Value&);

void append_list(std::string& out, const ListObject& list, const char* cycle, Append append) {
    Opened opened(list);
    if (opened.within_itself) {
        out += cycle;
        return;
    }
    out += '[';
    Value item;
    for (int64_t i = 0; list.get(i, item); ++i) {
        if (i > 0) out += ", ";
        append(out, item);
        check_size(out);
    }
    out += ']';
}

void append_dict(std::string& out, const DictObject& dict, const char* cycle, Append append_key,
                 Append append) {
    Opened opened(dict);
    if (opened.within_itself) {
        out += cycle;
        return;
    }
    out += '{';
    const char* separator = "";
    for (const auto& [key, value] : dict.entries()) {
        out += separator;
        append_key(out, key);
        out += ": ";
        append(out, value);
        separator = ", ";
        check_size(out);
    }
    out += '}';
}

void append_json(std::string& out, const Value& value) {
    switch (value.kind()) {
        case Kind::unbound:
        case Kind::none: out += "null"; break;
        case Kind::boolean: out += value.boolean() ? "true" : "false"; break;
        case Kind::integer: append_integer(out, value.integer()); break;
        case Kind::real:
            if (std::isfinite(value.real())) {
                append_real(out, value.real());
            } else {
                out += "null";
            }
            break;
        case Kind::string: append_json_string(out, value.text()); break;
        case Kind::list: append_list(out, value.list(), "null", append_json); break;
        case Kind::dict: {
            const Append key = [](std::string& o, const Value& k) { append_json_string(o, to_str(k)); };
            append_dict(out, value.dict(), "null", key, append_json);
            break;
        }
        default: append_json_string(out, value.object().display());
    }
}

}  // namespace

void append_real(std::string& out, double value) {
    if (std::isnan(value)) {
        out += "nan";
        return;
    }
    if (std::signbit(value)) out += '-';
    value = std::fabs(value);
    if (std::isinf(value)) {
        out += "inf";
        return;
    }
    // The shortest digits come as d.ddde+XX; Python lays them out plainly for exponents from -4 to 15.
    char buffer[40];
    const auto [end, error] =
        std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
    const char* const e = std::find<const char*>(buffer, end, 'e');
    int exponent = 0;
    std::from_chars(e[1] == '+' ? e + 2 : e + 1, end, exponent);
    std::string_view fraction = e > buffer + 1 ? std::string_view(buffer + 2, e) : std::string_view();
    if (exponent < -4 || exponent >= 16) {
        out.append(buffer, end);
    } else if (exponent < 0) {
        out += "0.";
        out.append(static_cast<size_t>(-exponent - 1), '0');
        out += buffer[0];
        out += fraction;
    } else {
        out += buffer[0];
        const auto whole = static_cast<size_t>(exponent);
        out += fraction.substr(0, whole);
        if (fraction.size() < whole) out.append(whole - fraction.size(), '0');
        out += '.';
        if (fraction.size() > whole) {
            out += fraction.substr(whole);
        } else {
            out += '0';
        }
    }
}

void append_quoted(std::string& out, std::string_view text) {
    const bool has_single = text.find('\'') != std::string_view::npos;
    const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
    out += quote;
    for (size_t at = 0; at < text.size();) {
        const size_t begin = at;
        const char32_t c = unicode::decode(text, at);
        if (c == static_cast<char32_t>(quote) || c == '\\') {
            out += '\\';
            out += static_cast<char>(c);
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\t') {
            out += "\\t";
        } else if (unicode::is_printable(c)) {
            out += text.substr(begin, at - begin);
        } else if (c < 0x100) {
            append_hex(out, "\\x", c, 2);
        } else if (c < 0x10000) {
            append_hex(out, "\\u", c, 4);
        } else {
            append_hex(out, "\\U", c, 8);
        }
    }
    out += quote;
}

void append_str(std::string& out, const Value& value) {
    switch (value.kind()) {
        case Kind::string: out += value.text(); break;
        case Kind::exception: out += error_text(*value.error()); break;
        default: append_repr(out, value);
    }
}

void append_repr(std::string& out, const Value& value) {
    switch (value.kind()) {
        case Kind::unbound: out += "<unbound>"; break;
        case Kind::none: out += "None"; break;
        case Kind::boolean: out += value.boolean() ? "True" : "False"; break;
        case Kind::integer: append_integer(out, value.integer()); break;
        case Kind::real: append_real(out, value.real()); break;
        case Kind::string: append_quoted(out, value.text()); break;
        case Kind::list: append_list(out, value.list(), "[...]", append_repr); break;
        case Kind::dict: append_dict(out, value.dict(), "{...}", append_repr, append_repr); break;
        case Kind::exception: out += error_repr(*value.error()); break;
        default: out += value.object().display();
    }
}

std::string error_text(const Error& error) {
    if (!error.members().empty()) {
        const size_t n = error.members().size();
        return error.message() + " (" + std::to_string(n) + " sub-exception" + (n == 1 ? ")" : "s)");
    }
    static const ErrorType& key_error = *ErrorType::find("KeyError");
    if (error.is_a(key_error) && (error.text_given || !error.message().empty())) {
        std::string out;
        append_quoted(out, error.message());
        return out;
    }
    return error.message();
}

std::string error_repr(const Error& error) {
    std::string out = error.type().name() + "(";
    if (error.text_given || !error.message().empty() || !error.members().empty()) {
        append_quoted(out, error.message());
    }
    if (!error.members().empty()) {
        out += ", [";
        const char* separator = "";
        for (const ErrorRef& member : error.members()) {
            out += separator;
            out += error_repr(*member);
            separator = ", ";
        }
        out += ']';
    }
    return out + ")";
}

std::string error_summary(const Error& error) {
    const std::string text = error_text(error);
    return text.empty() ? error.type().name() : error.type().name() + ": " + text;
}

std::string to_json_text(const Value& value) {
    std::string out;
    append_json(out, value);
    return out;
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    for (size_t at = 0; at < text.size();) {
        const size_t begin = at;
        const char32_t c = unicode::decode(text, at);
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (c < 0x20 || c == 0x7F) {
                    append_hex(out, "\\u", c, 4);
                } else if (c >= unicode::invalid_base && c <= unicode::invalid_base + 0xFF) {
                    out += "\xEF\xBF\xBD";
                } else {
                    out += text.substr(begin, at - begin);
                }
        }
    }
    out += '"';
}

}  // namespace asyncrun
