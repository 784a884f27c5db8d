// SPDX-License-Identifier: MIT
#pragma once

#include "engine/language/source.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace asyncrun {

/// A text taken from a source file that remembers where each of its bytes stands there: escapes, trimmed
/// newlines and line continuations of TOML make the two differ, and an error inside an expression is reported
/// at its token all the same. Costs nothing beyond the text as long as they do not differ. Spans are those of
/// the file it was made from.
class MappedText {
  public:
    MappedText() = default;
    /// Text that stands in the file exactly as it is, from the start of `whole`.
    static MappedText verbatim(std::string text, Span whole);
    /// Text whose every place is reported as `whole` (a value from the command line, a default).
    static MappedText opaque(std::string text, Span whole);

    const std::string& text() const noexcept { return text_; }
    /// The whole of it as it stands in the file, quotes included.
    Span whole() const noexcept { return whole_; }
    /// Where the bytes [begin, end) of the text stand in the file. An empty range is the place before
    /// `begin`, one byte long: at the end of the text its closing quote. O(log pieces).
    Span span(size_t begin, size_t end) const;

  private:
    friend class MappedTextBuilder;

    /// A run of bytes; linear when it is as long in the file, otherwise one escape.
    struct Piece {
        uint32_t text_begin;
        uint32_t text_end;
        uint32_t file_begin;
        uint32_t file_end;
    };
    const Piece& piece_at(uint32_t offset) const;

    std::string text_;
    Span whole_;
    Span content_;               ///< without the quotes
    std::vector<Piece> pieces_;  ///< empty: linear from content_.begin
    bool opaque_ = false;
};

/// Builds a text piece by piece.
class MappedTextBuilder {
  public:
    void append(std::string_view text, Span file);
    MappedText finish(Span whole, Span content);

  private:
    MappedText out_;
};

}  // namespace asyncrun
