// SPDX-License-Identifier: MIT
#include "tests/bench/engines.h"

#include "engine/backends/epoll/epoll_engine.h"

namespace asyncrun::bench {

std::vector<NamedEngine> engines() {
    return {{"epoll", [] { return std::make_unique<EpollEngine>(); }}};
}

}  // namespace asyncrun::bench
