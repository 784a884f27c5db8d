// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

namespace asyncrun::unicode {

/// Code points first..last.
struct Stretch {
    uint32_t first, last;
};
/// Every step-th of the code points first..last maps to itself + delta.
struct Mapping {
    uint32_t first, last;
    int32_t step, delta;
};
/// One code point that maps to several.
struct Special {
    uint32_t from;
    const char* to;
};

// Sorted by their first code point.
extern const Stretch not_printable[];
extern const size_t not_printable_count;
extern const Mapping to_upper[];
extern const size_t to_upper_count;
extern const Mapping to_lower[];
extern const size_t to_lower_count;
extern const Special upper_specials[];
extern const size_t upper_specials_count;

}  // namespace asyncrun::unicode
