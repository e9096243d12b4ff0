// Checks the content of layers against the index at line rate: packs are never parsed as tar, the
// one stream that the writer would have made is made and compared (security S-12).
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "bundle/blob.hpp"
#include "bundle/digest.hpp"
#include "bundle/frame.hpp"
#include "bundle/index_line.hpp"
#include "core/result.hpp"

namespace sourceos::bundle {

// An entry of a pack as the index tells it; `path` must live as long as the check.
struct PackMember {
  std::string_view path;
  Digest sha256;
  std::uint64_t size = 0;
  std::uint64_t frame = 0;   // where.frame
  std::uint64_t offset = 0;  // where.offset
};

// Sees content on its way, for a screen: whole frames on any thread, in any order.
using FrameInspector = std::function<Status(std::uint64_t offset, std::string_view bytes)>;

// Reads and checks one pack whose members come in the order of the index. Errors: `malformed`
// (other bytes than the made tar, or fewer), `limit` (more), `descriptor` (wrong `where`),
// `digest-mismatch` (content of a member). The summary's digest is for the caller to compare.
[[nodiscard]] Result<FrameSummary> check_pack(FramePool& pool, const BlobReader& blob,
                                              const std::vector<PackMember>& members,
                                              const FrameInspector& inspect = {});

// Reads one segment of `size` bytes; its content goes on into `running`, which hashes the entry.
[[nodiscard]] Result<FrameSummary> check_segment(FramePool& pool, const BlobReader& blob,
                                                 std::uint64_t size, Sha256& running,
                                                 const FrameInspector& inspect = {});

}  // namespace sourceos::bundle
