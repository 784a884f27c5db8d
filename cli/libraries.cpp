// SPDX-License-Identifier: MIT
#include "cli/libraries.h"

#include <CLI/Version.hpp>
#include <gnu/libc-version.h>
#include <nlohmann/detail/abi_macros.hpp>
#include <spdlog/version.h>
#include <toml++/impl/version.h>
#include <uv.h>

namespace asyncrun {
namespace {

std::string version(int major, int minor, int patch) {
    return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> library_versions() {
    return {
        {"CLI11", CLI11_VERSION},
        {"glibc", gnu_get_libc_version()},
        {"libuv", uv_version_string()},
        {"nlohmann_json",
         version(NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)},
        {"spdlog", version(SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH)},
        {"toml++", version(TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH)},
    };
}

}  // namespace asyncrun
