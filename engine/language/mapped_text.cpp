// SPDX-License-Identifier: MIT
#include "engine/language/mapped_text.h"

#include <algorithm>
#include <utility>

namespace asyncrun {

MappedText MappedText::verbatim(std::string text, Span whole) {
    MappedText out;
    out.content_ = {whole.begin, whole.begin + static_cast<uint32_t>(text.size())};
    out.text_ = std::move(text);
    out.whole_ = whole;
    return out;
}

MappedText MappedText::opaque(std::string text, Span whole) {
    MappedText out;
    out.text_ = std::move(text);
    out.whole_ = whole;
    out.opaque_ = true;
    return out;
}

const MappedText::Piece& MappedText::piece_at(uint32_t offset) const {
    const auto next =
        std::upper_bound(pieces_.begin(), pieces_.end(), offset,
                         [](uint32_t value, const Piece& piece) { return value < piece.text_begin; });
    return *(next == pieces_.begin() ? next : std::prev(next));
}

Span MappedText::span(size_t begin, size_t end) const {
    if (opaque_) return whole_;
    const auto size = static_cast<uint32_t>(text_.size());
    const uint32_t first = std::min(static_cast<uint32_t>(begin), size);
    const uint32_t last = std::min(static_cast<uint32_t>(end), size);
    const auto start_of = [&](uint32_t offset) {
        if (offset >= size) return content_.end;
        if (pieces_.empty()) return content_.begin + offset;
        const Piece& piece = piece_at(offset);
        const bool linear = piece.text_end - piece.text_begin == piece.file_end - piece.file_begin;
        return linear ? piece.file_begin + (offset - piece.text_begin) : piece.file_begin;
    };
    // All of it: the string as it stands there, quotes included.
    if (first == 0 && last == size && size > 0) return whole_;
    if (last <= first) {
        const uint32_t place = start_of(first);
        return {place, place + 1};
    }
    uint32_t file_end = 0;
    if (pieces_.empty()) {
        file_end = content_.begin + last;
    } else {
        const Piece& piece = piece_at(last - 1);
        const bool linear = piece.text_end - piece.text_begin == piece.file_end - piece.file_begin;
        file_end = linear ? piece.file_begin + (last - piece.text_begin) : piece.file_end;
    }
    return {start_of(first), file_end};
}

void MappedTextBuilder::append(std::string_view text, Span file) {
    const auto begin = static_cast<uint32_t>(out_.text_.size());
    out_.text_ += text;
    const auto end = static_cast<uint32_t>(out_.text_.size());
    if (begin == end) return;
    if (!out_.pieces_.empty()) {
        MappedText::Piece& last = out_.pieces_.back();
        const bool last_linear = last.text_end - last.text_begin == last.file_end - last.file_begin;
        if (last_linear && last.file_end == file.begin && end - begin == file.end - file.begin) {
            last.text_end = end;
            last.file_end = file.end;
            return;
        }
    }
    out_.pieces_.push_back({begin, end, file.begin, file.end});
}

MappedText MappedTextBuilder::finish(Span whole, Span content) {
    out_.whole_ = whole;
    out_.content_ = content;
    const auto size = static_cast<uint32_t>(out_.text_.size());
    const bool plain =
        out_.pieces_.empty() || (out_.pieces_.size() == 1 && out_.pieces_[0].file_begin == content.begin &&
                                 out_.pieces_[0].file_end - content.begin == size);
    if (plain) out_.pieces_.clear();
    return std::move(out_);
}

}  // namespace asyncrun
