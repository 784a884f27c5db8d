// SPDX-License-Identifier: MIT
#pragma once

#include "engine/report/model.h"

#include <string>

namespace asyncrun {

/// The version of the report's form; raised when a reader of the previous one could no longer read it.
inline constexpr int kReportSchemaVersion = 1;

/// The report as JSON text, UTF-8, ending in a newline; valid against `report_schema`. Numbers are finite or
/// null; what is not UTF-8 becomes U+FFFD. Throws std::invalid_argument when a result, parameter or option is
/// no JSON.
std::string write_report_json(const RunReport& report);

}  // namespace asyncrun
