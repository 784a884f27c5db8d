// SPDX-License-Identifier: MIT
#include "cli/console.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace asyncrun {
namespace {

constexpr size_t block_bytes = 64 * 1024;

/// A descriptor that the caller closed would be given to the next file that is opened, and the report would
/// end in the wrong one. This one cannot be written to: the output then fails with EBADF, as it should.
void occupy_closed_streams() noexcept {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF) {
            [[maybe_unused]] const int opened = open("/dev/null", O_RDONLY);
        }
    }
}

/// Writes it all, waiting where the descriptor does not block; the errno, or 0.
int write_all(int fd, std::string_view text) noexcept {
    while (!text.empty()) {
        const ssize_t written = ::write(fd, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<size_t>(written));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            pollfd ready{fd, POLLOUT, 0};
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

size_t columns_of(int fd) noexcept {
    winsize size{};
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

bool environment_has(const char* name) noexcept {
    const char* value = std::getenv(name);
    return value && *value;
}

}  // namespace

Console::Console() {
    occupy_closed_streams();
    std::signal(SIGPIPE, SIG_IGN);
    output_is_terminal_ = isatty(STDOUT_FILENO) == 1;
    error_is_terminal_ = isatty(STDERR_FILENO) == 1;
    const char* terminal = std::getenv("TERM");
    no_colour_ = environment_has("NO_COLOR") || (terminal && std::string_view(terminal) == "dumb");
}

Console::~Console() { flush(); }

bool Console::print(std::string_view text) noexcept {
    const std::lock_guard lock(mutex_);
    if (output_error_) return false;
    buffer_ += text;
    const bool line_ended = output_is_terminal_ && !text.empty() && text.back() == '\n';
    return line_ended || buffer_.size() >= block_bytes ? flush_locked() : true;
}

bool Console::flush() noexcept {
    const std::lock_guard lock(mutex_);
    return flush_locked();
}

bool Console::flush_locked() noexcept {
    if (!output_error_ && !buffer_.empty()) {
        if (output_is_terminal_) take_progress_away();
        output_error_ = write_all(STDOUT_FILENO, buffer_);
    }
    buffer_.clear();
    return output_error_ == 0;
}

int Console::output_error() const noexcept {
    const std::lock_guard lock(mutex_);
    return output_error_;
}

void Console::note(std::string_view text) noexcept {
    if (!options_.quiet) print_error("asyncrun: " + std::string(text) + "\n");
}

void Console::warn(std::string_view text) noexcept {
    if (options_.quiet) return;
    const char* word = colours_error() ? "\x1b[1;33mwarning:\x1b[0m " : "warning: ";
    print_error("asyncrun: " + std::string(word) + std::string(text) + "\n");
}

void Console::error(std::string_view text) noexcept {
    const char* word = colours_error() ? "\x1b[1;31merror:\x1b[0m " : "error: ";
    print_error("asyncrun: " + std::string(word) + std::string(text) + "\n");
}

void Console::print_error(std::string_view text) noexcept {
    const std::lock_guard lock(mutex_);
    // In the order in which things were said, for those who send both streams to one place.
    flush_locked();
    take_progress_away();
    write_all(STDERR_FILENO, text);
}

void Console::show_progress(std::string_view line) noexcept {
    if (!has_progress()) return;
    const std::lock_guard lock(mutex_);
    if (line == progress_) return;
    // One write, so that the line does not flicker. \x1b[K clears what the last one had beyond it.
    std::string text = "\r" + std::string(line) + "\x1b[K";
    write_all(STDERR_FILENO, text);
    progress_ = line;
}

void Console::take_progress_away() noexcept {
    if (progress_.empty()) return;
    write_all(STDERR_FILENO, "\r\x1b[K");
    progress_.clear();
}

size_t Console::output_columns() const noexcept { return columns_of(STDOUT_FILENO); }
size_t Console::error_columns() const noexcept { return columns_of(STDERR_FILENO); }

}  // namespace asyncrun
