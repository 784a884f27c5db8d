// SPDX-License-Identifier: MIT
#include "build_info_commit.h"
#include "engine/report/environment.h"

namespace asyncrun {

const BuildInfo& build_info() {
    static const BuildInfo info = [] {
        BuildInfo b;
        b.version = ASYNCRUN_VERSION;
        b.commit = ASYNCRUN_COMMIT;
#if defined(__clang__)
        b.compiler = std::string("clang ") + __clang_version__;
#else
        b.compiler = std::string("g++ ") + __VERSION__;
#endif
        b.build_type = ASYNCRUN_BUILD_TYPE;
        b.flags = ASYNCRUN_FLAGS;
        b.flags.erase(0, b.flags.find_first_not_of(' '));
        return b;
    }();
    return info;
}

}  // namespace asyncrun
