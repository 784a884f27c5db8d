// SPDX-License-Identifier: MIT
#include "engine/language/suggest.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace asyncrun {

std::string in_quotes(std::string_view name) { return "'" + std::string(name) + "'"; }

namespace {

constexpr size_t longest_name = 100;  // beyond it nobody mistypes a name, and the cost is quadratic

std::string folded(std::string_view name) {
    std::string out;
    for (const char c : name) {
        out += c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return out;
}

}  // namespace

size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<size_t> before(b.size() + 1);
    std::vector<size_t> above(b.size() + 1);
    std::vector<size_t> row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j) above[j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (size_t j = 1; j <= b.size(); ++j) {
            const size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + cost});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

void Suggestion::consider(std::string_view candidate) {
    if (candidate.empty() || candidate == misspelt_) return;
    const size_t longer = std::max(candidate.size(), misspelt_.size());
    if (longer > longest_name) return;
    const std::string wanted = folded(misspelt_);
    const std::string name = folded(candidate);
    size_t distance = 0;
    if (wanted != name) {
        const size_t allowed = std::max<size_t>(1, longer / 3);
        distance = edit_distance(wanted, name);
        if (distance > allowed || distance >= longer) return;
    }
    if (distance >= distance_) return;
    distance_ = distance;
    best_ = candidate;
}

std::string Suggestion::question() const {
    return best_.empty() ? std::string() : "did you mean '" + best_ + "'?";
}

}  // namespace asyncrun
