// SPDX-License-Identifier: MIT
#pragma once

#include "engine/interpreter/expression_compiler.h"
#include "engine/interpreter/loader_tables.h"
#include "engine/interpreter/names.h"
#include "engine/language/diagnostic.h"
#include "engine/language/document.h"
#include "engine/language/mapped_text.h"
#include "engine/runtime/clock.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asyncrun {

/// What expressions outside bodies see (details A14, B19): in params and shared variables nothing but pure
/// functions, in all other declarations the params too.
class DeclarationNames final : public NameResolver {
  public:
    /// Every declared name and what it is ("a queue"), to say why it cannot be used.
    using Nouns = std::map<std::string, std::string, std::less<>>;

    /// `place` is for messages: "a param". Without `params` only constants may stand there.
    DeclarationNames(std::string place, const DeclaredNames& declared, const Nouns& nouns, bool params)
        : place_(std::move(place)), declared_(declared), nouns_(nouns), params_(params) {}

    /// One more name that is known; a param of the same name wins.
    void add(std::string name, Value value) { extra_.insert_or_assign(std::move(name), std::move(value)); }
    /// A param without a value, because what it holds is wrong; that was reported.
    void mark_broken(const std::string& param) { broken_.insert(param); }
    /// Whether an expression used such a param since this was last asked.
    bool used_broken() noexcept { return std::exchange(used_broken_, false); }
    uint32_t slots() const noexcept { return slots_; }

    std::optional<Binding> value(std::string_view name, Span place) override;
    std::optional<Callable> callable(std::string_view name, Span place) override;
    std::vector<std::string> value_names() const override;
    std::vector<std::string> callable_names() const override { return {}; }
    std::string value_noun() const override { return "param"; }
    ExpressionRules rules() const override { return {false, false, false, place_}; }
    void push_scope() override { temporaries_.emplace_back(); }
    uint32_t declare_temporary(const std::string& name) override;
    void pop_scope() override { temporaries_.pop_back(); }

  private:
    const std::string place_;
    const DeclaredNames& declared_;
    const Nouns& nouns_;
    const bool params_;
    std::map<std::string, Value, std::less<>> extra_;
    std::set<std::string, std::less<>> broken_;
    bool used_broken_ = false;
    std::vector<std::vector<std::pair<std::string, uint32_t>>> temporaries_;
    uint32_t slots_ = 0;
};

/// Reads what tables hold. Whatever does not fit is reported at its place, and the answer is empty; a null
/// node (an absent key) gives an empty answer too.
class DeclarationReader {
  public:
    DeclarationReader(DeclarationNames& names, Diagnostics& diagnostics)
        : names_(names), diagnostics_(diagnostics) {}

    /// The value of a constant expression: none, a boolean, a number, a string, or a list of those.
    std::optional<Value> constant(const Node& node);
    /// The same of a text that is not in the scenario file; the diagnostics are of that text.
    std::optional<Value> constant(const MappedText& text);

    struct Range {
        int64_t least = std::numeric_limits<int64_t>::min();
        int64_t most = std::numeric_limits<int64_t>::max();
    };
    std::optional<int64_t> integer(const Entry* entry, Range range);
    /// A time of 0 or more, rounded to the nearest nanosecond, half to even.
    std::optional<Duration> seconds(const Entry* entry);
    std::optional<bool> flag(const Entry* entry);
    std::optional<std::string> text(const Entry* entry);
    std::optional<std::string> word(const Entry* entry, const TableKey& key);

    /// Reports the keys of a table that `keys` does not list, and those that are required and absent. `owner`
    /// is the subject of the message: "a queue".
    void check_keys(const Node& table, std::span<const TableKey> keys, std::string_view owner,
                    Span owner_place);

  private:
    std::optional<Value> evaluate(const ExprCode& code, Span place);

    DeclarationNames& names_;
    Diagnostics& diagnostics_;
};

}  // namespace asyncrun
