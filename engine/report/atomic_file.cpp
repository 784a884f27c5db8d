// SPDX-License-Identifier: MIT
#include "engine/report/atomic_file.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace asyncrun {
namespace {

constexpr size_t kBufferBytes = 256 * 1024;

std::string directory_of(const std::string& path) {
    const size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

/// What open(2) would give a new file: mkostemp's 0600 is meant for secrets.
mode_t new_file_mode() {
    const mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/// The descriptor that a path such as /dev/stdout or /dev/fd/5 stands for, or -1. Opening such a path anew
/// would write over the start of the file that it was redirected to, and renaming would replace it.
int descriptor_of(const std::string& path) {
    if (path == "/dev/stdout") return STDOUT_FILENO;
    if (path == "/dev/stderr") return STDERR_FILENO;
    for (const std::string_view prefix : {"/dev/fd/", "/proc/self/fd/"}) {
        if (path.compare(0, prefix.size(), prefix) != 0) continue;
        int fd = -1;
        const char* end = path.data() + path.size();
        const auto parsed = std::from_chars(path.data() + prefix.size(), end, fd);
        if (parsed.ec == std::errc() && parsed.ptr == end) return fd;
    }
    return -1;
}

}  // namespace

FileError::FileError(const std::string& path, std::string_view action, int error_number)
    : std::runtime_error("cannot " + std::string(action) + " " + path + ": " + std::strerror(error_number)),
      path_(path),
      error_number_(error_number) {}

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)), final_(path_) {
    if (const int own = descriptor_of(path_); own >= 0) {
        fd_ = fcntl(own, F_DUPFD_CLOEXEC, 0);
        if (fd_ < 0) fail("open", errno);
        return;
    }
    struct stat status;
    const bool exists = stat(path_.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) fail("write", EISDIR);
    if (exists && !S_ISREG(status.st_mode)) {
        fd_ = open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
        if (fd_ < 0) fail("open", errno);
        return;
    }
    if (exists) {
        // Renaming needs no right to write the old file; whoever protected it meant it.
        if (access(path_.c_str(), W_OK) != 0) fail("write", errno);
        if (char* resolved = realpath(path_.c_str(), nullptr)) {
            final_ = resolved;
            free(resolved);
        }
    }
    std::string name = directory_of(final_) + "/.asyncrun-XXXXXX";
    fd_ = mkostemp(name.data(), O_CLOEXEC);
    if (fd_ < 0) fail("create", errno);
    temporary_ = std::move(name);
    if (fchmod(fd_, exists ? status.st_mode & 07777 : new_file_mode()) != 0) fail("create", errno);
}

AtomicFile::~AtomicFile() { discard(); }

void AtomicFile::discard() noexcept {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
    if (!temporary_.empty()) {
        unlink(temporary_.c_str());
        temporary_.clear();
    }
}

void AtomicFile::fail(std::string_view action, int error_number) {
    discard();
    throw FileError(path_, action, error_number);
}

void AtomicFile::write(std::string_view bytes) {
    buffer_ += bytes;
    if (buffer_.size() >= kBufferBytes) flush();
}

void AtomicFile::flush() {
    if (fd_ < 0) fail("write", EBADF);
    const char* at = buffer_.data();
    size_t left = buffer_.size();
    while (left > 0) {
        const ssize_t n = ::write(fd_, at, left);
        if (n < 0) {
            if (errno == EINTR) continue;
            fail("write", errno);
        }
        at += n;
        left -= static_cast<size_t>(n);
    }
    buffer_.clear();
}

void AtomicFile::commit() {
    flush();
    // Devices and pipes have nothing to make durable.
    if (fsync(fd_) != 0 && errno != EINVAL && errno != ENOTSUP && errno != EROFS) fail("write", errno);
    if (close(std::exchange(fd_, -1)) != 0) fail("write", errno);
    if (temporary_.empty()) return;
    if (rename(temporary_.c_str(), final_.c_str()) != 0) fail("rename to", errno);
    temporary_.clear();
}

void write_file(const std::string& path, std::string_view bytes) {
    AtomicFile file(path);
    file.write(bytes);
    file.commit();
}

}  // namespace asyncrun
