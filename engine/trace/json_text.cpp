// SPDX-License-Identifier: MIT
#include "engine/trace/json_text.h"

#include <cstdint>

namespace asyncrun {
namespace {

/// The length of the well-formed UTF-8 sequence at the start of `s`, or 0 (Unicode 15, table 3-7).
size_t utf8_length(std::string_view s) {
    const auto byte = [&](size_t i) { return i < s.size() ? static_cast<uint8_t>(s[i]) : uint8_t{0}; };
    const auto follows = [&](size_t i) { return (byte(i) & 0xc0) == 0x80; };
    const uint8_t a = byte(0);
    if (a < 0x80) return 1;
    if (a >= 0xc2 && a <= 0xdf) return follows(1) ? 2 : 0;
    if (a >= 0xe0 && a <= 0xef) {
        if (a == 0xe0 && byte(1) < 0xa0) return 0;
        if (a == 0xed && byte(1) > 0x9f) return 0;
        return follows(1) && follows(2) ? 3 : 0;
    }
    if (a >= 0xf0 && a <= 0xf4) {
        if (a == 0xf0 && byte(1) < 0x90) return 0;
        if (a == 0xf4 && byte(1) > 0x8f) return 0;
        return follows(1) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    out += '"';
    for (size_t i = 0; i < text.size();) {
        const char c = text[i];
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
            ++i;
        } else if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) {
            out += "\\u00";
            out += kHex[static_cast<uint8_t>(c) >> 4];
            out += kHex[c & 15];
            ++i;
        } else if (const size_t length = utf8_length(text.substr(i))) {
            out += text.substr(i, length);
            i += length;
        } else {
            out += "\\ufffd";
            ++i;
        }
    }
    out += '"';
}

}  // namespace asyncrun
