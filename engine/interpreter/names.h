// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/program.h"
#include "engine/interpreter/value.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace asyncrun {

/// Everything that a scenario declares, by name: what bodies and declarations are resolved against. Filled by the loader
/// before any body is compiled.
struct DeclaredNames {
    struct Callee {
        Code::Kind kind;
        uint32_t index;
        uint32_t arity;
    };
    std::map<std::string, Value, std::less<>> params;
    std::map<std::string, uint32_t, std::less<>> shared;
    std::map<std::string, uint32_t, std::less<>> contexts;
    std::map<std::string, uint32_t, std::less<>> objects;
    std::map<std::string, Callee, std::less<>> callables;
};

}  // namespace asyncrun
