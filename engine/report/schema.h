// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace asyncrun {

/// The JSON Schema (draft 2020-12) of what write_report_json writes, for `asyncrun schema report`. Strict:
/// where the form is asyncrun's own, no key is missing and none is unknown; results, parameters and options
/// are open.
std::string_view report_schema();

}  // namespace asyncrun
