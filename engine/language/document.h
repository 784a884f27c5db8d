// SPDX-License-Identifier: MIT
#pragma once

#include "engine/language/diagnostic.h"
#include "engine/language/mapped_text.h"
#include "engine/language/source.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace asyncrun {

enum class NodeKind : uint8_t { table, array, string, integer, real, boolean, datetime };

/// "a table", "an array", "a string" …, for messages.
std::string_view describe(NodeKind kind);

struct Entry;

/// A value of a TOML file, with its place. Tables keep the order in which the file mentions their keys.
struct Node {
    NodeKind kind = NodeKind::table;
    /// The value's own text: a string's with its quotes, an inline table's with its braces. Of a `[header]`
    /// table (and of an array of such) the header, of a table that a dotted key makes that part of the key,
    /// of the root the file's first byte.
    Span span;

    bool boolean = false;
    bool braces = false;  ///< table: written as `{ … }`
    int64_t integer = 0;
    double real = 0;
    MappedText string;           ///< string: its decoded text; datetime: its text as written
    std::vector<Node> items;     ///< array
    std::vector<Entry> entries;  ///< table, in file order

    bool is(NodeKind other) const noexcept { return kind == other; }
    /// A string's text.
    const std::string& text() const noexcept { return string.text(); }
    /// The entry of a table with that key, or null. O(entries).
    const Entry* entry(std::string_view key) const noexcept;
    /// The value of a table's key, or null.
    const Node* find(std::string_view key) const noexcept;
};

struct Entry {
    std::string key;
    Span key_span;
    Node value;
};

/// Reads a TOML 1.0 document. A syntax error is reported, and the result is null: TOML has no place from
/// which to go on. Tables and arrays may nest 200 deep.
std::unique_ptr<Node> load_document(const SourceFile& source, Diagnostics& diagnostics);

}  // namespace asyncrun
