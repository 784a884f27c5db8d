// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/ref.h"

#include <memory>
#include <vector>

namespace asyncrun {

/// The values of context variables as one task sees them. A copy is one reference: it is shared until somebody writes
/// (CPython's contexts copy in O(1) too). Values are held by what the variable's owner makes of them.
class Context final : public Counted {
  public:
    /// The value of variable number `index`, or null if it was never set here.
    const std::shared_ptr<const void>& get(size_t index) const {
        static const std::shared_ptr<const void> unset;
        return index < values_.size() ? values_[index] : unset;
    }
    /// Writes through `context`, which is cloned first if others share it. One thread per context.
    static void set(Ref<Context>& context, size_t index, std::shared_ptr<const void> value) {
        if (!context) {
            context = make_ref<Context>();
        } else if (context->references() > 1) {
            auto clone = make_ref<Context>();
            clone->values_ = context->values_;
            context = clone;
        }
        if (context->values_.size() <= index) context->values_.resize(index + 1);
        context->values_[index] = std::move(value);
    }

  private:
    std::vector<std::shared_ptr<const void>> values_;
};

}  // namespace asyncrun
