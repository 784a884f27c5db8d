// SPDX-License-Identifier: MIT
#pragma once

#include "engine/language/expression.h"
#include "engine/language/expression_reporter.h"
#include "engine/language/lexer.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asyncrun {

/// A tree under construction: how high it is and what text it takes, parentheses included.
struct ParsedExpr {
    ast::ExprPtr expr;
    int height = 0;
    size_t begin = 0;
    size_t end = 0;

    explicit operator bool() const { return expr != nullptr; }
};

/// The pieces of a template or f-string.
struct ParsedTemplate {
    std::vector<ast::FormatPart> parts;
    int height = 0;
};

/// Parses [begin, end) of the reporter's text, `depth` levels inside something else. Null after an error.
ParsedExpr parse_expression_range(ExpressionReporter& reporter, size_t begin, size_t end, int depth);

/// Takes the template in [begin, end) apart. In an f-string (`escapes`) Python's backslash sequences count in
/// the literal parts and no backslash may stand in braces.
ParsedTemplate parse_template_range(ExpressionReporter& reporter, size_t begin, size_t end, int depth,
                                    bool escapes);

/// Makes of a template's parts an expression, of kind `string` if there is nothing to evaluate.
ast::ExprPtr make_template(ParsedTemplate parsed, Span span);

/// Parses the tokens of one expression by recursive descent with Python's precedence. A function returns null
/// when it has reported an error and stands at a token that only an enclosing bracket can go on from; where
/// it could resume by itself it returns a node that stands for nothing, since the whole is discarded anyway.
class ExpressionGrammar {
  public:
    ExpressionGrammar(ExpressionReporter& reporter, std::vector<Token> tokens, int depth)
        : reporter_(reporter), tokens_(std::move(tokens)), depth_(depth) {}

    ParsedExpr parse_whole();

  private:
    class Level;

    // expression_grammar.cpp: operators, by rising precedence
    ParsedExpr conditional();
    ParsedExpr disjunction();
    ParsedExpr conjunction();
    ParsedExpr negation();
    ParsedExpr comparison();
    ParsedExpr bitwise();
    ParsedExpr sum();
    ParsedExpr term();
    ParsedExpr unary();
    ParsedExpr power();
    bool comparison_operator(ast::Op& op);

    // expression_operands.cpp: what operators stand between
    ParsedExpr postfix();
    ParsedExpr atom();
    ParsedExpr number();
    ParsedExpr string();
    ParsedExpr keyword();
    ParsedExpr parenthesized();
    ParsedExpr list();
    ParsedExpr comprehension(size_t open, ParsedExpr element);
    bool comprehension_targets(ast::Expr& node);
    ParsedExpr braces();
    ParsedExpr call();
    ParsedExpr subscript(ParsedExpr object);
    ParsedExpr attribute(ParsedExpr object);
    void arguments(ParsedExpr& call, size_t open);

    // tokens
    const Token& current() const { return tokens_[at_]; }
    const Token& peek(size_t ahead = 1) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
    bool is(std::string_view words) const { return current().is(words); }
    bool accept(std::string_view words);
    const Token& take();

    // errors
    void error(const Token& token, std::string message, std::string hint = {});
    void error(size_t begin, size_t end, std::string message, std::string hint = {});
    ParsedExpr missing_value();
    void unexpected();
    void abort() { aborted_ = true, at_ = tokens_.size() - 1; }
    /// Goes to the `closing` bracket of the group we are in, or to a comma in it if `commas`; false at the
    /// end, and at a bracket that closes a group around this one.
    bool skip_to(std::string_view closing, bool commas);
    void skip_group();
    /// Takes the closing bracket, or says what is wrong and goes behind it.
    bool close(size_t open, std::string_view closing);

    // nodes
    ParsedExpr node(ast::ExprKind kind, size_t begin, size_t end);
    ParsedExpr nothing(size_t begin) { return node(ast::ExprKind::none, begin, last_end()); }
    ParsedExpr binary(ast::ExprKind kind, ast::Op op, const Token& symbol, ParsedExpr left, ParsedExpr right);
    void adopt(ParsedExpr& parent, ParsedExpr child);
    size_t last_end() const { return at_ > 0 ? tokens_[at_ - 1].end : 0; }

    ExpressionReporter& reporter_;
    std::vector<Token> tokens_;
    size_t at_ = 0;
    int depth_;
    bool aborted_ = false;
    size_t last_error_ = static_cast<size_t>(-1);  ///< where: one place gives one error
};

/// One level of nesting while it lives; `too_deep()` has reported it.
class ExpressionGrammar::Level {
  public:
    explicit Level(ExpressionGrammar& grammar);
    ~Level() { --grammar_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    bool too_deep() const { return too_deep_; }

  private:
    ExpressionGrammar& grammar_;
    bool too_deep_ = false;
};

/// "'+'" or "the end", for messages.
std::string quoted(const Token& token);

}  // namespace asyncrun
