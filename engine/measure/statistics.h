// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace asyncrun {

/// An interval of the true median from order statistics alone, whatever the distribution.
struct MedianInterval {
    double low = 0;
    double high = 0;
    /// The exact probability that the interval covers the median: 1 - 2 P(Binomial(n, 1/2) < k).
    double confidence = 0;
    /// The interval is [k-th smallest, k-th largest].
    size_t k = 0;
};

/// What several repetitions of one figure say together. Of no values: all zero.
struct Statistics {
    size_t n = 0;
    double median = 0;
    double min = 0;
    double max = 0;
    double mean = 0;
    /// Median of the absolute deviations from the median, unscaled.
    double mad = 0;
    /// Absent below 6 values, where no interval reaches 95 %.
    std::optional<MedianInterval> interval;
};

/// Of finite values, in any order. O(n log n).
Statistics statistics_of(std::span<const double> values);
double median_of(std::span<const double> values);
/// The narrowest symmetric interval that covers with at least `confidence`; k = 6 at n = 20 and 95 %.
std::optional<MedianInterval> median_interval(std::span<const double> values, double confidence = 0.95);

}  // namespace asyncrun
