// SPDX-License-Identifier: MIT
#include "engine/interpreter/script_call.h"

#include "engine/interpreter/trace_observer.h"

namespace asyncrun {

Value ScriptCall::run() {
    Random random(seed_);
    Vm vm(*session_, random);
    return vm.call_function(*function_, arguments_);
}

void ScriptCall::run_on_loop() {
    try {
        run();
    } catch (const Interrupted&) {
        // The run is over; nobody waits for this call.
    }
}

Value ScriptCall::run_on_worker() {
    const TraceJob trace(session_->trace, function_->name);
    try {
        return run();
    } catch (const Interrupted&) {
        return Value();
    }
}

void ScriptJob::run_job() {
    try {
        value_ = call_.run_on_worker();
    } catch (const Exception& e) {
        call_.session().job_failed(Ref<FutureBase>(this), call_.function(), e.error());
        throw;
    }
}

}  // namespace asyncrun
