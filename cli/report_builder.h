// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/program.h"
#include "engine/interpreter/runner.h"
#include "engine/report/model.h"

#include <cstdint>
#include <optional>
#include <string>

namespace asyncrun {

/// Turns what a run gave into the report's plain data.
RunRecord record_of(const RunOutcome& outcome, const Program& program);
RunReport::Scenario scenario_record_of(const Program& program, uint64_t seed);

/// The makespan of the engine `sim`, or why there is none.
struct Ideal {
    std::optional<int64_t> makespan_ns;
    std::string reason;
};
/// Notes it in every run that finished; in the others that they did not.
void set_ideal(RunReport& report, const Ideal& ideal);

}  // namespace asyncrun
