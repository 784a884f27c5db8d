// SPDX-License-Identifier: MIT
#include "cli/duration_text.h"

#include <charconv>
#include <cmath>
#include <utility>

namespace asyncrun {

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    static constexpr std::pair<std::string_view, double> units[] = {
        {"", 1e9}, {"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"min", 60e9}, {"h", 3600e9}};
    constexpr double most_ns = 100 * 365.25 * 24 * 3600e9;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || !std::isfinite(value) || value < 0) return std::nullopt;
    std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
    while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
    for (const auto& [name, ns] : units) {
        if (unit != name) continue;
        if (value * ns > most_ns) return std::nullopt;
        return std::chrono::nanoseconds(std::llround(value * ns));
    }
    return std::nullopt;
}

}  // namespace asyncrun
