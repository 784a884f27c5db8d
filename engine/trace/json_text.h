// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace asyncrun {

/// Appends `text` as a JSON string with its quotes. What is not UTF-8 becomes U+FFFD, so the result always
/// parses.
void append_json_string(std::string& out, std::string_view text);

}  // namespace asyncrun
