// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace asyncrun {

/// A stretch of a source file: byte offsets, end exclusive. {0, 0} with `known() == false` stands for
/// "nowhere".
struct Span {
    uint32_t begin = 0;
    uint32_t end = 0;
    bool known() const noexcept { return end > begin; }
    friend bool operator==(const Span&, const Span&) = default;
};

/// A place as people count it: lines from 1, columns from 1 in code points.
struct LineColumn {
    int line = 0;
    int column = 0;
};

/// A scenario's text with its name and line starts. Spans point into it. A byte order mark at its start is
/// dropped: no offset and no column counts it.
class SourceFile {
  public:
    SourceFile(std::string path, std::string text);

    const std::string& path() const noexcept { return path_; }
    const std::string& text() const noexcept { return text_; }
    int line_count() const noexcept { return static_cast<int>(line_starts_.size()); }
    /// O(log lines), however long the line is. An offset beyond the text is its end.
    LineColumn locate(uint32_t offset) const;
    /// The line's text without its newline (`\n` or `\r\n`). `line` counts from 1; outside the file it is
    /// empty.
    std::string_view line_text(int line) const;
    /// The byte offset at which a line starts. Clamped to the text.
    uint32_t line_start(int line) const;
    /// The byte offset of a place that counts columns in code points (what toml++ reports). Clamped to the
    /// text.
    uint32_t offset_of(LineColumn place) const;

  private:
    uint32_t code_points_before(uint32_t offset) const;

    std::string path_;
    std::string text_;
    std::vector<uint32_t> line_starts_;
    std::vector<uint32_t> block_code_points_;  ///< code points before each block of `block_bytes`
    bool ascii_ = false;                       ///< a column is a byte: no counting
};

}  // namespace asyncrun
