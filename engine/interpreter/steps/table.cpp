// SPDX-License-Identifier: MIT
#include "engine/interpreter/steps/kinds.h"

#include <map>

namespace asyncrun {

std::span<const StepKind* const> step_kinds() {
    using namespace steps;
    static const StepKind* const kinds[] = {
        &let,    &append,  &if_,        &while_,     &repeat,    &for_,   &break_,  &continue_, &pass,   &return_,
        &raise,  &try_,    &assert_,    &sleep,      &sleep_until, &yield_now, &busy, &block,   &await,  &spawn,
        &gather, &cancel,  &timeout,    &wait,       &set,       &clear,  &acquire, &release,   &with,   &put,
        &get,    &put_nowait, &get_nowait, &task_done, &join,    &offload, &submit, &call,      &call_soon, &call_later,
        &log,    &mark,    &count,      &span,
    };
    return kinds;
}

const StepKind* find_step_kind(std::string_view name) {
    static const std::map<std::string_view, const StepKind*> by_name = [] {
        std::map<std::string_view, const StepKind*> map;
        for (const StepKind* kind : step_kinds()) map.emplace(kind->name, kind);
        return map;
    }();
    const auto it = by_name.find(name);
    return it == by_name.end() ? nullptr : it->second;
}

}  // namespace asyncrun
