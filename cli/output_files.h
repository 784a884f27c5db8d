// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace asyncrun {

/// The directory that reports are written to. Each gets a name of its own, SCENARIO-ENGINE-TIME.json, and
/// `latest.json` is a link to the last one. Errors of writing are FileErrors, with the path; nothing
/// half-written is left.
class ReportDirectory {
  public:
    /// A directory that the user named must exist: else CommandError (exit code 2).
    static ReportDirectory existing(const std::string& path);
    /// The default directory is made when it is missing.
    static ReportDirectory made(const std::string& path);

    /// `started` is the time in the file's name, "2025-02-03T04:05:06Z" as reports write it. Returns the
    /// file's path.
    std::string write(std::string_view scenario, std::string_view engine, std::string_view started,
                      std::string_view text) const;
    /// Makes `latest.json` lead to a file of this directory. A file system without links is no error: returns
    /// why it could not be done, or nothing.
    std::string link_latest(const std::string& file) const;

  private:
    explicit ReportDirectory(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

/// Where a trace goes: the file itself, or for one of several engines FILE.ENGINE.EXTENSION.
std::string trace_path(const std::string& file, const std::string& engine, bool several);
/// Throws CommandError (exit code 2) where no trace can be written: its directory is missing, it is a
/// directory, or several engines would write to one device or pipe.
void check_trace_path(const std::string& file, bool several);

}  // namespace asyncrun
