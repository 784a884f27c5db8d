// SPDX-License-Identifier: MIT
#include "engine/language/toml_error.h"

#include "engine/language/toml_scan.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>

namespace asyncrun {

namespace {

bool is_bare(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '+' || c == '.' ||
           c == ':';
}

/// The unquoted word around a place.
Span word_at(std::string_view text, uint32_t place) {
    size_t begin = std::min<size_t>(place, text.size());
    while (begin > 0 && is_bare(text[begin - 1])) --begin;
    size_t end = std::min<size_t>(place, text.size());
    while (end < text.size() && is_bare(text[end])) ++end;
    return {static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
}

bool looks_like_number(std::string_view word) {
    return !word.empty() && (std::isdigit(static_cast<unsigned char>(word[0])) || word[0] == '+' ||
                             word[0] == '-' || word[0] == '.');
}

/// Where the key stands that is given a second time at `place`.
Span repeated_key(std::string_view text, uint32_t place, std::string_view key) {
    const size_t line = text.rfind('\n', place > 0 ? place - 1 : 0);
    const size_t from = line == std::string_view::npos ? 0 : line + 1;
    const size_t at = text.substr(0, std::min<size_t>(text.size(), place)).rfind(key);
    if (key.empty() || at == std::string_view::npos || at < from) return {place, place + 1};
    return {static_cast<uint32_t>(at), static_cast<uint32_t>(at + key.size())};
}

class Explanation {
  public:
    Explanation(const SourceFile& source, uint32_t place, std::string_view description)
        : source_(source), text_(source.text()), place_(place), description_(description) {
        const size_t colon = description_.find(": ");
        constexpr std::string_view prefix = "Error while parsing ";
        if (description_.starts_with(prefix) && colon != std::string_view::npos) {
            scope_ = description_.substr(prefix.size(), colon - prefix.size());
            description_.remove_prefix(colon + 2);
        }
    }

    void report(Diagnostics& diagnostics) {
        if (redefinition(diagnostics) || end_of_file(diagnostics) || header_in_array(diagnostics) ||
            value(diagnostics)) {
            return;
        }
        std::string message(description_);
        if (message.ends_with("saw '\\n'") || message.ends_with("saw '\\r'")) {
            message.replace(message.size() - 4, 4, "the end of the line");
        }
        std::string hint;
        const TomlContext context = toml_context_at(text_, place_);
        if (says("expected comma or closing ']'")) {
            message = "a comma or ']' is missing before this";
        } else if (says("expected comma or closing '}'")) {
            message = "a comma or '}' is missing before this";
        } else if (is_foreign_letter() &&
                   (says("expected '='") || says("expected keys") || says("expected key"))) {
            message = "a key without quotes is of ASCII letters, digits, '_' and '-'";
            hint = "put it in quotes";
        } else if (says("expected keys")) {
            message = "a key or a [table] is expected here";
        } else if (says("control character")) {
            message = "a control character cannot stand in TOML";
            hint = "in a string write it as an escape, such as \\u0001";
        } else if (says("surrogates")) {
            message = "this is no Unicode character";
        } else if (says("could not determine value type")) {
            message = "this is not a TOML value";
            hint = "text and expressions need quotes, \" or '";
        } else if (says("expected '='")) {
            message = "'=' is missing after the key";
        } else if (says("expected a comment or whitespace")) {
            message = "only a comment may follow on this line";
        } else if (says("unknown escape sequence")) {
            hint = "in a TOML string write '\\\\' for a backslash, or use a literal string '...'";
        } else {
            message += scope_.empty() ? "" : " (in a " + std::string(scope_) + ")";
        }
        if (const auto opened = outer_bracket(context)) {
            hint = std::string("the '") + text_[*opened] + "' of line " +
                   std::to_string(source_.locate(*opened).line) + " is still open";
        }
        diagnostics.error(place_span(), std::move(message), std::move(hint));
    }

  private:
    bool says(std::string_view words) const { return description_.find(words) != std::string_view::npos; }

    Span place_span() const {
        const Span word = word_at(text_, place_);
        if (word.begin == place_ && word.known()) return word;
        return {place_, place_ + 1};
    }

    bool is_foreign_letter() const {
        return place_ < text_.size() && static_cast<unsigned char>(text_[place_]) >= 0x80;
    }

    /// The innermost open bracket of an earlier line.
    std::optional<uint32_t> outer_bracket(const TomlContext& context) const {
        const uint32_t line = source_.line_start(source_.locate(place_).line);
        for (auto place = context.open_brackets.rbegin(); place != context.open_brackets.rend(); ++place) {
            if (*place < line) return *place;
        }
        return std::nullopt;
    }

    /// A `[header]` where an array was not closed.
    bool header_in_array(Diagnostics& diagnostics) const {
        const uint32_t begin = source_.line_start(source_.locate(place_).line);
        if (begin >= place_ || text_[begin] != '[') return false;
        const auto opened = outer_bracket(toml_context_at(text_, begin));
        if (!opened) return false;
        const size_t end = std::min(text_.find(']', begin), text_.find('\n', begin));
        const size_t stop = end == std::string_view::npos ? text_.size() : end + (text_[end] == ']' ? 1 : 0);
        diagnostics.error({begin, static_cast<uint32_t>(stop)},
                          std::string("a table cannot begin here: the '") + text_[*opened] + "' of line " +
                              std::to_string(source_.locate(*opened).line) + " is still open");
        return true;
    }

    /// The `[header]` line at or before the place.
    std::optional<Span> header_before() const {
        int line = source_.locate(place_).line;
        for (; line > 0; --line) {
            const std::string_view text = source_.line_text(line);
            const size_t first = text.find_first_not_of(" \t");
            if (first == std::string_view::npos && source_.line_start(line) <= place_) continue;
            if (first == std::string_view::npos || text[first] != '[') break;
            const size_t last = text.rfind(']');
            if (last == std::string_view::npos) break;
            const uint32_t begin = source_.line_start(line);
            return Span{begin + static_cast<uint32_t>(first), begin + static_cast<uint32_t>(last) + 1};
        }
        return std::nullopt;
    }

    bool redefinition(Diagnostics& diagnostics) const {
        if (!says("cannot redefine existing ") && !says("into existing inline table")) return false;
        const size_t open = description_.find('\'');
        const size_t close = description_.rfind('\'');
        std::string key =
            open < close ? std::string(description_.substr(open + 1, close - open - 1)) : std::string();
        while (!key.empty() && key.back() == ' ') key.pop_back();
        const auto header = scope_ == "table header" ? header_before() : std::nullopt;
        if (header) {
            const bool table = says("existing table");
            diagnostics.error(
                *header, "'" + key + (table ? "' is declared twice" : "' cannot be a table here"),
                table ? "a table can be opened only once" : "it or a part of it has a value already");
        } else {
            diagnostics.error(
                key.empty() ? place_span() : repeated_key(text_, place_, key),
                key.empty() ? "this key has a value already" : "the key '" + key + "' has a value already");
        }
        return true;
    }

    bool end_of_file(Diagnostics& diagnostics) const {
        if (!says("encountered end-of-file") && place_ < text_.size()) return false;
        const auto last = static_cast<uint32_t>(text_.find_last_not_of(" \t\r\n") + 1);
        diagnostics.error(
            {last, last + 1},
            std::string("the file ends in the middle of a") +
                (scope_ == "array" || scope_ == "inline table" || scope_ == "integer" ? "n " : " ") +
                std::string(scope_.empty() ? "value" : scope_));
        return true;
    }

    /// Something without quotes stands where a value should.
    bool value(Diagnostics& diagnostics) const {
        const Span word = word_at(text_, place_);
        const std::string_view token = text_.substr(word.begin, word.end - word.begin);
        if (says("not representable in 64 bits") || says("exceeds length limit") ||
            says("numeric value too long")) {
            const bool fraction =
                token.find_first_of(".eE") != std::string_view::npos && !token.starts_with("0x");
            diagnostics.error(word, fraction ? "this number is out of range"
                                             : "this integer is outside the range of 64 bits");
            return true;
        }
        const TomlContext context = toml_context_at(text_, word.begin);
        if (!context.in_value || scope_ == "string" || scope_ == "literal string" ||
            scope_ == "unicode scalar sequence") {
            return false;
        }
        if (says("expected value, saw")) {
            diagnostics.error({place_, place_ + 1}, "a value is missing after '='");
            return true;
        }
        if (says("expected comma or closing") || says("expected a comment or whitespace") || token.empty())
            return false;
        std::string hint;
        if (looks_like_number(token) && token.find_first_of(":-", 1) != std::string_view::npos &&
            token.find_first_not_of("0123456789:-+.TZtz") == std::string_view::npos) {
            hint = "dates are written 2020-12-31, times 23:59:59";
        } else if (says("leading zeroes")) {
            hint = "a number has no leading zeros";
        } else if (token == "True" || token == "False") {
            hint = token == "True" ? "write true" : "write false";
        } else if (token == "None" || token == "none" || token == "null") {
            hint = "write the expression \"none\" in quotes";
        } else if (looks_like_number(token) && token.find_first_of("_:") == std::string_view::npos) {
            hint =
                "a number with a unit, or any other expression, needs quotes: \"" + std::string(token) + "\"";
        } else {
            hint = "text and expressions need quotes: \"" + std::string(token) + "\"";
        }
        diagnostics.error(word, "'" + std::string(token) + "' is not a TOML value", hint);
        return true;
    }

    const SourceFile& source_;
    std::string_view text_;
    uint32_t place_;
    std::string_view description_;
    std::string_view scope_;
};

}  // namespace

void explain_toml_error(const SourceFile& source, uint32_t place, std::string_view description,
                        Diagnostics& diagnostics) {
    Explanation(source, place, description).report(diagnostics);
}

}  // namespace asyncrun
