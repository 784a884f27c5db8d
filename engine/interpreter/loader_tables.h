// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/value.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace asyncrun {

/// What a key of a table holds: how the loader reads it and what the JSON Schema says of it.
enum class KeyForm : uint8_t {
    text,     ///< a string as it is
    word,     ///< one of `words`
    integer,  ///< a whole number, or an expression that gives one
    seconds,  ///< a time: seconds, or an expression such as "10ms"
    flag,     ///< true or false
    names,    ///< an array of variable names
    steps,    ///< the steps of a body
};

/// One key that a table of the scenario understands.
struct TableKey {
    std::string_view name;
    KeyForm form;
    std::string_view doc;
    bool required = false;
    std::vector<std::string_view> words = {};
    /// Words of the language that this version does not run.
    std::vector<std::string_view> other_words = {};
    /// A key of the language that this version does not run.
    bool not_run = false;
};

/// One kind of table.
struct TableSpec {
    enum class Shape : uint8_t {
        named,   ///< [queue.NAME]: a table of tables with these keys
        single,  ///< [run]: one table with these keys
        values,  ///< [params]: NAME = value
    };
    enum class Use : uint8_t {
        runs,     ///< the loader reads it
        judges,   ///< other commands read it: it does not change a run
        not_run,  ///< a table of the language that this version does not run
    };

    std::string_view name;
    Shape shape;
    Use use;
    std::string_view noun;  ///< what an entry is, for messages: "a queue"
    std::string_view doc;
    std::vector<TableKey> keys = {};
    Kind object = Kind::none;  ///< what an entry declares, of object tables

    const TableKey* key(std::string_view key_name) const noexcept;
};

/// All tables of the language, in the order of its documentation.
std::span<const TableSpec> table_specs();
/// Null if there is none of that name.
const TableSpec* find_table_spec(std::string_view name);
/// The keys at the top of the file, outside tables.
std::span<const TableKey> top_level_keys();

}  // namespace asyncrun
