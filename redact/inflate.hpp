// Decompression of deflate (RFC 1951) in its gzip (RFC 1952) and zlib (RFC 1950) wrappings, for
// looking at short compressed values. Bounded; checksums are not looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sourceos::redact {

enum class Inflated : std::uint8_t {
  whole,
  broken,  // what came before the fault is in `out`
  limit,   // more than bytes_max; that much is in `out`
};

// `bytes` begin with a gzip or zlib header; otherwise `broken` with nothing in `out`. `taken`: how
// many of them were read, with the checksum at the end.
[[nodiscard]] Inflated inflate(std::string_view bytes, std::size_t bytes_max, std::string& out,
                               std::size_t* taken = nullptr);

}  // namespace sourceos::redact
