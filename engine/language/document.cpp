// SPDX-License-Identifier: MIT
#include "engine/language/document.h"

#include "engine/language/toml_error.h"
#include "engine/language/toml_scan.h"
#include "engine/language/utf8.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 1
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ENABLE_UNRELEASED_FEATURES 0
#include <toml++/toml.h>

namespace asyncrun {

std::string_view describe(NodeKind kind) {
    switch (kind) {
        case NodeKind::table: return "a table";
        case NodeKind::array: return "an array";
        case NodeKind::string: return "a string";
        case NodeKind::integer: return "an integer";
        case NodeKind::real: return "a float";
        case NodeKind::boolean: return "a boolean";
        case NodeKind::datetime: return "a date or time";
    }
    return "a value";
}

const Entry* Node::entry(std::string_view key) const noexcept {
    for (const Entry& entry : entries) {
        if (entry.key == key) return &entry;
    }
    return nullptr;
}

const Node* Node::find(std::string_view key) const noexcept {
    const Entry* found = entry(key);
    return found ? &found->value : nullptr;
}

namespace {

class Converter {
  public:
    explicit Converter(const SourceFile& source) : source_(source), text_(source.text()) {}

    void convert(const toml::node& from, Node& to) const {
        to.span = span_of(from.source());
        switch (from.type()) {
            case toml::node_type::table: convert_table(*from.as_table(), to); break;
            case toml::node_type::array: convert_array(*from.as_array(), to); break;
            case toml::node_type::string:
                to.kind = NodeKind::string;
                to.string = read_toml_string(text_, to.span.begin);
                to.span = to.string.whole();
                break;
            case toml::node_type::integer:
                to.kind = NodeKind::integer;
                to.integer = from.as_integer()->get();
                break;
            case toml::node_type::floating_point:
                to.kind = NodeKind::real;
                to.real = from.as_floating_point()->get();
                break;
            case toml::node_type::boolean:
                to.kind = NodeKind::boolean;
                to.boolean = from.as_boolean()->get();
                break;
            default:
                to.kind = NodeKind::datetime;
                to.string = MappedText::verbatim(
                    std::string(text_.substr(to.span.begin, to.span.end - to.span.begin)), to.span);
                break;
        }
    }

  private:
    Span span_of(const toml::source_region& region) const {
        const uint32_t begin = offset_of(region.begin);
        return {begin, std::max(begin + 1, offset_of(region.end))};
    }

    uint32_t offset_of(const toml::source_position& place) const {
        return source_.offset_of({static_cast<int>(place.line), static_cast<int>(place.column)});
    }

    void convert_table(const toml::table& from, Node& to) const {
        to.kind = NodeKind::table;
        to.braces = from.is_inline();
        if (!to.braces) to.span = header_span(to.span);
        to.entries.resize(from.size());
        // toml++ sorts by key; the places of the keys restore the file's order.
        std::vector<Item> items;
        items.reserve(from.size());
        for (auto&& [key, value] : from) items.push_back({span_of(key.source()), &key, &value});
        std::sort(items.begin(), items.end(),
                  [](const Item& a, const Item& b) { return a.span.begin < b.span.begin; });
        for (size_t i = 0; i < items.size(); ++i) {
            Entry& entry = to.entries[i];
            entry.key = items[i].key->str();
            entry.key_span = items[i].span;
            convert(*items[i].value, entry.value);
        }
    }

    void convert_array(const toml::array& from, Node& to) const {
        to.kind = NodeKind::array;
        to.items.resize(from.size());
        for (size_t i = 0; i < from.size(); ++i) convert(from[i], to.items[i]);
        const bool of_headers = !to.items.empty() && to.items[0].span.begin == to.span.begin;
        if (of_headers) to.span = header_span(to.span);
    }

    /// `[a.b]` or `[[a.b]]` alone, without the lines below it.
    Span header_span(Span span) const {
        if (span.begin >= text_.size() || text_[span.begin] != '[') return span;
        size_t i = span.begin;
        char quote = 0;
        for (; i < text_.size() && text_[i] != '\n'; ++i) {
            const char c = text_[i];
            if (quote != 0) {
                if (c == '\\' && quote == '"') ++i;
                if (c == quote) quote = 0;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == ']') {
                ++i;
                if (i < text_.size() && text_[i] == ']') ++i;
                break;
            }
        }
        return {span.begin, static_cast<uint32_t>(i)};
    }

    struct Item {
        Span span;
        const toml::key* key;
        const toml::node* value;
    };

    const SourceFile& source_;
    std::string_view text_;
};

bool check_encoding(const SourceFile& source, Diagnostics& diagnostics) {
    const auto bad = find_invalid_utf8(source.text());
    if (!bad) return true;
    char byte[8];
    std::snprintf(byte, sizeof byte, "0x%02X", static_cast<unsigned char>(source.text()[*bad]));
    const auto place = static_cast<uint32_t>(*bad);
    diagnostics.error({place, place + 1}, std::string("the byte ") + byte + " is not valid UTF-8",
                      "save the file as UTF-8");
    return false;
}

}  // namespace

std::unique_ptr<Node> load_document(const SourceFile& source, Diagnostics& diagnostics) {
    if (!check_encoding(source, diagnostics)) return nullptr;
    const std::optional<TomlMistake> mistake = scan_toml(source.text());
    const auto report_mistake = [&] { diagnostics.error(mistake->span, mistake->message, mistake->hint); };
    try {
        // Beyond the place of a mistake toml++ need not look, and too deep a document it must not see.
        std::string_view text = source.text();
        if (mistake) text = text.substr(0, mistake->found_at);
        const toml::table root = toml::parse(text);
        if (mistake) {
            report_mistake();
            return nullptr;
        }
        auto out = std::make_unique<Node>();
        Converter(source).convert(root, *out);
        out->span = {0, 1};
        return out;
    } catch (const toml::parse_error& error) {
        const auto& begin = error.source().begin;
        const uint32_t place =
            source.offset_of({static_cast<int>(begin.line), static_cast<int>(begin.column)});
        if (mistake && place >= mistake->found_at) {
            report_mistake();
        } else {
            explain_toml_error(source, place, error.description(), diagnostics);
        }
        return nullptr;
    }
}

}  // namespace asyncrun
