// SPDX-License-Identifier: MIT
#include "engine/language/source_reader.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace asyncrun {

SourceFileError::SourceFileError(std::string path, std::string reason)
    : std::runtime_error("cannot read '" + path + "': " + reason),
      path_(std::move(path)),
      reason_(std::move(reason)) {}

namespace {

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }

  private:
    int fd_;
};

[[noreturn]] void fail(const std::string& path, int error) {
    throw SourceFileError(path, std::generic_category().message(error));
}

}  // namespace

SourceFile read_source_file(const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) fail(path, errno);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) fail(path, errno);
    if (S_ISDIR(status.st_mode)) throw SourceFileError(path, "it is a directory");

    std::string text;
    size_t size = 0;
    text.resize(S_ISREG(status.st_mode) && static_cast<size_t>(status.st_size) <= largest_source_file
                    ? static_cast<size_t>(status.st_size) + 1
                    : size_t{1} << 16);
    for (;;) {
        if (size == text.size()) text.resize(text.size() * 2);
        const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
        if (got < 0) {
            if (errno == EINTR) continue;
            fail(path, errno);
        }
        if (got == 0) break;
        size += static_cast<size_t>(got);
        if (size > largest_source_file) throw SourceFileError(path, "it is larger than 64 MiB");
    }
    text.resize(size);
    return SourceFile(path, std::move(text));
}

}  // namespace asyncrun
