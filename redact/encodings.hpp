// Text inside text: base64 (both alphabets), base32 and hex runs, gzip, zlib and zstd inside them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sourceos::redact {

inline constexpr std::size_t k_run_bytes_min = 24;  // shorter runs are words

enum class Decoded : std::uint8_t {
  text,   // readable, or UTF-16: look for secrets in it
  limit,  // decodes, but a cap was reached: mask it whole
};

struct DecodedRun {
  Decoded state = Decoded::text;
  std::string bytes;
};

// What `run` (a maximal run of is_base64_char, possibly with '=' behind it) holds, in each way it
// can be read: nothing for runs that decode to noise, as digests and identifiers do.
// `cut`: the run goes on after this part of it.
[[nodiscard]] std::vector<DecodedRun> decode_run(std::string_view run, bool cut);
// The same for bytes that are gzip, zlib or zstd themselves; nothing when they are not.
[[nodiscard]] std::vector<DecodedRun> decompress(std::string_view bytes);
// gzip, zlib or zstd by its first bytes.
[[nodiscard]] bool is_compressed(std::string_view bytes);

// A gzip or zstd stream that lies in other bytes.
struct PackedRun {
  Decoded state = Decoded::text;
  bool open = false;      // it does not end in what was given
  std::size_t size = 0;   // from its begin to its end, or to that of what was given
  std::string bytes;
};

// The stream that `bytes` begin with, if any; a broken one when something came before the fault.
[[nodiscard]] std::optional<PackedRun> unpack(std::string_view bytes);

}  // namespace sourceos::redact
