// SPDX-License-Identifier: MIT
#pragma once

#include "engine/language/source.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace asyncrun::ast {

/// The syntax tree of a scenario's expressions: a subset of Python's (scenario-language.md, section 3).
/// Every node keeps the span of its own text in the scenario file, through TOML's escapes.
enum class ExprKind : uint8_t {
    none,
    boolean,     ///< `integer` is 0 or 1
    integer,     ///< `integer`
    real,        ///< `real`; also a number with a unit, in seconds
    string,      ///< `text`
    format,      ///< an f-string or template: `parts`
    list,        ///< `items`
    name,        ///< `text`
    index,       ///< items[0][items[1]]
    slice,       ///< items[0][items[1]:items[2]]; an absent bound is a null pointer
    call,        ///< text(items...)
    unary,       ///< op items[0]: `not`, `-`, `+`
    binary,      ///< items[0] op items[1]: + - * / // %
    comparison,  ///< items[0] ops[0] items[1] ops[1] items[2] ...: also `in`, `not in`
    logical,     ///< items[0] op items[1]: `and`, `or`, short-circuit
    conditional, ///< items[0] if items[1] else items[2]
    comprehension, ///< [items[0] for targets in items[1] if items[2]]; items[2] may be null
};

enum class Op : uint8_t { add, subtract, multiply, divide, floor_divide, modulo, negate, plus, logical_not, logical_and, logical_or,
    equal, not_equal, less, less_equal, greater, greater_equal, in, not_in };

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

/// A piece of a template: literal text, or an expression with its conversion and format.
struct FormatPart {
    std::string text;          ///< literal text, braces unescaped; used when `expr` is null
    ExprPtr expr;
    char conversion = 0;       ///< 'r', 's' or 0
    std::string format;        ///< after the colon, e.g. ".3f"
    Span format_span;
};

struct Expr {
    ExprKind kind = ExprKind::none;
    Span span;                     ///< the whole expression
    Span name_span;                ///< call: the function's name alone; comprehension: its targets
    Op op = Op::add;
    int64_t integer = 0;
    double real = 0;
    std::string text;
    std::vector<ExprPtr> items;
    std::vector<Op> ops;           ///< comparison
    std::vector<Span> op_spans;    ///< binary, comparison: the operators' places
    std::vector<std::string> targets;  ///< comprehension
    std::vector<FormatPart> parts;
};

}  // namespace asyncrun::ast
