// Writes a large entry: all of it is redacted and scanned, but only a head and a tail are kept
// when it is longer than its limit (security S-22). The cut shows in the entry itself.
//
// A source of known size keeps its first 64 MiB and, from a multiple of 64 MiB on, its last bytes
// up to the limit. The output of a program, whose size nobody knows, keeps its last 64 MiB and all
// that fits before them.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "bundle/redacted.hpp"
#include "bundle/writer.hpp"
#include "core/result.hpp"

namespace sourceos::collect {

struct KeepRule {
  bool tail = false;  // logs keep head and tail, everything else its head
  std::uint64_t bytes_max = 0;
  std::optional<std::uint64_t> source_size;  // when known before reading
};

class KeptStream {
 public:
  KeptStream(bundle::EntryStream& entry, const KeepRule& rule);

  // `fed`: source bytes given to the redactor so far, this block's included.
  [[nodiscard]] Status append(const bundle::RedactedBlock& block, std::uint64_t fed);
  // Writes what is still held back.
  [[nodiscard]] Status finish();

  // Source ranges in the entry, ascending; exact to within the redactor's hold-back (16 KiB).
  [[nodiscard]] std::vector<std::pair<std::uint64_t, std::uint64_t>> kept() const;
  [[nodiscard]] bool is_cut() const { return dropped_bytes_ > 0; }
  // Moves a finding's range from the redacted stream to the entry.
  void place(bundle::Finding& finding) const;

 private:
  [[nodiscard]] bool fits_whole() const;
  [[nodiscard]] Status write_marker();
  [[nodiscard]] Status append_tail(const bundle::RedactedBlock& block);
  [[nodiscard]] Status hold_for_tail(const bundle::RedactedBlock& block);

  bundle::EntryStream& entry_;
  KeepRule rule_;
  std::uint64_t head_end_;                  // source offset
  std::optional<std::uint64_t> tail_from_;  // source offset, when known
  std::uint64_t fed_ = 0;
  std::uint64_t head_bytes_ = 0;     // redacted, written
  std::uint64_t dropped_bytes_ = 0;  // redacted
  std::uint64_t tail_bytes_ = 0;     // redacted, written
  std::uint64_t marker_bytes_ = 0;
  struct Held {
    bundle::OwnedBlock block;
    std::uint64_t from;  // source offset
  };
  std::deque<Held> held_;
  std::uint64_t held_bytes_ = 0;
  std::uint64_t kept_from_ = 0;  // source offset where the tail begins
};

}  // namespace sourceos::collect
