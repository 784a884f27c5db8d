// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace asyncrun {

class BodyCompiler;
struct StepNode;

/// What a key of a step holds. Decides how it is checked, what the JSON Schema says of it, and which names it binds.
enum class Operand : uint8_t {
    expression,   ///< a TOML number, boolean, array of those, or a string with an expression
    text,         ///< a template
    word,         ///< literal text; `words` lists what is allowed, empty for any name
    names,        ///< one error class or an array of them
    binding,      ///< a variable that the step assigns
    bindings,     ///< one variable or an array of them
    scoped,       ///< variables that exist only inside the step (`for` of gather and spawn)
    variable,     ///< a variable that must exist already
    assignments,  ///< a table of variable = expression
    call,         ///< a call f(x), or an expression that gives something awaitable
    calls,        ///< one such or an array of them
    block,        ///< nested steps
    handlers,     ///< an array of tables with except, as, do
    nothing,      ///< the verb stands alone, as a bare string
    flag,         ///< true or false
};

/// One key that a step kind understands.
struct KeySpec {
    std::string_view name;
    Operand operand;
    bool required = false;
    std::string_view doc;
    std::vector<std::string_view> words = {};
};

/// One verb of the language: what it accepts, how it is checked and compiled. One constant per verb, in one file under
/// steps/, listed in steps/table.cpp; loading, schema, documentation and shells' completion all read this.
class StepKind {
  public:
    std::string_view name;
    bool synchronous = false;  ///< a [function] may use it (**S**)
    bool bare = false;         ///< may stand as a bare string
    std::string_view doc;
    std::vector<KeySpec> keys;  ///< the verb's own operand first
    /// Checks the operands and emits instructions.
    void (*compile)(BodyCompiler&, const StepNode&) = nullptr;

    const KeySpec* key(std::string_view key_name) const noexcept {
        for (const KeySpec& k : keys) {
            if (k.name == key_name) return &k;
        }
        return nullptr;
    }
};

/// All verbs, in the order of the language's documentation.
std::span<const StepKind* const> step_kinds();
/// Null if there is none of that name.
const StepKind* find_step_kind(std::string_view name);

}  // namespace asyncrun
