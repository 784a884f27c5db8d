// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/value.h"
#include "engine/language/format_spec.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace asyncrun {

/// Python's text of values: what log lines, results and f-strings show.

/// str(x), appended.
void append_str(std::string& out, const Value& value);
/// repr(x), appended: what stands inside lists. A list within itself shows as [...].
void append_repr(std::string& out, const Value& value);
inline std::string to_str(const Value& value) {
    std::string out;
    append_str(out, value);
    return out;
}
inline std::string to_repr(const Value& value) {
    std::string out;
    append_repr(out, value);
    return out;
}
/// The shortest text that reads back as the same double, as Python's repr lays it out: 0.1, 1e+16, inf, nan.
void append_real(std::string& out, double value);
/// repr of a string: quotes and escapes as Python chooses them.
void append_quoted(std::string& out, std::string_view text);

/// str(e): the message; KeyError's is quoted; a group's tells the number of its members.
std::string error_text(const Error& error);
/// repr(e): ValueError('boom').
std::string error_repr(const Error& error);
/// "ValueError: boom", or the class alone when there is no text: the last line of a traceback.
std::string error_summary(const Error& error);

/// format(x, spec), appended; with a spec that says nothing, str(x). ValueError or TypeError where the value
/// does not suit the spec, as in Python.
void append_formatted(std::string& out, const Value& value, const FormatSpec& spec);
/// Whether the spec is that of an empty text.
inline bool says_nothing(const FormatSpec& spec) noexcept {
    return spec.fill.empty() && !spec.align && !spec.sign && !spec.alternate && !spec.zero &&
           spec.width < 0 && !spec.grouping && spec.precision < 0 && !spec.type;
}

/// The value as JSON text: floats in their shortest form, NaN and infinities as null, handles and exceptions
/// as their text, dictionary keys as their text. A list within itself becomes null there. MemoryError beyond
/// max_string_bytes.
std::string to_json_text(const Value& value);
/// A JSON string with its quotes, appended; what is not UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace asyncrun
