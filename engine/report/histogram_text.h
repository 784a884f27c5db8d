// SPDX-License-Identifier: MIT
#pragma once

#include "engine/measure/histogram.h"

#include <string>
#include <string_view>

namespace asyncrun {

/// A histogram as text, to be kept in reports and merged later: HdrHistogram's V2 compressed encoding in
/// base64
/// ("HISTFAAA…", https://github.com/HdrHistogram/HdrHistogram), which its libraries in every language read.
/// Some hundred bytes for a typical run.
std::string encode_histogram(const Histogram& histogram);

/// The inverse; of the extremes and the mean only what the buckets tell, as everywhere with this format.
/// Throws std::invalid_argument for what is no such text or has another layout than Histogram's.
Histogram decode_histogram(std::string_view text);

}  // namespace asyncrun
