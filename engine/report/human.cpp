// SPDX-License-Identifier: MIT
#include "engine/report/human.h"

#include <cmath>
#include <cstdio>

namespace asyncrun::human {
namespace {

constexpr char kNothing[] = "–";

struct Step {
    double size;
    const char* unit;
};

/// Three significant digits.
std::string digits(double value) {
    const double magnitude = std::abs(value);
    char text[64];
    // By what is printed: 9.996 is "10.0", not "10.00".
    const int decimals = magnitude < 9.995 ? 2 : magnitude < 99.95 ? 1 : 0;
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

/// In the largest step that leaves at least 1 when rounded; the first step's numbers are whole.
template <size_t N>
std::string scaled(double value, const Step (&steps)[N], bool whole_first) {
    if (!std::isfinite(value)) return kNothing;
    const double magnitude = std::abs(value);
    size_t i = 0;
    while (i + 1 < N && magnitude >= steps[i + 1].size * 0.9995) ++i;
    const double in_unit = value / steps[i].size;
    char text[64];
    if (i == 0 && whole_first && std::abs(in_unit - std::round(in_unit)) < 1e-9) {
        std::snprintf(text, sizeof text, "%.0f", std::round(in_unit) + 0.0);
    } else {
        std::snprintf(text, sizeof text, "%s", digits(in_unit).c_str());
    }
    return std::string(text) + steps[i].unit;
}

std::string grouped(double whole) {
    char plain[64];
    std::snprintf(plain, sizeof plain, "%.0f", std::abs(whole));
    std::string text;
    const size_t length = std::char_traits<char>::length(plain);
    for (size_t i = 0; i < length; ++i) {
        if (i && (length - i) % 3 == 0) text += ',';
        text += plain[i];
    }
    return whole < 0 ? "-" + text : text;
}

/// The byte length of the first `columns` code points.
size_t bytes_of(std::string_view text, size_t columns) {
    size_t i = 0;
    for (; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80 && columns-- == 0) break;
    }
    return i;
}

std::string fit(std::string_view text, size_t columns) {
    if (width(text) <= columns) return std::string(text);
    if (columns == 0) return {};
    return std::string(text.substr(0, bytes_of(text, columns - 1))) + "…";
}

}  // namespace

std::string duration(double ns) {
    static constexpr Step kSteps[] = {{1, " ns"},  {1e3, " µs"},   {1e6, " ms"},
                                      {1e9, " s"}, {60e9, " min"}, {3600e9, " h"}};
    return scaled(ns, kSteps, true);
}

std::string count(double value) {
    if (!std::isfinite(value)) return kNothing;
    if (std::abs(value) < 1e7) return value == std::round(value) ? grouped(value) : digits(value);
    static constexpr Step kSteps[] = {{1e6, " M"}, {1e9, " G"}, {1e12, " T"}};
    return scaled(value, kSteps, false);
}

std::string bytes(double value) {
    static constexpr Step kSteps[] = {{1, " B"}, {1024, " KiB"}, {1048576, " MiB"}, {1073741824, " GiB"}};
    return scaled(value, kSteps, true);
}

std::string rate(double per_second) {
    static constexpr Step kSteps[] = {{1, " /s"}, {1e3, " k/s"}, {1e6, " M/s"}, {1e9, " G/s"}};
    return scaled(per_second, kSteps, true);
}

std::string percent(double ratio) {
    if (!std::isfinite(ratio)) return kNothing;
    return digits(ratio * 100) + " %";
}

size_t width(std::string_view text) {
    size_t columns = 0;
    for (const char c : text) columns += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    return columns;
}

std::string left(std::string_view text, size_t columns) {
    std::string fitted = fit(text, columns);
    fitted.append(columns - width(fitted), ' ');
    return fitted;
}

std::string right(std::string_view text, size_t columns) {
    std::string fitted = fit(text, columns);
    return std::string(columns - width(fitted), ' ') + fitted;
}

}  // namespace asyncrun::human
