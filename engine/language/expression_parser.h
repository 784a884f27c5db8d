// SPDX-License-Identifier: MIT
#pragma once

#include "engine/language/diagnostic.h"
#include "engine/language/document.h"
#include "engine/language/expression.h"
#include "engine/language/mapped_text.h"

namespace asyncrun {

/// How deep an expression may nest: brackets, f-strings in brackets and operators that wait for their right
/// side.
constexpr int deepest_expression = 200;
/// How high its tree may grow, counting also long chains such as `a + b + c`: what walks a tree may recurse
/// that far.
constexpr int highest_expression = 1000;

/// Parses an expression (scenario-language.md, section 3). The result is null if an error was reported: as
/// many as are independent of each other, each at its token. Names are not resolved here. Cost is linear in
/// the text.
ast::ExprPtr parse_expression(const MappedText& text, Diagnostics& diagnostics);

/// Parses a template: text with `{expr}`, `{expr!r}`, `{expr:format}`, `{{` and `}}`. The result is of kind
/// `format`, or of kind `string` if it holds no expression; null if an error was reported.
ast::ExprPtr parse_template(const MappedText& text, Diagnostics& diagnostics);

/// The same of a TOML string. The node must be one.
ast::ExprPtr parse_expression(const Node& node, Diagnostics& diagnostics);
ast::ExprPtr parse_template(const Node& node, Diagnostics& diagnostics);

}  // namespace asyncrun
