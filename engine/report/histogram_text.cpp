// SPDX-License-Identifier: MIT
#include "engine/report/histogram_text.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include <openssl/evp.h>
#include <zlib.h>

namespace asyncrun {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr uint32_t kCookie = 0x1c849303 | 0x10;            // V2, its counts' word size unused
constexpr uint32_t kCompressedCookie = 0x1c849304 | 0x10;  // the same, deflated
constexpr size_t kHeaderBytes = 40;

template <typename T>
void put(Bytes& out, T value) {
    for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
        out.push_back(static_cast<uint8_t>(static_cast<uint64_t>(value) >> shift));
    }
}

template <typename T>
T get(const Bytes& in, size_t at) {
    if (at + sizeof(T) > in.size()) throw std::invalid_argument("a histogram's text ends too early");
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof(T); ++i) value = value << 8 | in[at + i];
    return static_cast<T>(value);
}

/// ZigZag LEB128, at most 9 bytes: the ninth holds eight bits.
void put_signed(Bytes& out, int64_t number) {
    uint64_t v = (static_cast<uint64_t>(number) << 1) ^ static_cast<uint64_t>(number >> 63);
    for (int i = 0; i < 8; ++i) {
        if (v < 0x80) {
            out.push_back(static_cast<uint8_t>(v));
            return;
        }
        out.push_back(static_cast<uint8_t>(v | 0x80));
        v >>= 7;
    }
    out.push_back(static_cast<uint8_t>(v));
}

int64_t get_signed(const Bytes& in, size_t& at) {
    uint64_t v = 0;
    for (int i = 0; i < 9; ++i) {
        const uint8_t byte = get<uint8_t>(in, at++);
        v |= static_cast<uint64_t>(i < 8 ? byte & 0x7f : byte) << (7 * i);
        if (i < 8 && !(byte & 0x80)) break;
    }
    return static_cast<int64_t>(v >> 1) ^ -static_cast<int64_t>(v & 1);
}

std::string base64(const Bytes& bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<size_t>(size));
    return text;
}

Bytes from_base64(std::string_view text) {
    Bytes bytes(text.size() / 4 * 3 + 3);
    const int size = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
    if (size < 0 || text.empty()) throw std::invalid_argument("a histogram's text is not base64");
    size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
    bytes.resize(static_cast<size_t>(size) - padding);
    return bytes;
}

Bytes inflate_all(const uint8_t* data, size_t size) {
    // More than all buckets with 9 bytes each cannot be in it.
    Bytes out(kHeaderBytes + size_t{Histogram::kBuckets} * 9);
    uLongf length = out.size();
    if (uncompress(out.data(), &length, data, size) != Z_OK)
        throw std::invalid_argument("a histogram's text is damaged");
    out.resize(length);
    return out;
}

}  // namespace

std::string encode_histogram(const Histogram& h) {
    Bytes counts;
    const uint32_t end =
        h.empty() ? 0
                  : Histogram::index_of(std::min(static_cast<uint64_t>(h.max()), Histogram::kMaxValue)) + 1;
    for (uint32_t i = 0; i < end;) {
        const uint64_t n = h.bucket_count(i);
        if (n) {
            put_signed(counts, static_cast<int64_t>(n));
            ++i;
            continue;
        }
        const uint32_t start = i;
        while (i < end && h.bucket_count(i) == 0) ++i;
        put_signed(counts, i - start == 1 ? 0 : -static_cast<int64_t>(i - start));
    }

    Bytes plain;
    put<uint32_t>(plain, kCookie);
    put<uint32_t>(plain, static_cast<uint32_t>(counts.size()));
    put<uint32_t>(plain, 0);  // normalizing offset
    put<uint32_t>(plain, 3);  // significant digits
    put<uint64_t>(plain, 1);  // lowest value
    put<uint64_t>(plain, Histogram::kMaxValue);
    put<uint64_t>(plain, 0x3ff0000000000000);  // 1.0, integer to double
    plain.insert(plain.end(), counts.begin(), counts.end());

    Bytes packed(compressBound(plain.size()));
    uLongf size = packed.size();
    if (compress(packed.data(), &size, plain.data(), plain.size()) != Z_OK)
        throw std::runtime_error("zlib cannot compress");
    Bytes all;
    put<uint32_t>(all, kCompressedCookie);
    put<uint32_t>(all, static_cast<uint32_t>(size));
    all.insert(all.end(), packed.begin(), packed.begin() + static_cast<long>(size));
    return base64(all);
}

Histogram decode_histogram(std::string_view text) {
    const Bytes all = from_base64(text);
    if (get<uint32_t>(all, 0) != kCompressedCookie)
        throw std::invalid_argument("not a compressed V2 histogram");
    const uint32_t packed = get<uint32_t>(all, 4);
    if (packed > all.size() - 8) throw std::invalid_argument("a histogram's text ends too early");
    const Bytes plain = inflate_all(all.data() + 8, packed);
    if (get<uint32_t>(plain, 0) != kCookie) throw std::invalid_argument("not a V2 histogram");
    if (get<uint32_t>(plain, 12) != 3 || get<uint64_t>(plain, 16) != 1) {
        throw std::invalid_argument("a histogram of another precision");
    }
    Histogram h;
    const size_t end = kHeaderBytes + get<uint32_t>(plain, 4);
    uint64_t index = 0;
    for (size_t at = kHeaderBytes; at < end;) {
        const int64_t n = get_signed(plain, at);
        if (n < 0) {
            index += static_cast<uint64_t>(-(n + 1)) + 1;
            continue;
        }
        if (n > 0) {
            if (index >= Histogram::kBuckets) throw std::invalid_argument("a histogram of another range");
            h.record(static_cast<int64_t>(Histogram::bucket_high(static_cast<uint32_t>(index))),
                     static_cast<uint64_t>(n));
        }
        ++index;
    }
    return h;
}

}  // namespace asyncrun
