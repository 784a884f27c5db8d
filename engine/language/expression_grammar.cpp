// SPDX-License-Identifier: MIT
#include "engine/language/expression_grammar.h"

#include "engine/language/expression_parser.h"

#include <cstdint>
#include <memory>

namespace asyncrun {

using ast::ExprKind;
using ast::Op;

ExpressionGrammar::Level::Level(ExpressionGrammar& grammar) : grammar_(grammar) {
    if (++grammar_.depth_ <= deepest_expression) return;
    too_deep_ = true;
    grammar_.error(grammar_.current(),
                   "this expression nests more than " + std::to_string(deepest_expression) + " deep");
    grammar_.abort();
}

std::string quoted(const Token& token) {
    constexpr size_t longest = 30;
    if (token.kind == TokenKind::end) return "the end";
    if (token.text.size() <= longest) return "'" + std::string(token.text) + "'";
    return token.kind == TokenKind::string || token.kind == TokenKind::format_string ? "this text" : "this";
}

ParsedExpr parse_expression_range(ExpressionReporter& reporter, size_t begin, size_t end, int depth) {
    return ExpressionGrammar(reporter, tokenize(reporter, begin, end), depth).parse_whole();
}

ParsedExpr ExpressionGrammar::parse_whole() {
    ParsedExpr whole = conditional();
    if (whole && current().kind != TokenKind::end) unexpected();
    return whole;
}

// Tokens and errors

bool ExpressionGrammar::accept(std::string_view words) {
    if (!is(words)) return false;
    ++at_;
    return true;
}

const Token& ExpressionGrammar::take() {
    const Token& token = tokens_[at_];
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
}

void ExpressionGrammar::error(const Token& token, std::string message, std::string hint) {
    error(token.begin, token.end, std::move(message), std::move(hint));
}

void ExpressionGrammar::error(size_t begin, size_t end, std::string message, std::string hint) {
    if (aborted_ || begin == last_error_) return;
    last_error_ = begin;
    reporter_.error(begin, end, std::move(message), std::move(hint));
}

ParsedExpr ExpressionGrammar::missing_value() {
    if (aborted_) return {};
    const Token& token = current();
    const bool after = at_ > 0 && (tokens_[at_ - 1].kind == TokenKind::symbol ||
                                   tokens_[at_ - 1].kind == TokenKind::keyword);
    const bool closes = token.kind == TokenKind::end || token.is(")") || token.is("]") || token.is("}") ||
                        token.is(",") || token.is(":");
    const bool opened = after && (tokens_[at_ - 1].is("(") || tokens_[at_ - 1].is("["));
    if (opened && token.kind == TokenKind::end) {
        close(at_ - 1, tokens_[at_ - 1].is("(") ? ")" : "]");
    } else if (at_ == 0 && !closes) {
        error(token, "an expression cannot begin with " + quoted(token));
    } else if (after && closes) {
        error(token, "a value is missing after " + quoted(tokens_[at_ - 1]));
    } else if (token.kind == TokenKind::end) {
        error(token, "an expression is missing");
    } else {
        error(token, "a value is missing before " + quoted(token));
    }
    return {};
}

/// Something follows a complete expression.
void ExpressionGrammar::unexpected() {
    if (aborted_ || current().kind == TokenKind::unknown) return;
    const Token& token = current();
    const Token* before = at_ > 0 ? &tokens_[at_ - 1] : nullptr;
    if (token.is("=")) {
        error(token, "'=' does not compare", "write '=='; a 'let' step assigns");
    } else if (token.is(":=")) {
        error(token, "':=' is not supported", "a 'let' step assigns");
    } else if (token.text.size() >= 2 && token.kind == TokenKind::symbol && token.text.back() == '=') {
        error(token, quoted(token) + " is not supported", "a 'let' step assigns");
    } else if (token.is("?")) {
        error(token, "'?' is not supported", "write 'a if condition else b'");
    } else if (token.is(",")) {
        error(token, "tuples are not supported", "write a list: [a, b]");
    } else if (token.is("for")) {
        error(token, "generator expressions are not supported", "write a list: [f(x) for x in xs]");
    } else if (token.is(")") || token.is("]") || token.is("}")) {
        error(token, "this " + quoted(token) + " closes nothing");
    } else if (token.is("else")) {
        error(token, "there is no 'if' for this 'else'");
    } else if (token.is("await") || token.is("yield") || token.is("return") || token.is("async")) {
        error(token, quoted(token) + " is a step of its own, no part of an expression");
    } else if (before && before->kind == TokenKind::name &&
               (token.kind == TokenKind::string || token.kind == TokenKind::name)) {
        error(token, "an operator is missing between " + quoted(*before) + " and " + quoted(token),
              "text goes in quotes, a call's arguments in parentheses");
    } else if (token.kind == TokenKind::symbol || token.kind == TokenKind::keyword) {
        error(token, quoted(token) + " is not expected here");
    } else {
        error(token, "an operator is missing before " + quoted(token));
    }
}

bool ExpressionGrammar::skip_to(std::string_view closing, bool commas) {
    size_t depth = 0;
    for (; current().kind != TokenKind::end; ++at_) {
        const Token& token = current();
        if (depth == 0 && (token.is(closing) || (commas && token.is(",")))) return true;
        if (token.is("(") || token.is("[") || token.is("{")) ++depth;
        if (token.is(")") || token.is("]") || token.is("}")) {
            if (depth == 0) return false;
            --depth;
        }
    }
    return false;
}

/// Skips a bracket and what it holds.
void ExpressionGrammar::skip_group() {
    const std::string_view closing = is("(") ? ")" : is("[") ? "]" : "}";
    const Token& open = take();
    if (skip_to(closing, false)) {
        take();
    } else {
        error(open, "this " + quoted(open) + " is never closed");
    }
}

bool ExpressionGrammar::close(size_t open, std::string_view closing) {
    if (accept(closing)) return true;
    const std::string wanted = "'" + std::string(closing) + "'";
    if (current().kind == TokenKind::end) {
        error(tokens_[open], "this " + quoted(tokens_[open]) + " is never closed", "add " + wanted);
        return false;
    }
    const Token& token = current();
    if (token.kind == TokenKind::unknown) {
        // reported by the lexer
    } else if (token.is(")") || token.is("]") || token.is("}")) {
        error(token, "this " + quoted(token) + " cannot close a " + quoted(tokens_[open]),
              wanted + " is missing before it");
    } else if (token.kind == TokenKind::symbol || token.kind == TokenKind::keyword) {
        unexpected();
    } else {
        error(token, (tokens_[open].is("(") && !(open > 0 && tokens_[open - 1].kind == TokenKind::name)
                          ? "an operator or "
                          : "a comma or ") +
                         wanted + " is missing before " + quoted(token));
    }
    if (skip_to(closing, false)) take();
    return false;
}

// Nodes

ParsedExpr ExpressionGrammar::node(ExprKind kind, size_t begin, size_t end) {
    ParsedExpr out;
    out.expr = std::make_unique<ast::Expr>();
    out.expr->kind = kind;
    out.expr->span = reporter_.span(begin, end);
    out.height = 1;
    out.begin = begin;
    out.end = end;
    return out;
}

void ExpressionGrammar::adopt(ParsedExpr& parent, ParsedExpr child) {
    if (child.height >= parent.height) parent.height = child.height + 1;
    parent.expr->items.push_back(std::move(child.expr));
    if (parent.height <= highest_expression || aborted_) return;
    error(child.begin, child.end,
          "this expression is too long a chain: more than " + std::to_string(highest_expression) +
              " operators");
    abort();
}

ParsedExpr ExpressionGrammar::binary(ExprKind kind, Op op, const Token& symbol, ParsedExpr left,
                                     ParsedExpr right) {
    ParsedExpr out = node(kind, left.begin, right.end);
    out.expr->op = op;
    out.expr->op_spans.push_back(reporter_.span(symbol.begin, symbol.end));
    adopt(out, std::move(left));
    adopt(out, std::move(right));
    return out;
}

// Operators

ParsedExpr ExpressionGrammar::conditional() {
    const Level level(*this);
    if (level.too_deep()) return {};
    ParsedExpr value = disjunction();
    if (!value || !is("if")) return value;
    const Token& if_token = take();
    ParsedExpr condition = disjunction();
    if (!condition) return {};
    if (!accept("else")) {
        error(if_token, "this 'if' has no 'else'", "write 'a if condition else b'");
        return {};
    }
    ParsedExpr other = conditional();
    if (!other) return {};
    ParsedExpr out = node(ExprKind::conditional, value.begin, other.end);
    adopt(out, std::move(value));
    adopt(out, std::move(condition));
    adopt(out, std::move(other));
    return out;
}

ParsedExpr ExpressionGrammar::disjunction() {
    ParsedExpr left = conjunction();
    while (left && (is("or") || is("||"))) {
        const Token& symbol = take();
        if (symbol.is("||")) error(symbol, "'||' is not supported", "write 'or'");
        ParsedExpr right = conjunction();
        if (!right) return {};
        left = binary(ExprKind::logical, Op::logical_or, symbol, std::move(left), std::move(right));
    }
    return left;
}

ParsedExpr ExpressionGrammar::conjunction() {
    ParsedExpr left = negation();
    while (left && (is("and") || is("&&"))) {
        const Token& symbol = take();
        if (symbol.is("&&")) error(symbol, "'&&' is not supported", "write 'and'");
        ParsedExpr right = negation();
        if (!right) return {};
        left = binary(ExprKind::logical, Op::logical_and, symbol, std::move(left), std::move(right));
    }
    return left;
}

ParsedExpr ExpressionGrammar::negation() {
    if (!is("not") && !is("!")) return comparison();
    const Level level(*this);
    if (level.too_deep()) return {};
    const Token& symbol = take();
    if (symbol.is("!")) error(symbol, "'!' is not supported", "write 'not'");
    ParsedExpr operand = negation();
    if (!operand) return {};
    ParsedExpr out = node(ExprKind::unary, symbol.begin, operand.end);
    out.expr->op = Op::logical_not;
    adopt(out, std::move(operand));
    return out;
}

/// Takes a comparison operator if there is one.
bool ExpressionGrammar::comparison_operator(Op& op) {
    struct Known {
        std::string_view symbol;
        Op op;
        const char* instead;
    };
    static constexpr Known known[] = {
        {"==", Op::equal, nullptr},      {"!=", Op::not_equal, nullptr}, {"<", Op::less, nullptr},
        {"<=", Op::less_equal, nullptr}, {">", Op::greater, nullptr},    {">=", Op::greater_equal, nullptr},
        {"in", Op::in, nullptr},         {"===", Op::equal, "=="},       {"!==", Op::not_equal, "!="},
        {"<>", Op::not_equal, "!="},
    };
    if (is("not")) {
        if (!peek().is("in")) return false;
        take(), take();
        op = Op::not_in;
        return true;
    }
    if (is("is")) {
        const Token& token = take();
        const bool negated = accept("not");
        op = negated ? Op::not_equal : Op::equal;
        error(token.begin, last_end(), negated ? "'is not' is not supported" : "'is' is not supported",
              negated ? "write '!='" : "write '=='");
        return true;
    }
    for (const Known& candidate : known) {
        if (!is(candidate.symbol)) continue;
        const Token& token = take();
        if (candidate.instead)
            error(token, quoted(token) + " is not supported",
                  std::string("write '") + candidate.instead + "'");
        op = candidate.op;
        return true;
    }
    return false;
}

ParsedExpr ExpressionGrammar::comparison() {
    ParsedExpr left = bitwise();
    if (!left) return {};
    ParsedExpr out;
    Op op{};
    for (size_t symbol = at_; comparison_operator(op); symbol = at_) {
        const size_t symbol_end = last_end();
        ParsedExpr right = bitwise();
        if (!right) return {};
        if (!out) {
            out = node(ExprKind::comparison, left.begin, right.end);
            adopt(out, std::move(left));
        }
        out.end = right.end;
        out.expr->ops.push_back(op);
        out.expr->op_spans.push_back(reporter_.span(tokens_[symbol].begin, symbol_end));
        adopt(out, std::move(right));
    }
    if (!out) return left;
    out.expr->span = reporter_.span(out.begin, out.end);
    return out;
}

/// Operators that Python has here and the language has not: reported, then passed over.
ParsedExpr ExpressionGrammar::bitwise() {
    ParsedExpr left = sum();
    while (left && (is("&") || is("|") || is("^") || is("<<") || is(">>"))) {
        const Token& symbol = take();
        error(symbol, "the operator " + quoted(symbol) + " is not supported",
              symbol.is("&")   ? "write 'and'"
              : symbol.is("|") ? "write 'or'"
                               : "");
        ParsedExpr right = sum();
        if (!right) return {};
        left.end = right.end;
    }
    return left;
}

ParsedExpr ExpressionGrammar::sum() {
    ParsedExpr left = term();
    while (left && (is("+") || is("-"))) {
        const Token& symbol = take();
        ParsedExpr right = term();
        if (!right) return {};
        left = binary(ExprKind::binary, symbol.is("+") ? Op::add : Op::subtract, symbol, std::move(left),
                      std::move(right));
    }
    return left;
}

ParsedExpr ExpressionGrammar::term() {
    ParsedExpr left = unary();
    while (left && (is("*") || is("/") || is("//") || is("%") || is("@"))) {
        const Token& symbol = take();
        if (symbol.is("@")) error(symbol, "the operator '@' is not supported");
        const Op op = symbol.is("*")    ? Op::multiply
                      : symbol.is("/")  ? Op::divide
                      : symbol.is("//") ? Op::floor_divide
                                        : Op::modulo;
        ParsedExpr right = unary();
        if (!right) return {};
        left = binary(ExprKind::binary, op, symbol, std::move(left), std::move(right));
    }
    return left;
}

ParsedExpr ExpressionGrammar::unary() {
    if (!is("-") && !is("+") && !is("~")) return power();
    const Level level(*this);
    if (level.too_deep()) return {};
    const Token& symbol = take();
    if (symbol.is("~")) error(symbol, "the operator '~' is not supported");
    // The smallest integer is written as the negative of a number that is too large for one.
    constexpr uint64_t smallest = uint64_t{1} << 63;
    if (symbol.is("-") && current().kind == TokenKind::integer && current().integer == smallest &&
        !current().too_large) {
        const Token& number = take();
        ParsedExpr out = node(ExprKind::integer, symbol.begin, number.end);
        out.expr->integer = INT64_MIN;
        return out;
    }
    ParsedExpr operand = unary();
    if (!operand) return {};
    ParsedExpr out = node(ExprKind::unary, symbol.begin, operand.end);
    out.expr->op = symbol.is("+") ? Op::plus : Op::negate;
    adopt(out, std::move(operand));
    return out;
}

ParsedExpr ExpressionGrammar::power() {
    ParsedExpr base = postfix();
    while (base && is("**")) {
        const Level level(*this);
        if (level.too_deep()) return {};
        const Token& symbol = take();
        error(symbol, "the operator '**' is not supported", "multiply instead");
        ParsedExpr exponent = unary();
        if (!exponent) return {};
        base.end = exponent.end;
    }
    return base;
}

}  // namespace asyncrun
