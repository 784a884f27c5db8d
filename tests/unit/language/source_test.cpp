// SPDX-License-Identifier: MIT
#include "engine/language/source.h"

#include "engine/language/source_reader.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

TEST(Source, CountsColumnsInCodePointsAndLinesFromOne) {
    const SourceFile source("s.toml",
                            "a\n\xC3\xA9"
                            "b\xE4\xB8\xAD"
                            "c\n");
    EXPECT_EQ(source.locate(0).line, 1);
    EXPECT_EQ(source.locate(2).line, 2);
    EXPECT_EQ(source.locate(4).column, 2);  // b
    EXPECT_EQ(source.locate(8).column, 4);  // c
    EXPECT_EQ(source.locate(6).column, 3);  // inside the three bytes of the third
    EXPECT_EQ(source.locate(1000).line, 3);
}

TEST(Source, TurnsPlacesIntoOffsetsAndBackOnAnyLineLength) {
    std::string text = "first\n";
    for (int i = 0; i < 500; ++i) text += i % 3 == 0 ? "\xE2\x82\xAC" : "x";
    text += "\nlast";
    const SourceFile source("s.toml", text);
    for (uint32_t offset = 0; offset <= source.text().size(); ++offset) {
        const bool inside = offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xC0) == 0x80;
        if (!inside) {
            EXPECT_EQ(source.offset_of(source.locate(offset)), offset);
        }
    }
    EXPECT_EQ(source.offset_of({2, 100000}), 6 + 500 + 167 * 2 + 1u);
    EXPECT_EQ(source.offset_of({99, 1}), text.size());
}

TEST(Source, GivesALineWithoutItsNewlineInBothForms) {
    const SourceFile source("s.toml", "one\r\ntwo\nthree");
    EXPECT_EQ(source.line_text(1), "one");
    EXPECT_EQ(source.line_text(2), "two");
    EXPECT_EQ(source.line_text(3), "three");
    EXPECT_EQ(source.line_text(4), "");
    EXPECT_EQ(source.line_text(0), "");
}

TEST(Source, DropsAByteOrderMark) {
    const SourceFile source("s.toml",
                            "\xEF\xBB\xBF"
                            "a = 1");
    EXPECT_EQ(source.text(), "a = 1");
    EXPECT_EQ(source.locate(0).column, 1);
}

TEST(SourceReader, ReadsAFile) {
    const std::string path = testing::TempDir() + "source_reader_reads.toml";
    std::ofstream(path) << "a = 1\n";
    EXPECT_EQ(read_source_file(path).text(), "a = 1\n");
    EXPECT_EQ(read_source_file(path).path(), path);
    std::remove(path.c_str());
}

TEST(SourceReader, SaysWhichFileCannotBeReadAndWhy) {
    try {
        read_source_file("/nowhere/at all.toml");
        FAIL();
    } catch (const SourceFileError& error) {
        EXPECT_STREQ(error.what(), "cannot read '/nowhere/at all.toml': No such file or directory");
        EXPECT_EQ(error.path(), "/nowhere/at all.toml");
    }
    try {
        read_source_file(testing::TempDir());
        FAIL();
    } catch (const SourceFileError& error) {
        EXPECT_EQ(error.reason(), "it is a directory");
    }
}

TEST(SourceReader, RefusesAFileBeyondTheLimit) {
    const std::string path = testing::TempDir() + "source_reader_large.toml";
    std::ofstream(path) << "";
    std::filesystem::resize_file(path, largest_source_file + 1);
    try {
        read_source_file(path);
        FAIL();
    } catch (const SourceFileError& error) {
        EXPECT_EQ(error.reason(), "it is larger than 64 MiB");
    }
    std::remove(path.c_str());
}

}  // namespace
}  // namespace asyncrun
