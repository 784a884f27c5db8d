// SPDX-License-Identifier: MIT
#include "engine/measure/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace asyncrun {
namespace {

std::vector<double> sorted(std::span<const double> values) {
    std::vector<double> v(values.begin(), values.end());
    std::sort(v.begin(), v.end());
    return v;
}

double median_of_sorted(const std::vector<double>& v) {
    if (v.empty()) return 0;
    const size_t half = v.size() / 2;
    return v.size() % 2 ? v[half] : v[half - 1] + (v[half] - v[half - 1]) / 2;
}

std::optional<MedianInterval> interval_of_sorted(const std::vector<double>& v, double confidence) {
    const size_t n = v.size();
    std::optional<MedianInterval> best;
    double tail = 0;  // P(Binomial(n, 1/2) < k)
    for (size_t k = 1; 2 * k <= n; ++k) {
        const double i = static_cast<double>(k - 1);
        const double m = static_cast<double>(n);
        tail +=
            std::exp(std::lgamma(m + 1) - std::lgamma(i + 1) - std::lgamma(m - i + 1) - m * std::log(2.0));
        const double covers = 1 - 2 * tail;
        if (covers < confidence) break;
        best = MedianInterval{v[k - 1], v[n - k], covers, k};
    }
    return best;
}

}  // namespace

double median_of(std::span<const double> values) { return median_of_sorted(sorted(values)); }

std::optional<MedianInterval> median_interval(std::span<const double> values, double confidence) {
    return interval_of_sorted(sorted(values), confidence);
}

Statistics statistics_of(std::span<const double> values) {
    Statistics s;
    if (values.empty()) return s;
    const std::vector<double> v = sorted(values);
    s.n = v.size();
    s.min = v.front();
    s.max = v.back();
    s.median = median_of_sorted(v);
    s.mean = std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
    std::vector<double> deviations;
    deviations.reserve(v.size());
    for (double x : v) deviations.push_back(std::abs(x - s.median));
    s.mad = median_of(deviations);
    s.interval = interval_of_sorted(v, 0.95);
    return s;
}

}  // namespace asyncrun
