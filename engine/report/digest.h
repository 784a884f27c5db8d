// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace asyncrun {

/// The SHA-256 of the bytes as 64 lower-case hexadecimal digits: tells whether two reports ran the same
/// scenario.
std::string sha256_hex(std::string_view bytes);

}  // namespace asyncrun
