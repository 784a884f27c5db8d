// SPDX-License-Identifier: MIT
#include "engine/language/toml_scan.h"

#include "engine/language/utf8.h"

#include <algorithm>

namespace asyncrun {

namespace {

class Scanner {
  public:
    Scanner(std::string_view text, size_t limit) : text_(text), limit_(std::min(limit, text.size())) {}

    std::optional<TomlMistake> run() {
        while (i_ < limit_ && !mistake_) step();
        if (!mistake_ && i_ >= text_.size() && !open_.empty()) {
            const Frame& frame = open_.back();
            report({frame.place, frame.place + 1},
                   std::string("this '") + frame.bracket + "' is never closed",
                   std::string("add '") + closing(frame.bracket) + "'");
        }
        return std::move(mistake_);
    }

    TomlContext context() const {
        TomlContext out;
        for (const Frame& frame : open_) out.open_brackets.push_back(frame.place);
        out.in_value = !in_key_;
        return out;
    }

  private:
    struct Frame {
        char bracket;
        uint32_t place;
        int key_segments;  // of the key it is the value of
        bool header;
    };

    static char closing(char bracket) { return bracket == '[' ? ']' : '}'; }

    void report(Span span, std::string message, std::string hint) {
        mistake_ = TomlMistake{span, static_cast<uint32_t>(std::min(i_, text_.size())), std::move(message),
                               std::move(hint)};
    }

    void step() {
        const char c = text_[i_];
        switch (c) {
            case '#': skip_comment(); return;
            case '"':
            case '\'': skip_string(c); break;
            case '\n': newline(); return;
            case ' ':
            case '\t':
            case '\r': ++i_; return;
            case '[':
            case '{': open(c); break;
            case ']':
            case '}': close(c); break;
            case ',':
                if (!open_.empty() && open_.back().bracket == '{') in_key_ = true, key_segments_ = 1;
                comma_ = static_cast<uint32_t>(i_++);
                break;
            case '=':
                in_key_ = false;
                ++i_;
                break;
            case '.':
                if (in_key_ || in_header_) ++key_segments_;
                ++i_;
                check_depth();
                break;
            default: ++i_; break;
        }
        line_begun_ = true;
        last_was_comma_ = c == ',';
    }

    void skip_comment() {
        while (i_ < limit_ && text_[i_] != '\n') ++i_;
    }

    void skip_string(char quote) {
        const size_t begin = i_;
        const bool multi = i_ + 2 < text_.size() && text_[i_ + 1] == quote && text_[i_ + 2] == quote;
        i_ += multi ? 3 : 1;
        for (; i_ < text_.size(); ++i_) {
            const char c = text_[i_];
            if (c == '\\' && quote == '"') {
                if (multi || i_ + 1 >= text_.size() || text_[i_ + 1] != '\n') ++i_;
                continue;
            }
            if (c == '\n' && !multi) break;
            if (c != quote) continue;
            if (!multi) {
                ++i_;
                return;
            }
            if (text_.substr(i_, 3) == std::string(3, quote)) {
                i_ += 3;
                for (int extra = 0; extra < 2 && i_ < text_.size() && text_[i_] == quote; ++extra) ++i_;
                return;
            }
        }
        const auto place = static_cast<uint32_t>(begin);
        if (multi) {
            const std::string quotes(3, quote);
            report({place, place + 3}, "this string is never closed", "add " + quotes);
        } else {
            report({place, std::max(place + 1, static_cast<uint32_t>(std::min(i_, text_.size())))},
                   "this string does not end on its line",
                   std::string("add ") + quote + ", or use " + std::string(3, quote) +
                       " for text of several lines");
        }
    }

    void newline() {
        if (!open_.empty() && open_.back().header) open_.clear();  // toml++ says it
        if (!open_.empty() && open_.back().bracket == '{') {
            // Point behind the last thing on the line.
            size_t place = i_;
            while (place > 0 &&
                   (text_[place - 1] == '\r' || text_[place - 1] == ' ' || text_[place - 1] == '\t'))
                --place;
            report({static_cast<uint32_t>(place), static_cast<uint32_t>(place) + 1},
                   "a newline is not allowed inside '{ }'",
                   "TOML wants a table in braces on one line, only an array '[ ]' inside it may span lines");
            return;
        }
        ++i_;
        if (!open_.empty()) return;
        line_begun_ = false;
        in_header_ = false;
        in_key_ = true;
        key_segments_ = 1;
    }

    void open(char bracket) {
        const auto place = static_cast<uint32_t>(i_);
        ++i_;
        const bool header = bracket == '[' && ((open_.empty() && !line_begun_) || in_header_);
        if (header && open_.empty()) in_header_ = true, header_segments_ = 0, key_segments_ = 1;
        open_.push_back({bracket, place, header || bracket == '[' ? 0 : key_segments_, header});
        if (!header) {
            depth_ += 1 + (in_key_ ? 0 : key_segments_ - 1);
            open_.back().key_segments = 1 + (in_key_ ? 0 : key_segments_ - 1);
            key_segments_ = 1;
            in_key_ = bracket == '{';
        }
        check_depth();
    }

    void close(char bracket) {
        if (open_.empty() || closing(open_.back().bracket) != bracket) {
            const auto place = static_cast<uint32_t>(i_);
            if (open_.empty()) {
                report({place, place + 1}, std::string("this '") + bracket + "' closes nothing", "");
            } else {
                const char inner = open_.back().bracket;
                const auto line = 1 + std::count(text_.begin(), text_.begin() + open_.back().place, '\n');
                report({place, place + 1},
                       std::string("this '") + bracket + "' cannot close the '" + inner + "' of line " +
                           std::to_string(line),
                       std::string("'") + closing(inner) + "' is missing before it");
            }
            return;
        }
        if (bracket == '}' && last_was_comma_) {
            report({comma_, comma_ + 1}, "a comma is not allowed before the closing '}'",
                   "TOML allows a trailing comma in arrays '[ ]' alone: remove it");
            return;
        }
        const Frame frame = open_.back();
        open_.pop_back();
        ++i_;
        if (frame.header) {
            if (open_.empty()) header_segments_ = key_segments_;
            return;
        }
        depth_ -= frame.key_segments;
        in_key_ = false;
        key_segments_ = 1;
    }

    void check_depth() {
        const int depth = depth_ + key_segments_ + (in_header_ ? 0 : header_segments_);
        if (depth <= deepest_nesting) return;
        const auto place = static_cast<uint32_t>(i_ - 1);
        report({place, place + 1},
               "tables and arrays nest more than " + std::to_string(deepest_nesting) + " deep here", "");
    }

    std::string_view text_;
    size_t limit_;
    size_t i_ = 0;
    std::vector<Frame> open_;
    int depth_ = 0;
    int key_segments_ = 1;
    int header_segments_ = 0;
    bool line_begun_ = false;
    bool in_header_ = false;
    bool in_key_ = true;
    bool last_was_comma_ = false;
    uint32_t comma_ = 0;
    std::optional<TomlMistake> mistake_;
};

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c - 'A' + 10;
}

}  // namespace

std::optional<TomlMistake> scan_toml(std::string_view text) { return Scanner(text, text.size()).run(); }

TomlContext toml_context_at(std::string_view text, uint32_t offset) {
    Scanner scanner(text.substr(0, offset), offset);
    (void)scanner.run();
    return scanner.context();
}

MappedText read_toml_string(std::string_view text, uint32_t begin) {
    MappedTextBuilder out;
    const char quote = text[begin];
    const bool multi =
        text.size() >= begin + 3 && text[begin + 1] == quote && text[begin + 2] == quote &&
        // an empty string that ends a file, or that something else follows, is no multi-line one
        text.substr(begin, 3) == std::string(3, quote);
    size_t i = begin + (multi ? 3 : 1);
    if (multi && i < text.size() && text[i] == '\r') ++i;
    if (multi && i < text.size() && text[i] == '\n') ++i;
    const auto content_begin = static_cast<uint32_t>(i);
    size_t content_end = text.size();
    const auto place = [](size_t from, size_t to) {
        return Span{static_cast<uint32_t>(from), static_cast<uint32_t>(to)};
    };

    while (i < text.size()) {
        const char c = text[i];
        if (c == quote) {
            if (!multi) {
                content_end = i++;
                break;
            }
            size_t run = 1;
            while (run < 5 && i + run < text.size() && text[i + run] == quote) ++run;
            const size_t inner = run >= 3 ? run - 3 : run;
            if (inner > 0) out.append(text.substr(i, inner), place(i, i + inner));
            i += run;
            if (run >= 3) {
                content_end = i - 3;
                break;
            }
        } else if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
            out.append("\n", place(i, i + 2));
            i += 2;
        } else if (c == '\\' && quote == '"' && i + 1 < text.size()) {
            const size_t start = i;
            const char escape = text[i + 1];
            i += 2;
            std::string decoded;
            switch (escape) {
                case 'b': decoded = "\b"; break;
                case 't': decoded = "\t"; break;
                case 'n': decoded = "\n"; break;
                case 'f': decoded = "\f"; break;
                case 'r': decoded = "\r"; break;
                case '"': decoded = "\""; break;
                case '\\': decoded = "\\"; break;
                case 'u':
                case 'U': {
                    char32_t value = 0;
                    for (int digits = escape == 'u' ? 4 : 8; digits > 0 && i < text.size(); --digits) {
                        value = value * 16 + static_cast<char32_t>(hex_value(text[i++]));
                    }
                    append_utf8(decoded, value);
                    break;
                }
                default:  // a line's end: it and all the space that follows vanish
                    --i;
                    while (i < text.size() &&
                           (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n'))
                        ++i;
                    break;
            }
            out.append(decoded, place(start, i));
        } else {
            size_t end = i + 1;
            while (end < text.size() && text[end] != quote && text[end] != '\\' && text[end] != '\r') ++end;
            if (c != '\\') {
                out.append(text.substr(i, end - i), place(i, end));
            } else {  // of a literal string
                out.append("\\", place(i, i + 1));
                end = i + 1;
            }
            i = end;
        }
    }
    return out.finish(place(begin, i), place(content_begin, content_end));
}

}  // namespace asyncrun
