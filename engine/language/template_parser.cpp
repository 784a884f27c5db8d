// SPDX-License-Identifier: MIT
#include "engine/language/expression_grammar.h"
#include "engine/language/expression_parser.h"
#include "engine/language/format_spec.h"

#include <algorithm>
#include <cassert>
#include <memory>
#include <string>
#include <utility>

namespace asyncrun {

namespace {

constexpr std::string_view blanks = " \t\r\n\f";

class TemplateParser {
  public:
    TemplateParser(ExpressionReporter& reporter, size_t begin, size_t end, int depth, bool escapes)
        : reporter_(reporter),
          text_(reporter.text().substr(0, end)),
          i_(begin),
          literal_begin_(begin),
          depth_(depth),
          escapes_(escapes) {}

    ParsedTemplate run() {
        while (i_ < text_.size()) {
            const char c = text_[i_];
            if (c != '{' && c != '}') {
                ++i_;
                continue;
            }
            const bool doubled = i_ + 1 < text_.size() && text_[i_ + 1] == c;
            if (doubled) {  // the first of the two is the text
                end_literal(i_ + 1);
                i_ += 2;
                literal_begin_ = i_;
            } else if (c == '}') {
                reporter_.error(i_, i_ + 1, "this '}' closes nothing", "write '}}' for a brace");
                ++i_;
            } else {
                end_literal(i_);
                if (!field()) break;
                literal_begin_ = i_;
            }
        }
        end_literal(text_.size());
        flush();
        return std::move(out_);
    }

  private:
    void end_literal(size_t end) {
        if (end <= literal_begin_) return;
        literal_ += escapes_ ? decode_escapes(reporter_, literal_begin_, end)
                             : std::string(text_.substr(literal_begin_, end - literal_begin_));
        literal_begin_ = end;
    }

    void flush() {
        if (literal_.empty()) return;
        ast::FormatPart part;
        part.text = std::move(literal_);
        literal_.clear();
        out_.parts.push_back(std::move(part));
    }

    /// Parses `{expr!r:format}` and goes behind it; false if it has no end.
    bool field() {
        flush();
        const size_t open = i_++;
        const size_t begin = i_;
        if (!find_expression_end()) {
            if (!quote_reported_)
                reporter_.error(open, open + 1, "this '{' is never closed", "write '{{' for a brace");
            literal_begin_ = i_ = text_.size();
            return false;
        }
        const size_t end = i_;
        ast::FormatPart part;
        if (text_[i_] == '!') conversion(part);
        if (i_ < text_.size() && text_[i_] == ':' && !format(part)) {
            reporter_.error(open, open + 1, "this '{' is never closed", "write '{{' for a brace");
            literal_begin_ = i_ = text_.size();
            return false;
        }
        if (i_ >= text_.size() || text_[i_] != '}') {
            reporter_.error(open, open + 1, "this '{' is never closed", "write '{{' for a brace");
            literal_begin_ = i_ = text_.size();
            return false;
        }
        ++i_;
        if (text_.substr(begin, end - begin).find_first_not_of(blanks) == std::string_view::npos) {
            reporter_.error(open, i_, "an expression is missing between the braces",
                            "write '{{' and '}}' for braces");
            return true;
        }
        const size_t backslash = escapes_ ? text_.substr(0, end).find('\\', begin) : std::string_view::npos;
        if (backslash != std::string_view::npos) {
            reporter_.error(backslash, backslash + 1,
                            "a backslash is not allowed in the braces of an f-string");
            return true;
        }
        ParsedExpr expr = parse_expression_range(reporter_, begin, end, depth_);
        if (!expr) return true;
        out_.height = std::max(out_.height, expr.height);
        part.expr = std::move(expr.expr);
        out_.parts.push_back(std::move(part));
        return true;
    }

    /// Goes to the '}', ':' or '!' that ends an expression.
    bool find_expression_end() {
        std::string brackets;
        for (; i_ < text_.size(); ++i_) {
            const char c = text_[i_];
            if (c == '\'' || c == '"') {
                const size_t end = skip_quoted(text_, i_, text_.size());
                if (end == std::string_view::npos) {
                    reporter_.error(i_, i_ + 1, "this quote is never closed",
                                    std::string("add a ") + c + " at the string's end");
                    quote_reported_ = true;
                    return false;
                }
                i_ = end - 1;
            } else if (c == '(' || c == '[' || c == '{') {
                brackets += c;
            } else if (c == '}' && (brackets.empty() || brackets.back() != '{')) {
                return true;
            } else if (c == ')' || c == ']' || c == '}') {
                if (!brackets.empty()) brackets.pop_back();
            } else if (brackets.empty() &&
                       (c == ':' || (c == '!' && !text_.substr(i_ + 1).starts_with('=')))) {
                return true;
            }
        }
        return false;
    }

    void conversion(ast::FormatPart& part) {
        const size_t begin = i_++;
        while (i_ < text_.size() && text_[i_] != ':' && text_[i_] != '}') ++i_;
        const std::string_view name = text_.substr(begin + 1, i_ - begin - 1);
        if (name == "r" || name == "s") {
            part.conversion = name[0];
        } else {
            reporter_.error(begin, i_,
                            "'" + std::string(text_.substr(begin, i_ - begin)) + "' is not a conversion",
                            "write '!r' or '!s'");
        }
    }

    /// Takes the format after a colon; false if no '}' follows.
    bool format(ast::FormatPart& part) {
        const size_t begin = ++i_;
        size_t depth = 0;
        bool nested = false;
        for (; i_ < text_.size(); ++i_) {
            if (text_[i_] == '{') {
                if (!nested) reporter_.error(i_, i_ + 1, "a format cannot contain an expression");
                nested = true;
                ++depth;
            } else if (text_[i_] == '}' && depth-- == 0) {
                break;
            }
        }
        if (i_ >= text_.size()) return false;
        part.format_span = reporter_.span(begin, i_);
        if (nested) return true;
        part.format =
            escapes_ ? decode_escapes(reporter_, begin, i_) : std::string(text_.substr(begin, i_ - begin));
        FormatSpec spec;
        if (const auto error = parse_format_spec(part.format, spec)) {
            const bool same = part.format.size() == i_ - begin;  // no escapes that would shift the place
            reporter_.error(same ? begin + error->begin : begin, same ? begin + error->end : i_,
                            error->message);
        }
        return true;
    }

    ExpressionReporter& reporter_;
    std::string_view text_;
    size_t i_;
    size_t literal_begin_;
    int depth_;
    bool escapes_;
    bool quote_reported_ = false;
    std::string literal_;
    ParsedTemplate out_;
};

}  // namespace

ParsedTemplate parse_template_range(ExpressionReporter& reporter, size_t begin, size_t end, int depth,
                                    bool escapes) {
    return TemplateParser(reporter, begin, end, depth, escapes).run();
}

ast::ExprPtr make_template(ParsedTemplate parsed, Span span) {
    auto out = std::make_unique<ast::Expr>();
    out->span = span;
    if (parsed.parts.empty() || (parsed.parts.size() == 1 && !parsed.parts[0].expr)) {
        out->kind = ast::ExprKind::string;
        if (!parsed.parts.empty()) out->text = std::move(parsed.parts[0].text);
    } else {
        out->kind = ast::ExprKind::format;
        out->parts = std::move(parsed.parts);
    }
    return out;
}

ast::ExprPtr parse_template(const MappedText& text, Diagnostics& diagnostics) {
    ExpressionReporter reporter(text, diagnostics);
    ParsedTemplate parsed = parse_template_range(reporter, 0, text.text().size(), 0, false);
    if (reporter.failed()) return nullptr;
    return make_template(std::move(parsed), text.whole());
}

ast::ExprPtr parse_expression(const MappedText& text, Diagnostics& diagnostics) {
    ExpressionReporter reporter(text, diagnostics);
    if (text.text().find_first_not_of(blanks) == std::string::npos) {
        reporter.error_at(text.whole(), "an expression is missing");
        return nullptr;
    }
    ParsedExpr parsed = parse_expression_range(reporter, 0, text.text().size(), 0);
    if (reporter.failed()) return nullptr;
    return std::move(parsed.expr);
}

ast::ExprPtr parse_expression(const Node& node, Diagnostics& diagnostics) {
    assert(node.is(NodeKind::string));
    return parse_expression(node.string, diagnostics);
}

ast::ExprPtr parse_template(const Node& node, Diagnostics& diagnostics) {
    assert(node.is(NodeKind::string));
    return parse_template(node.string, diagnostics);
}

}  // namespace asyncrun
