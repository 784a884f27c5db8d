// SPDX-License-Identifier: MIT
#include "engine/report/atomic_file.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace asyncrun {
namespace {

namespace fs = std::filesystem;

class AtomicFileTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "atomic-file-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        directory_ = name;
    }
    void TearDown() override { fs::remove_all(directory_); }

    std::string path(const std::string& name) const { return directory_ / name; }
    size_t files() const {
        return static_cast<size_t>(
            std::distance(fs::directory_iterator(directory_), fs::directory_iterator()));
    }
    static std::string read(const std::string& file) {
        std::ostringstream text;
        text << std::ifstream(file).rdbuf();
        return text.str();
    }

    fs::path directory_;
};

TEST_F(AtomicFileTest, AppearsUnderItsNameOnlyWhenComplete) {
    AtomicFile file(path("report.json"));
    file.write("one ");
    file.write(std::string(1'000'000, 'x'));
    EXPECT_FALSE(fs::exists(path("report.json")));
    file.commit();
    EXPECT_EQ(read(path("report.json")).size(), 1'000'004u);
    EXPECT_EQ(files(), 1u);
}

TEST_F(AtomicFileTest, LeavesNothingWithoutACommitAndKeepsTheOlderFile) {
    write_file(path("a"), "old");
    {
        AtomicFile file(path("a"));
        file.write("half of the n");
        AtomicFile other(path("b"));
        other.write("x");
    }
    EXPECT_EQ(read(path("a")), "old");
    EXPECT_EQ(files(), 1u);
    write_file(path("a"), "new");
    EXPECT_EQ(read(path("a")), "new");
}

TEST_F(AtomicFileTest, HasTheModeOfAnyNewFileOrOfTheOneItReplaces) {
    const mode_t old_mask = umask(027);
    write_file(path("new"), "");
    umask(old_mask);
    EXPECT_EQ(fs::status(path("new")).permissions(), fs::perms(0640));
    fs::permissions(path("new"), fs::perms(0600));
    write_file(path("new"), "again");
    EXPECT_EQ(fs::status(path("new")).permissions(), fs::perms(0600));
}

TEST_F(AtomicFileTest, SaysWhichFileAndWhyWhenItsDirectoryIsMissing) {
    const std::string where = path("missing/report.json");
    try {
        write_file(where, "x");
        FAIL();
    } catch (const FileError& e) {
        EXPECT_EQ(e.path(), where);
        EXPECT_EQ(e.error_number(), ENOENT);
        EXPECT_EQ(std::string(e.what()), "cannot create " + where + ": No such file or directory");
    }
}

TEST_F(AtomicFileTest, RefusesADirectory) {
    EXPECT_THROW(write_file(directory_, "x"), FileError);
    EXPECT_EQ(files(), 0u);
}

TEST_F(AtomicFileTest, TellsOfAFullDiskEvenWhenOnlyTheLastBytesDoNotFit) {
    AtomicFile file("/dev/full");
    file.write("small enough for the buffer");
    try {
        file.commit();
        FAIL();
    } catch (const FileError& e) {
        EXPECT_EQ(e.error_number(), ENOSPC);
        EXPECT_EQ(e.path(), "/dev/full");
    }
    AtomicFile again("/dev/full");
    EXPECT_THROW(again.write(std::string(1'000'000, 'x')), FileError);
    EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(AtomicFileTest, WritesDirectlyToWhatIsNoRegularFile) {
    write_file("/dev/null", "x");
    ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
    const int reader = open(path("pipe").c_str(), O_RDONLY | O_NONBLOCK);
    ASSERT_GE(reader, 0);
    write_file(path("pipe"), "through the pipe");
    char text[32] = {};
    EXPECT_EQ(::read(reader, text, sizeof text), 16);
    close(reader);
    EXPECT_STREQ(text, "through the pipe");
    EXPECT_TRUE(fs::is_fifo(path("pipe")));
    EXPECT_EQ(files(), 1u);
}

TEST_F(AtomicFileTest, AppendsToAnOpenDescriptorThatLeadsToAFile) {
    const int fd = open(path("out").c_str(), O_WRONLY | O_CREAT, 0600);
    ASSERT_GE(fd, 0);
    ASSERT_EQ(::write(fd, "before ", 7), 7);
    write_file("/dev/fd/" + std::to_string(fd), "report ");
    ASSERT_EQ(::write(fd, "after", 5), 5);
    close(fd);
    EXPECT_EQ(read(path("out")), "before report after");
    EXPECT_EQ(files(), 1u);
    EXPECT_THROW(write_file("/dev/fd/999999", "x"), FileError);
}

TEST_F(AtomicFileTest, ReplacesWhatASymbolicLinkPointsTo) {
    write_file(path("target"), "old");
    fs::create_symlink("target", path("link"));
    write_file(path("link"), "new");
    EXPECT_TRUE(fs::is_symlink(path("link")));
    EXPECT_EQ(read(path("target")), "new");
}

TEST_F(AtomicFileTest, DoesNotReplaceAFileThatIsProtected) {
    if (geteuid() == 0) GTEST_SKIP() << "root may write everything";
    write_file(path("a"), "old");
    fs::permissions(path("a"), fs::perms(0400));
    EXPECT_THROW(write_file(path("a"), "new"), FileError);
    EXPECT_EQ(read(path("a")), "old");
}

}  // namespace
}  // namespace asyncrun
