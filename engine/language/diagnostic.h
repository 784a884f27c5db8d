// SPDX-License-Identifier: MIT
#pragma once

#include "engine/language/source.h"

#include <cstdint>
#include <string>
#include <vector>

namespace asyncrun {

enum class Severity : uint8_t { error, warning, note };

/// One finding about a scenario file, with its place. A span of {0, 0} stands for the file as a whole.
struct Diagnostic {
    Severity severity = Severity::error;
    Span span;
    std::string message;
    std::string hint;  ///< what to try; printed after the message and a semicolon

    friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

/// Collects what is found while a scenario is loaded, so that everything is reported and not the first error
/// alone. Bound to one file, which must outlive it. One thread.
class Diagnostics {
  public:
    explicit Diagnostics(const SourceFile& source) : source_(source) {}
    Diagnostics(const Diagnostics&) = delete;
    Diagnostics& operator=(const Diagnostics&) = delete;

    void error(Span span, std::string message, std::string hint = {});
    void warning(Span span, std::string message, std::string hint = {});
    /// Belongs to the error or warning before it and stays with it.
    void note(Span span, std::string message);

    bool has_errors() const noexcept { return errors_ > 0; }
    /// How many errors were reported so far, repeated ones included: compare before and after a step to see
    /// whether it failed.
    size_t error_count() const noexcept { return errors_; }
    /// In the order of their places (notes after what they explain), without repetitions.
    std::vector<Diagnostic> all() const;
    const SourceFile& source() const noexcept { return source_; }

    /// Every finding in the form compilers use, without the summary.
    std::string render(bool colour = false) const;
    /// "5 errors, 1 warning"; empty when there is neither.
    std::string summary() const;

  private:
    void add(Severity severity, Span span, std::string message, std::string hint);

    const SourceFile& source_;
    std::vector<Diagnostic> found_;
    size_t errors_ = 0;
};

/// One finding in the form compilers use, each line ended by a newline:
///
///     scenario.toml:12:11: error: no queue, variable or argument is named 'q1'; did you mean 'q'?
///        12 |   { put = "q1", item = "i" },
///           |           ^~~~
///
/// Columns count code points; the carets stand under the text on a terminal (tabs are printed as spaces, wide
/// characters take two columns, control characters are replaced). A long line is cut around the place, and of
/// a span over several lines the first line's part is shown. `colour` adds ANSI sequences.
std::string render_diagnostic(const Diagnostic& diagnostic, const SourceFile& source, bool colour = false);

}  // namespace asyncrun
