// SPDX-License-Identifier: MIT
#include "engine/report/histogram_text.h"

#include "tests/report/sample_report.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace asyncrun {
namespace {

void expect_same_buckets(const Histogram& a, const Histogram& b) {
    EXPECT_EQ(a.count(), b.count());
    for (uint32_t i = 0; i < Histogram::kBuckets; ++i) ASSERT_EQ(a.bucket_count(i), b.bucket_count(i)) << i;
}

TEST(HistogramText, ComesBackAsItWas) {
    for (int64_t centre : {int64_t{1}, int64_t{700}, int64_t{1'000'000}, int64_t{3'000'000'000'000}}) {
        const Histogram h = samples::around(centre, 5000);
        expect_same_buckets(decode_histogram(encode_histogram(h)), h);
    }
    Histogram heavy;
    heavy.record(5, uint64_t{1} << 40);
    heavy.record(static_cast<int64_t>(Histogram::kMaxValue) + 1000, 3);
    expect_same_buckets(decode_histogram(encode_histogram(heavy)), heavy);
    expect_same_buckets(decode_histogram(encode_histogram(Histogram())), Histogram());
}

TEST(HistogramText, StartsLikeHdrHistogramsOwn) {
    EXPECT_EQ(encode_histogram(samples::around(1000, 10)).substr(0, 8), "HISTFAAA");
}

TEST(HistogramText, RefusesWhatIsNone) {
    const std::string good = encode_histogram(samples::around(1000, 1000));
    for (const std::string& bad : {std::string(), std::string("hello"), std::string("AAAA"),
                                   good.substr(0, 40), "HISTFAAA" + std::string(40, 'A')}) {
        EXPECT_THROW(decode_histogram(bad), std::invalid_argument) << bad;
    }
}

}  // namespace
}  // namespace asyncrun
