// SPDX-License-Identifier: MIT
#include "engine/interpreter/unicode.h"

#include "engine/interpreter/unicode_tables.h"
#include "engine/language/utf8.h"

#include <algorithm>
#include <cstring>

namespace asyncrun::unicode {
namespace {

bool all_ascii(std::string_view text) noexcept {
    size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
        uint64_t word;
        std::memcpy(&word, text.data() + i, 8);
        if (word & 0x8080808080808080u) return false;
    }
    for (; i < text.size(); ++i) {
        if (static_cast<unsigned char>(text[i]) >= 0x80) return false;
    }
    return true;
}

template <class T>
const T* find_stretch(const T* table, size_t count, char32_t c) noexcept {
    const T* const end = table + count;
    const T* it = std::upper_bound(table, end, c, [](char32_t x, const T& t) { return x < t.first; });
    if (it == table) return nullptr;
    --it;
    return c <= it->last ? it : nullptr;
}

char32_t map_case(const Mapping* table, size_t count, char32_t c) noexcept {
    const Mapping* const end = table + count;
    const Mapping* it =
        std::upper_bound(table, end, c, [](char32_t x, const Mapping& m) { return x < m.first; });
    if (it == table) return c;
    --it;
    if (c > it->last || (c - it->first) % static_cast<uint32_t>(it->step) != 0) return c;
    return static_cast<char32_t>(static_cast<int64_t>(c) + it->delta);
}

}  // namespace

size_t sequence_length(std::string_view text, size_t at) noexcept { return decode_utf8(text, at).length; }

int64_t length(std::string_view text) noexcept {
    if (all_ascii(text)) return static_cast<int64_t>(text.size());
    int64_t count = 0;
    for (size_t at = 0; at < text.size(); at += sequence_length(text, at)) ++count;
    return count;
}

char32_t decode(std::string_view text, size_t& at) noexcept {
    const CodePoint point = decode_utf8(text, at);
    const char32_t byte = static_cast<unsigned char>(text[at]);
    at += point.length;
    return point.valid ? point.value : invalid_base + byte;
}

void append(std::string& out, char32_t c) {
    if (c >= invalid_base + 0x80 && c <= invalid_base + 0xFF) {
        out += static_cast<char>(static_cast<unsigned char>(c - invalid_base));
    } else {
        append_utf8(out, c);
    }
}

bool is_printable(char32_t c) noexcept {
    if (c < 0x7F) return c >= 0x20;
    return find_stretch(not_printable, not_printable_count, c) == nullptr;
}

bool is_space(char32_t c) noexcept {
    return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
           c == 0x3000;
}

std::string upper(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (size_t at = 0; at < text.size();) {
        const char32_t c = decode(text, at);
        if (c < 0x80) {
            out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
            continue;
        }
        const Special* const end = upper_specials + upper_specials_count;
        const Special* it =
            std::lower_bound(upper_specials, end, c, [](const Special& s, char32_t x) { return s.from < x; });
        if (it != end && it->from == c) {
            out += it->to;
        } else {
            append(out, map_case(to_upper, to_upper_count, c));
        }
    }
    return out;
}

std::string lower(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (size_t at = 0; at < text.size();) {
        const char32_t c = decode(text, at);
        if (c < 0x80) {
            out += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
        } else if (c == 0x130) {
            out += "i\xcc\x87";  // the only letter whose lower case is two code points
        } else {
            append(out, map_case(to_lower, to_lower_count, c));
        }
    }
    return out;
}

}  // namespace asyncrun::unicode
