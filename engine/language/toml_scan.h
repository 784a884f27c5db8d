// SPDX-License-Identifier: MIT
#pragma once

#include "engine/language/mapped_text.h"
#include "engine/language/source.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asyncrun {

/// A mistake in a TOML file that the scan recognises better than a parser can say it.
struct TomlMistake {
    Span span;
    uint32_t found_at = 0;  ///< where a reader notices it: an unclosed '[' is noticed at the end
    std::string message;
    std::string hint;
};

/// What the brackets and quotes of a TOML text show before it is parsed: newlines and trailing commas in `{
/// }`, brackets that do not match, strings that do not end, and nesting beyond `deepest_nesting` (dotted keys
/// count), which no parser should be given. Stops at the first. One pass.
std::optional<TomlMistake> scan_toml(std::string_view text);

/// How deep tables and arrays may nest.
constexpr int deepest_nesting = 200;

/// The brackets that are open at a place of the text, outermost first, and whether a value is expected there
/// or a key.
struct TomlContext {
    std::vector<uint32_t> open_brackets;
    bool in_value = false;
};
TomlContext toml_context_at(std::string_view text, uint32_t offset);

/// Decodes the TOML string whose opening quote is at `begin`, in any of the four forms; it must be
/// well-formed. The result has '\n' for every newline.
MappedText read_toml_string(std::string_view text, uint32_t begin);

}  // namespace asyncrun
