// heads.json: what `evidence list` and a seal need without reading the whole log. A cache: it says
// how many leaves it covers and under which root, leaves that came later are added when it is
// read, and anything that does not fit the log is made anew (L-2).
//
//   { blobBytes, count, logId, open: [intent], root, rows: [row], type, v }, rows newest first
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/store.hpp"
#include "core/result.hpp"

namespace sourceos::bundle {

namespace log {
class HostLog;
struct StoredLeaf;
}  // namespace log
class StorePlaces;

struct Heads {
  std::string log_id;
  std::uint64_t count = 0;       // leaves covered
  Digest root;                   // of these leaves
  std::uint64_t blob_bytes = 0;  // sum of the sizes of blobs/
  std::vector<OpenIntent> open;  // oldest first
  std::vector<ListRow> rows;     // newest first, at most k_head_rows_max
};
inline constexpr std::size_t k_head_rows_max = 64;

// Equal but for the sum of bytes, which is an estimate between two rebuilds.
[[nodiscard]] bool says_the_same(const Heads& left, const Heads& right);

[[nodiscard]] std::string write_heads(const Heads& heads);
[[nodiscard]] Result<Heads> parse_heads(std::string_view text);

// heads.json brought up to the log, in memory.
[[nodiscard]] Result<Heads> load_heads(const StorePlaces& places, const log::HostLog& log,
                                       const std::string& log_id);
// Adds the leaves that `heads` does not cover yet.
[[nodiscard]] Status extend_heads(Heads& heads, const StorePlaces& places,
                                  const log::HostLog& log);
// From nothing: reads the whole log and the sizes of all blobs.
[[nodiscard]] Result<Heads> rebuild_heads(const StorePlaces& places, const log::HostLog& log,
                                          const std::string& log_id);

// The row of a bundle's or import's leaf; of a pruned bundle (or one whose record cannot be read)
// only what the log knows.
[[nodiscard]] ListRow make_row(const StorePlaces& places, const log::HostLog& log,
                               const log::StoredLeaf& leaf);
[[nodiscard]] Result<Pruned> read_pruned(const StorePlaces& places, const log::HostLog& log,
                                         std::uint64_t gc_seq);
// The record of M, canonical bytes; digests checked.
[[nodiscard]] Result<std::string> read_record_of(const StorePlaces& places, const Digest& id);
[[nodiscard]] Result<std::uint64_t> sum_blob_bytes(const StorePlaces& places);

}  // namespace sourceos::bundle
