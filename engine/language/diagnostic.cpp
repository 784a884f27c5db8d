// SPDX-License-Identifier: MIT
#include "engine/language/diagnostic.h"

#include "engine/language/utf8.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace asyncrun {

void Diagnostics::add(Severity severity, Span span, std::string message, std::string hint) {
    if (severity == Severity::error) ++errors_;
    found_.push_back({severity, span, std::move(message), std::move(hint)});
}

void Diagnostics::error(Span span, std::string message, std::string hint) {
    add(Severity::error, span, std::move(message), std::move(hint));
}

void Diagnostics::warning(Span span, std::string message, std::string hint) {
    add(Severity::warning, span, std::move(message), std::move(hint));
}

void Diagnostics::note(Span span, std::string message) { add(Severity::note, span, std::move(message), {}); }

std::vector<Diagnostic> Diagnostics::all() const {
    struct Group {
        size_t first;
        size_t last;
    };
    std::vector<Group> groups;
    for (size_t i = 0; i < found_.size(); ++i) {
        if (found_[i].severity == Severity::note && !groups.empty()) {
            groups.back().last = i + 1;
        } else {
            groups.push_back({i, i + 1});
        }
    }
    std::stable_sort(groups.begin(), groups.end(), [&](const Group& a, const Group& b) {
        const Diagnostic& left = found_[a.first];
        const Diagnostic& right = found_[b.first];
        return std::tie(left.span.begin, left.span.end) < std::tie(right.span.begin, right.span.end);
    });
    std::vector<Diagnostic> sorted;
    std::unordered_set<std::string> seen;
    for (const Group& group : groups) {
        const Diagnostic& head = found_[group.first];
        std::string key = std::to_string(static_cast<int>(head.severity)) + ' ' +
                          std::to_string(head.span.begin) + ' ' + std::to_string(head.span.end) + ' ' +
                          head.message;
        if (!seen.insert(std::move(key)).second) continue;
        sorted.insert(sorted.end(), found_.begin() + static_cast<ptrdiff_t>(group.first),
                      found_.begin() + static_cast<ptrdiff_t>(group.last));
    }
    return sorted;
}

std::string Diagnostics::render(bool colour) const {
    std::string out;
    for (const Diagnostic& diagnostic : all()) out += render_diagnostic(diagnostic, source_, colour);
    return out;
}

std::string Diagnostics::summary() const {
    size_t errors = 0;
    size_t warnings = 0;
    for (const Diagnostic& diagnostic : all()) {
        errors += diagnostic.severity == Severity::error;
        warnings += diagnostic.severity == Severity::warning;
    }
    const auto counted = [](size_t count, const char* noun) {
        return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
    };
    std::string out;
    if (errors > 0) out = counted(errors, "error");
    if (warnings > 0) out += (out.empty() ? "" : ", ") + counted(warnings, "warning");
    return out;
}

namespace {

constexpr int tab_width = 4;
constexpr int widest_line = 120;  // terminal columns of an excerpt
constexpr int context_before = 40;

/// A line as it is printed, cell by cell, so that it can be cut and underlined in terminal columns.
struct Cell {
    std::string text;
    int width;
    uint32_t begin;  // byte offset in the line
    uint32_t end;
};

void append_cell(std::vector<Cell>& cells, int& width, std::string_view line, uint32_t begin,
                 CodePoint point) {
    Cell cell{{}, 0, begin, begin + static_cast<uint32_t>(point.length)};
    if (point.valid && point.value == '\t') {
        cell.width = tab_width - width % tab_width;
        cell.text.assign(static_cast<size_t>(cell.width), ' ');
    } else if (!point.valid || point.value < 0x20 || (point.value >= 0x7F && point.value < 0xA0) ||
               (point.value >= 0x202A && point.value <= 0x202E)) {
        cell.width = 1;
        append_utf8(cell.text, 0xFFFD);
    } else {
        cell.width = display_width(point.value);
        cell.text = line.substr(begin, point.length);
    }
    width += cell.width;
    cells.push_back(std::move(cell));
}

struct Excerpt {
    std::string text;
    std::string marks;
};

/// Only the part of the line that can be shown is laid out, so that a line of megabytes costs nothing.
Excerpt make_excerpt(std::string_view line, uint32_t begin, uint32_t end) {
    constexpr uint32_t reach = 4 * widest_line;
    const auto is_inner = [&](uint32_t i) { return (static_cast<unsigned char>(line[i]) & 0xC0) == 0x80; };
    uint32_t first = line.size() > reach && begin > reach ? begin - reach : 0;
    while (first > 0 && first < line.size() && is_inner(first)) --first;

    std::vector<Cell> cells;
    int width = 0;
    int before = 0;
    for (uint32_t i = first; i < line.size();) {
        const CodePoint point = decode_utf8(line, i);
        if (i + point.length <= begin) before = width;
        append_cell(cells, width, line, i, point);
        i += static_cast<uint32_t>(point.length);
        if (i <= begin) before = width;
        if (width > before + 2 * widest_line) break;
    }

    size_t from = 0;
    size_t to = cells.size();
    bool cut_left = first > 0;
    bool cut_right = !cells.empty() && cells.back().end < line.size();
    if (cut_left || cut_right || width > widest_line) {
        int skipped = 0;
        const int wanted = std::max(0, std::min(before - context_before, width - widest_line));
        while (from < to && skipped < wanted) skipped += cells[from++].width;
        while (from > 0 && from < to && cells[from].width == 0) skipped += cells[from++].width;
        cut_left = cut_left || from > 0;
        int shown = 0;
        size_t last = from;
        while (last < to && shown + cells[last].width <= widest_line) shown += cells[last++].width;
        cut_right = cut_right || last < to;
        to = last;
    }

    Excerpt out;
    if (cut_left) out.text += "...", out.marks += "   ";
    bool marked = false;
    for (size_t i = from; i < to; ++i) {
        out.text += cells[i].text;
        const bool inside = cells[i].end > begin && (cells[i].begin < end || cells[i].begin <= begin);
        for (int column = 0; column < cells[i].width; ++column) {
            out.marks += !inside ? ' ' : marked ? '~' : '^';
            marked = marked || inside;
        }
    }
    if (cut_right) out.text += "...";
    if (!marked) out.marks += '^';  // just behind the line's end
    out.marks.erase(out.marks.find_last_not_of(' ') + 1);
    out.text.erase(out.text.find_last_not_of(' ') + 1);
    return out;
}

struct Paint {
    const char* bold = "";
    const char* mark = "";
    const char* reset = "";
};

Paint paint_for(Severity severity, bool colour) {
    if (!colour) return {};
    const char* mark = severity == Severity::error     ? "\x1b[1;31m"
                       : severity == Severity::warning ? "\x1b[1;35m"
                                                       : "\x1b[1;36m";
    return {"\x1b[1m", mark, "\x1b[0m"};
}

}  // namespace

std::string render_diagnostic(const Diagnostic& diagnostic, const SourceFile& source, bool colour) {
    static constexpr const char* names[] = {"error", "warning", "note"};
    const Paint paint = paint_for(diagnostic.severity, colour);
    const bool placed = diagnostic.span != Span{};
    const LineColumn place = source.locate(diagnostic.span.begin);

    std::string out = paint.bold + source.path() + ':';
    if (placed) out += std::to_string(place.line) + ':' + std::to_string(place.column) + ':';
    out += std::string(paint.reset) + ' ' + paint.mark + names[static_cast<size_t>(diagnostic.severity)] +
           ':' + paint.reset + ' ' + paint.bold + diagnostic.message;
    if (!diagnostic.hint.empty()) out += "; " + diagnostic.hint;
    out += std::string(paint.reset) + '\n';
    if (!placed) return out;

    const std::string_view line = source.line_text(place.line);
    const uint32_t start = source.line_start(place.line);
    const auto in_line = [&](uint32_t offset) {
        return std::clamp<uint32_t>(offset, start, start + static_cast<uint32_t>(line.size())) - start;
    };
    uint32_t end = in_line(diagnostic.span.end);
    const uint32_t begin = in_line(diagnostic.span.begin);
    while (end > begin + 1 && (line[end - 1] == ' ' || line[end - 1] == '\t')) --end;
    const Excerpt excerpt = make_excerpt(line, begin, end);

    std::string number = std::to_string(place.line);
    const size_t width = std::max<size_t>(5, number.size());
    number.insert(0, width - number.size(), ' ');
    out += number + " |" + (excerpt.text.empty() ? "" : " ") + excerpt.text + '\n';
    out += std::string(width + 1, ' ') + "| " + paint.mark + excerpt.marks + paint.reset + '\n';
    return out;
}

}  // namespace asyncrun
