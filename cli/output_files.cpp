// SPDX-License-Identifier: MIT
#include "cli/output_files.h"

#include "cli/exit_code.h"
#include "engine/report/atomic_file.h"

#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <unistd.h>

namespace asyncrun {
namespace {

namespace fs = std::filesystem;

/// A scenario's name as a part of a file name: any name is one, and none leads elsewhere.
std::string file_word(std::string_view name) {
    constexpr size_t longest = 80;
    std::string word;
    for (const char c : name.substr(0, longest)) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
        word += plain ? c : '-';
    }
    if (!word.empty() && word.front() == '.') word.front() = '-';
    return word.empty() ? "scenario" : word;
}

/// "2025-02-03T04:05:06Z" without what file names had better not contain: "20250203T040506Z".
std::string compact_time(std::string_view started) {
    std::string text;
    for (const char c : started) {
        if (c != '-' && c != ':') text += c;
    }
    return text;
}

}  // namespace

ReportDirectory ReportDirectory::existing(const std::string& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) {
        throw CommandError(ExitCode::invalid,
                           "--out " + path + ": " + std::strerror(error ? error.value() : ENOENT),
                           "the directory for the reports must exist");
    }
    if (!fs::is_directory(status))
        throw CommandError(ExitCode::invalid, "--out " + path + ": it is no directory");
    if (access(path.c_str(), W_OK | X_OK) != 0) throw FileError(path, "open", errno);
    return ReportDirectory(path);
}

ReportDirectory ReportDirectory::made(const std::string& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) throw FileError(path, "create the directory", error.value());
    return existing(path);
}

std::string ReportDirectory::write(std::string_view scenario, std::string_view engine,
                                   std::string_view started, std::string_view text) const {
    const std::string stem = file_word(scenario) + "-" + file_word(engine) + "-" + compact_time(started);
    fs::path file = fs::path(path_) / (stem + ".json");
    // Several runs in one second are told apart by a number.
    for (int n = 2; fs::exists(file); ++n)
        file = fs::path(path_) / (stem + "-" + std::to_string(n) + ".json");
    write_file(file.string(), text);
    return file.string();
}

std::string ReportDirectory::link_latest(const std::string& file) const {
    const fs::path link = fs::path(path_) / "latest.json";
    const fs::path temporary = fs::path(path_) / (".latest.json." + std::to_string(getpid()));
    std::error_code error;
    fs::create_symlink(fs::path(file).filename(), temporary, error);
    if (!error) fs::rename(temporary, link, error);
    if (!error) return {};
    std::error_code ignored;
    fs::remove(temporary, ignored);
    return link.string() + ": " + error.message();
}

std::string trace_path(const std::string& file, const std::string& engine, bool several) {
    if (!several) return file;
    fs::path path = file;
    const std::string extension = path.extension().string();
    path.replace_extension();
    return path.string() + "." + engine + extension;
}

void check_trace_path(const std::string& file, bool several) {
    const fs::path path = file;
    const fs::path directory = path.has_parent_path() ? path.parent_path() : fs::path(".");
    std::error_code error;
    const fs::file_status status = fs::status(directory, error);
    if (!fs::is_directory(status)) {
        const std::string reason = !error || fs::exists(status) ? "it is no directory" : error.message();
        throw CommandError(ExitCode::invalid, "--trace " + file + ": " + directory.string() + ": " + reason,
                           "the trace's directory must exist");
    }
    const fs::file_status target = fs::status(path, error);
    if (fs::is_directory(target))
        throw CommandError(ExitCode::invalid, "--trace " + file + ": it is a directory");
    if (several && fs::exists(target) && !fs::is_regular_file(target)) {
        throw CommandError(ExitCode::invalid, "--trace " + file + ": several engines need a file each",
                           "name a file, or a single engine");
    }
}

}  // namespace asyncrun
