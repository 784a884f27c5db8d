// SPDX-License-Identifier: MIT
#pragma once

namespace asyncrun {

/// The whole program: parses the command line, does what it says, answers with the process's exit code.
/// Errors are told on standard error; none leaves it.
int run_command_line(int argc, char** argv);

}  // namespace asyncrun
