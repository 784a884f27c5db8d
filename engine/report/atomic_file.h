// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace asyncrun {

/// A file could not be written: says which one, at which call, and why.
class FileError : public std::runtime_error {
  public:
    FileError(const std::string& path, std::string_view action, int error_number);
    const std::string& path() const noexcept { return path_; }
    int error_number() const noexcept { return error_number_; }

  private:
    std::string path_;
    int error_number_;
};

/// Writes a file completely or not at all: into a temporary file beside the target, made durable and renamed
/// by `commit`. Without a commit (an exception, say) nothing is left and an older file of that name stays as
/// it was. A target that exists and is no regular file (/dev/stdout, a pipe) is written directly; a symbolic
/// link's target is replaced, not the link. All errors are FileErrors, also those that the kernel only tells
/// at the end (a full disk). One thread at a time.
class AtomicFile {
  public:
    explicit AtomicFile(std::string path);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    /// Buffered; the size of the pieces does not matter.
    void write(std::string_view bytes);
    /// At most once, as the last call.
    void commit();

    const std::string& path() const noexcept { return path_; }

  private:
    void flush();
    [[noreturn]] void fail(std::string_view action, int error_number);
    void discard() noexcept;

    std::string path_;
    std::string final_;      ///< the path with links resolved
    std::string temporary_;  ///< empty when writing directly
    std::string buffer_;
    int fd_ = -1;
};

/// The whole file at once.
void write_file(const std::string& path, std::string_view bytes);

}  // namespace asyncrun
