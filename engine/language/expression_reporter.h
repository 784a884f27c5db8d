// SPDX-License-Identifier: MIT
#pragma once

#include "engine/language/diagnostic.h"
#include "engine/language/mapped_text.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace asyncrun {

/// Reports the errors of one text at their places in the file, ten at most: what comes after is noise.
class ExpressionReporter {
  public:
    ExpressionReporter(const MappedText& text, Diagnostics& diagnostics)
        : text_(text), diagnostics_(diagnostics) {}

    std::string_view text() const { return text_.text(); }
    Span span(size_t begin, size_t end) const { return text_.span(begin, end); }
    Span whole() const { return text_.whole(); }

    void error(size_t begin, size_t end, std::string message, std::string hint = {}) {
        error_at(span(begin, end), std::move(message), std::move(hint));
    }
    void error_at(Span place, std::string message, std::string hint = {}) {
        constexpr int most_errors = 10;
        failed_ = true;
        if (++errors_ > most_errors) return;
        diagnostics_.error(place, std::move(message), std::move(hint));
    }
    void warning(size_t begin, size_t end, std::string message, std::string hint = {}) {
        diagnostics_.warning(span(begin, end), std::move(message), std::move(hint));
    }
    bool failed() const { return failed_; }

  private:
    const MappedText& text_;
    Diagnostics& diagnostics_;
    int errors_ = 0;
    bool failed_ = false;
};

}  // namespace asyncrun
