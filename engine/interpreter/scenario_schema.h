// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace asyncrun {

/// The JSON Schema (draft-07) of scenario files, for `asyncrun schema scenario` and editors that check and
/// complete TOML by one (`#:schema ./scenario.schema.json`). Made from the tables and verbs that the loader
/// reads, so the two cannot disagree; expressions are strings to it. Ends in a newline.
std::string scenario_schema();

}  // namespace asyncrun
