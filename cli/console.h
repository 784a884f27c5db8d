// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace asyncrun {

/// The two standard streams: standard output for what was asked for, standard error for everything else.
/// Keeps the progress line, which lives on the terminal between them, out of the way of both. Any thread.
class Console {
  public:
    struct Options {
        bool quiet = false;      ///< no notes and no progress line; errors are told all the same
        bool no_colour = false;  ///< as does the environment's NO_COLOR
    };

    Console();
    ~Console();
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;

    void set_options(Options options) noexcept { options_ = options; }

    // ---- standard output ----

    /// Writes to standard output: at the end of each line when it is a terminal, else in blocks and at the
    /// end. False once writing failed; what follows is dropped and `output_error` says why. Never throws,
    /// never raises SIGPIPE.
    bool print(std::string_view text) noexcept;
    bool flush() noexcept;
    /// The errno of the first failed write; 0 while all went well.
    int output_error() const noexcept;

    // ---- standard error ----

    /// "asyncrun: TEXT", unless quiet.
    void note(std::string_view text) noexcept;
    /// "asyncrun: warning: TEXT", unless quiet.
    void warn(std::string_view text) noexcept;
    /// "asyncrun: error: TEXT".
    void error(std::string_view text) noexcept;
    /// Text as it is, with its newlines.
    void print_error(std::string_view text) noexcept;

    /// Shows a line in place of the last one; an empty one takes it away. Only when has_progress().
    void show_progress(std::string_view line) noexcept;
    bool has_progress() const noexcept { return error_is_terminal_ && !options_.quiet; }

    bool colours_output() const noexcept { return output_is_terminal_ && colours_allowed(); }
    bool colours_error() const noexcept { return error_is_terminal_ && colours_allowed(); }
    bool quiet() const noexcept { return options_.quiet; }
    /// Columns of the terminal that the stream is, or 80.
    size_t output_columns() const noexcept;
    size_t error_columns() const noexcept;

  private:
    bool colours_allowed() const noexcept { return !options_.no_colour && !no_colour_; }
    bool flush_locked() noexcept;
    void take_progress_away() noexcept;

    Options options_;
    bool output_is_terminal_;
    bool error_is_terminal_;
    bool no_colour_;

    mutable std::mutex mutex_;
    std::string buffer_;
    std::string progress_;
    int output_error_ = 0;
};

}  // namespace asyncrun
