// SPDX-License-Identifier: MIT
#include "engine/offload/job.h"

namespace asyncrun {

bool Job::cancel(const CancelMessage& message) {
    if (done()) return false;
    withdraw();
    return complete(State::cancelled, make_cancelled_error(message));
}

void Job::execute() noexcept {
    try {
        run_job();
    } catch (...) {
        failure_ = current_error();
    }
}

void Job::run() noexcept {
    if (stage_.load(std::memory_order_acquire) == Stage::running) {
        const State state = failure_ ? State::failed : State::finished;
        complete(state, std::move(failure_));
    }
    release();
}

}  // namespace asyncrun
