// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace asyncrun {

/// A name as messages show it: 'NAME'.
std::string in_quotes(std::string_view name);

/// Finds the known name that a misspelt one was meant to be. Feed it every name that would have been allowed.
/// A candidate counts when a third of its letters or fewer differ (one edit for short names) and something is
/// left in common; the same letters in another case always do. The first of equally near ones wins.
class Suggestion {
  public:
    /// The text must outlive the suggestion.
    explicit Suggestion(std::string_view misspelt) : misspelt_(misspelt) {}

    void consider(std::string_view candidate);

    /// Empty when nothing is near.
    const std::string& best() const noexcept { return best_; }
    /// "did you mean 'NAME'?", or nothing.
    std::string question() const;

  private:
    std::string_view misspelt_;
    std::string best_;
    size_t distance_ = static_cast<size_t>(-1);
};

/// Edits that lead from one text to the other: insertion, deletion, substitution, exchange of two neighbours
/// (Damerau-Levenshtein, optimal string alignment). O(n m).
size_t edit_distance(std::string_view a, std::string_view b);

/// "did you mean 'NAME'?" for the nearest of a range of texts, or nothing.
template <typename Names>
std::string did_you_mean(std::string_view misspelt, const Names& names) {
    Suggestion suggestion(misspelt);
    for (const auto& name : names) suggestion.consider(name);
    return suggestion.question();
}

}  // namespace asyncrun
