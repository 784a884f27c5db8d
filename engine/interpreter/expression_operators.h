// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/expression_nodes.h"

namespace asyncrun::nodes {

/// UnboundLocalError for a slot node.
[[noreturn]] void raise_unbound(const ExprNode& slot);

}  // namespace asyncrun::nodes
