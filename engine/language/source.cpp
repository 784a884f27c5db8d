// SPDX-License-Identifier: MIT
#include "engine/language/source.h"

#include <algorithm>

namespace asyncrun {

namespace {

constexpr uint32_t block_bytes = 64;

bool starts_code_point(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

}  // namespace

SourceFile::SourceFile(std::string path, std::string text) : path_(std::move(path)), text_(std::move(text)) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.erase(0, 3);
    line_starts_.push_back(0);
    block_code_points_.reserve(text_.size() / block_bytes + 1);
    uint32_t code_points = 0;
    for (uint32_t i = 0; i < text_.size(); ++i) {
        if (i % block_bytes == 0) block_code_points_.push_back(code_points);
        code_points += starts_code_point(text_[i]);
        if (text_[i] == '\n') line_starts_.push_back(i + 1);
    }
    if (text_.size() % block_bytes == 0) block_code_points_.push_back(code_points);
    ascii_ = code_points == text_.size();
}

uint32_t SourceFile::code_points_before(uint32_t offset) const {
    if (ascii_) return offset;
    const uint32_t block = offset / block_bytes;
    uint32_t count = block_code_points_[block];
    for (uint32_t i = block * block_bytes; i < offset; ++i) count += starts_code_point(text_[i]);
    return count;
}

LineColumn SourceFile::locate(uint32_t offset) const {
    offset = std::min<uint32_t>(offset, static_cast<uint32_t>(text_.size()));
    // A place inside a character is the character's.
    while (offset > 0 && offset < text_.size() && !starts_code_point(text_[offset])) --offset;
    const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    const auto line = static_cast<int>(next - line_starts_.begin());
    const uint32_t start = line_starts_[static_cast<size_t>(line) - 1];
    return {line, static_cast<int>(code_points_before(offset) - code_points_before(start)) + 1};
}

uint32_t SourceFile::line_start(int line) const {
    if (line < 1) return 0;
    if (line > line_count()) return static_cast<uint32_t>(text_.size());
    return line_starts_[static_cast<size_t>(line) - 1];
}

std::string_view SourceFile::line_text(int line) const {
    if (line < 1 || line > line_count()) return {};
    const uint32_t begin = line_start(line);
    uint32_t end = line_start(line + 1);
    if (end > begin && text_[end - 1] == '\n') --end;
    if (end > begin && text_[end - 1] == '\r') --end;
    return std::string_view(text_).substr(begin, end - begin);
}

uint32_t SourceFile::offset_of(LineColumn place) const {
    if (place.line < 1) return 0;
    if (place.line > line_count()) return static_cast<uint32_t>(text_.size());
    const uint32_t start = line_start(place.line);
    const uint32_t end = line_start(place.line + 1);
    if (ascii_) return std::min(start + static_cast<uint32_t>(std::max(place.column, 1)) - 1, end);
    const uint32_t wanted = code_points_before(start) + static_cast<uint32_t>(std::max(place.column, 1)) - 1;
    // The last block that begins at or before the wanted code point; a multi-byte one may straddle its edge.
    const auto next = std::upper_bound(block_code_points_.begin(), block_code_points_.end(), wanted);
    uint32_t block = static_cast<uint32_t>(next - block_code_points_.begin()) - 1;
    uint32_t offset = block * block_bytes;
    uint32_t count = block_code_points_[block];
    while (offset < end) {
        if (starts_code_point(text_[offset])) {
            if (count == wanted) break;
            ++count;
        }
        ++offset;
    }
    return std::min(offset, end);
}

}  // namespace asyncrun
