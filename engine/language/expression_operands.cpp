// SPDX-License-Identifier: MIT
#include "engine/language/expression_grammar.h"
#include "engine/language/number_literal.h"

#include <cstdint>
#include <string>
#include <utility>

namespace asyncrun {

using ast::ExprKind;

ParsedExpr ExpressionGrammar::postfix() {
    ParsedExpr value = atom();
    while (value) {
        if (is("[")) {
            value = subscript(std::move(value));
        } else if (is(".")) {
            value = attribute(std::move(value));
        } else if (is("(")) {
            error(current(), "only a function's name can be called");
            skip_group();
            value.end = last_end();
        } else {
            break;
        }
    }
    return value;
}

ParsedExpr ExpressionGrammar::atom() {
    const Token& token = current();
    switch (token.kind) {
        case TokenKind::integer:
        case TokenKind::real: return number();
        case TokenKind::string:
        case TokenKind::format_string: return string();
        case TokenKind::keyword: return keyword();
        case TokenKind::name: {
            if (peek().is("(")) return call();
            take();
            ParsedExpr out = node(ExprKind::name, token.begin, token.end);
            out.expr->text = token.text;
            return out;
        }
        case TokenKind::symbol:
            if (token.is("(")) return parenthesized();
            if (token.is("[")) return list();
            if (token.is("{")) return braces();
            if (token.is("*") || token.is("**")) {
                const Level level(*this);
                if (level.too_deep()) return {};
                if (at_ > 0 && !tokens_[at_ - 1].is("(") && !tokens_[at_ - 1].is("[") &&
                    !tokens_[at_ - 1].is(","))
                    break;
                error(token, "unpacking with " + quoted(token) + " is not supported");
                take();
                return disjunction();
            }
            break;
        case TokenKind::unknown: take(); return nothing(token.begin);
        case TokenKind::end: break;
    }
    return missing_value();
}

ParsedExpr ExpressionGrammar::number() {
    const Token& token = take();
    const bool real = token.kind == TokenKind::real;
    ParsedExpr out = node(real ? ExprKind::real : ExprKind::integer, token.begin, token.end);
    out.expr->real = token.real;
    out.expr->integer = static_cast<int64_t>(token.integer);
    if (!real && (token.too_large || token.integer > static_cast<uint64_t>(INT64_MAX))) {
        error(token, "this integer is outside the range of 64 bits", "write it with '.0' for a float");
    }
    if (current().kind == TokenKind::name && is_unit(current().text) && !peek().is("(")) {
        const Token& unit = take();
        error(unit, "no space may stand between a number and its unit",
              "write '" + std::string(token.text) + std::string(unit.text) + "'");
    }
    return out;
}

ParsedExpr ExpressionGrammar::string() {
    const Token& token = take();
    ParsedExpr out;
    if (token.kind == TokenKind::format_string) {
        ParsedTemplate parsed = parse_template_range(reporter_, token.begin + 2, token.end - 1, depth_, true);
        out.height = parsed.height + 1;
        out.expr = make_template(std::move(parsed), reporter_.span(token.begin, token.end));
        out.begin = token.begin;
        out.end = token.end;
    } else {
        out = node(ExprKind::string, token.begin, token.end);
        const bool complete = token.text.size() >= 2 && token.text.back() == token.text.front();
        if (complete) out.expr->text = decode_escapes(reporter_, token.begin + 1, token.end - 1);
    }
    while (current().kind == TokenKind::string || current().kind == TokenKind::format_string) {
        error(current(), "strings side by side are not joined", "write '+' between them");
        take();
    }
    return out;
}

ParsedExpr ExpressionGrammar::keyword() {
    const Token& token = current();
    if (token.is("true") || token.is("True") || token.is("false") || token.is("False")) {
        take();
        ParsedExpr out = node(ExprKind::boolean, token.begin, token.end);
        out.expr->integer = token.is("true") || token.is("True");
        return out;
    }
    if (token.is("none") || token.is("None")) {
        take();
        return node(ExprKind::none, token.begin, token.end);
    }
    if (token.is("not")) {
        error(token, "'not' needs parentheses here", "write '(not ...)'");
    } else if (token.is("lambda")) {
        error(token, "'lambda' is not supported", "declare a [function] and call it");
    } else if (token.is("await") || token.is("yield")) {
        error(token, quoted(token) + " is a step of its own, no part of an expression",
              "write { " + std::string(token.text) + " = \"...\" }");
    } else if (token.is("and") || token.is("or") || token.is("in") || token.is("if") || token.is("else") ||
               token.is("is") || token.is("for")) {
        return missing_value();
    } else {
        error(token, quoted(token) + " is a reserved word and cannot name a value");
        take();
        return nothing(token.begin);
    }
    return {};
}

ParsedExpr ExpressionGrammar::parenthesized() {
    const size_t open = at_;
    const size_t begin = take().begin;
    if (accept(")")) {
        error(begin, last_end(), "tuples are not supported", "an empty list is '[]'");
        return nothing(begin);
    }
    ParsedExpr inner = conditional();
    if (!inner) {
        if (!skip_to(")", false)) return {};
        take();
        return nothing(begin);
    }
    if (is(",") || is("for")) {
        unexpected();
        if (!skip_to(")", false)) return {};
        take();
        return nothing(begin);
    }
    if (!close(open, ")")) return nothing(begin);
    inner.begin = begin;
    inner.end = last_end();
    return inner;
}

ParsedExpr ExpressionGrammar::list() {
    const size_t open = at_;
    const size_t begin = take().begin;
    ParsedExpr out = node(ExprKind::list, begin, begin + 1);
    while (!aborted_ && !is("]")) {
        ParsedExpr item = conditional();
        if (item && out.expr->items.empty() && (is("for") || is("async")))
            return comprehension(open, std::move(item));
        if (item) {
            adopt(out, std::move(item));
        } else if (!skip_to("]", true)) {
            return {};
        }
        if (!accept(",")) break;
    }
    close(open, "]");
    out.end = last_end();
    out.expr->span = reporter_.span(begin, out.end);
    return out;
}

bool ExpressionGrammar::comprehension_targets(ast::Expr& result) {
    const size_t first = current().begin;
    do {
        const Token& token = current();
        if (token.kind == TokenKind::keyword) {
            error(token, quoted(token) + " is a reserved word and cannot name a value");
            return false;
        }
        if (token.kind != TokenKind::name) {
            error(token, "a name is expected after " + quoted(tokens_[at_ - 1]),
                  "write 'for x in xs' or 'for a, b in pairs'");
            return false;
        }
        result.targets.emplace_back(take().text);
    } while (accept(","));
    result.name_span = reporter_.span(first, last_end());
    if (accept("in")) return true;
    error(current(), "'in' is missing after the names of 'for'");
    return false;
}

ParsedExpr ExpressionGrammar::comprehension(size_t open, ParsedExpr element) {
    const size_t begin = tokens_[open].begin;
    ParsedExpr out = node(ExprKind::comprehension, begin, begin + 1);
    const auto give_up = [&]() -> ParsedExpr {
        if (!skip_to("]", false)) return {};
        take();
        return nothing(begin);
    };
    if (is("async")) {
        error(current(), "'async for' is a step of its own, no part of an expression");
        return give_up();
    }
    take();
    if (!comprehension_targets(*out.expr)) return give_up();
    ParsedExpr source = disjunction();
    if (!source) return give_up();
    adopt(out, std::move(element));
    adopt(out, std::move(source));
    if (accept("if")) {
        ParsedExpr condition = disjunction();
        if (!condition) return give_up();
        adopt(out, std::move(condition));
    } else {
        out.expr->items.push_back(nullptr);
    }
    if (is("for") || is("async")) {
        error(current(), "a list comprehension has one 'for'");
        return give_up();
    }
    if (is("if")) {
        error(current(), "a list comprehension has one 'if'", "join the conditions with 'and'");
        return give_up();
    }
    if (is("else")) {
        error(current(), "the 'if' of a list comprehension has no 'else'",
              "write '[a if c else b for x in xs]'");
        return give_up();
    }
    close(open, "]");
    out.end = last_end();
    out.expr->span = reporter_.span(begin, out.end);
    return out;
}

ParsedExpr ExpressionGrammar::braces() {
    const Token& open = current();
    error(open, "dictionaries and sets cannot be written in an expression", "write a list: [a, b]");
    skip_group();
    return nothing(open.begin);
}

ParsedExpr ExpressionGrammar::call() {
    const Token& name = take();
    const size_t open = at_;
    take();
    ParsedExpr out = node(ExprKind::call, name.begin, name.end);
    out.expr->text = name.text;
    out.expr->name_span = out.expr->span;
    arguments(out, open);
    if (aborted_) return {};
    out.end = last_end();
    out.expr->span = reporter_.span(name.begin, out.end);
    return out;
}

/// Takes the arguments and the closing parenthesis.
void ExpressionGrammar::arguments(ParsedExpr& call, size_t open) {
    while (!aborted_ && !is(")")) {
        if (current().kind == TokenKind::name && peek().is("=")) {
            error(current().begin, peek().end, "keyword arguments are not supported",
                  "give the arguments in their order");
            take(), take();
        }
        ParsedExpr argument = conditional();
        if (argument && is("for")) {
            unexpected();
            argument = {};
        }
        if (argument) {
            adopt(call, std::move(argument));
        } else if (!skip_to(")", true)) {
            return;
        }
        if (!accept(",")) break;
    }
    close(open, ")");
}

ParsedExpr ExpressionGrammar::subscript(ParsedExpr object) {
    const size_t open = at_;
    const size_t begin = object.begin;
    take();
    const auto give_up = [&]() -> ParsedExpr {
        if (!skip_to("]", false)) return {};
        take();
        return nothing(begin);
    };
    if (is("]")) {
        error(current(), "an index is missing");
        return give_up();
    }
    ParsedExpr first;
    if (!is(":")) {
        first = conditional();
        if (!first) return give_up();
    }
    ParsedExpr out = node(is(":") ? ExprKind::slice : ExprKind::index, begin, begin + 1);
    adopt(out, std::move(object));
    const auto adopt_bound = [&](ParsedExpr bound) {
        if (bound) {
            adopt(out, std::move(bound));
        } else {
            out.expr->items.push_back(nullptr);
        }
    };
    adopt_bound(std::move(first));
    if (accept(":")) {
        ParsedExpr last;
        if (!is("]") && !is(":")) {
            last = conditional();
            if (!last) return give_up();
        }
        adopt_bound(std::move(last));
        if (is(":")) {
            error(current(), "a slice has no step", "write x[a:b]");
            return give_up();
        }
    }
    if (is(",")) {
        error(current(), "an index is one value", "write x[a][b]");
        return give_up();
    }
    close(open, "]");
    if (aborted_) return {};
    out.end = last_end();
    out.expr->span = reporter_.span(begin, out.end);
    return out;
}

ParsedExpr ExpressionGrammar::attribute(ParsedExpr object) {
    const size_t dot = take().begin;
    if (current().kind != TokenKind::name && current().kind != TokenKind::keyword) {
        error(dot, dot + 1, "attributes are not supported");
        return {};
    }
    const Token& name = take();
    const size_t begin = object.begin;
    const std::string_view text = reporter_.text().substr(begin, object.end - begin);
    constexpr size_t longest = 30;
    const std::string shown(text.size() <= longest ? text : "x");
    if (is("(")) {
        const bool empty = peek().is(")");
        error(dot, name.end, "methods are not supported",
              "write " + std::string(name.text) + "(" + shown + (empty ? ")" : ", ...)"));
        skip_group();
    } else {
        error(dot, name.end, "attributes are not supported",
              "a dictionary's value is " + shown + "['" + std::string(name.text) + "']");
    }
    return nothing(begin);
}

}  // namespace asyncrun
