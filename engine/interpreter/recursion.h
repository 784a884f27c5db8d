// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/value.h"

#include <string>

namespace asyncrun {

/// Bounds how deep one walk through nested values goes on this thread's stack: RecursionError instead of a
/// crash for a list within itself. Lives for one level of the walk.
class RecursionGuard {
  public:
    explicit RecursionGuard(const char* during) {
        if (depth_ >= limit) {
            raise_error("RecursionError", std::string("maximum recursion depth exceeded in ") + during);
        }
        ++depth_;
    }
    ~RecursionGuard() { --depth_; }
    RecursionGuard(const RecursionGuard&) = delete;
    RecursionGuard& operator=(const RecursionGuard&) = delete;

    /// CPython's sys.getrecursionlimit().
    static constexpr int limit = 1000;

  private:
    static inline thread_local int depth_ = 0;
};

}  // namespace asyncrun
