// SPDX-License-Identifier: MIT
#pragma once

#include "engine/language/source.h"

#include <cstddef>
#include <stdexcept>
#include <string>

namespace asyncrun {

/// A scenario file that cannot be read: which, and why.
class SourceFileError : public std::runtime_error {
  public:
    SourceFileError(std::string path, std::string reason);

    const std::string& path() const noexcept { return path_; }
    /// "No such file or directory", "it is a directory" …
    const std::string& reason() const noexcept { return reason_; }

  private:
    std::string path_;
    std::string reason_;
};

/// The largest scenario that is read, in bytes.
constexpr size_t largest_source_file = size_t{64} << 20;

/// Reads a scenario file; a pipe is one too. Throws SourceFileError when it is missing, a directory,
/// unreadable or larger than `largest_source_file`.
SourceFile read_source_file(const std::string& path);

}  // namespace asyncrun
