// A leaf, its inclusion proof and the checkpoint in one text (c2sp.org/tlog-proof@v1); and the
// consistency proof between two checkpoints in a text of the same style.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/log/checkpoint.hpp"
#include "core/result.hpp"

namespace sourceos::bundle::log {

struct TlogProof {
  std::string leaf;  // the `extra` line, decoded: trusted only through the proof
  std::uint64_t index = 0;
  std::vector<Digest> hashes;
  std::string checkpoint;  // the signed note, as it is
};

[[nodiscard]] std::string write_tlog_proof(const TlogProof& proof);
// The `extra` line must be there; every form but the writer's is `malformed`.
[[nodiscard]] Result<TlogProof> parse_tlog_proof(std::string_view text);
// The leaf is at `index` of the tree that the checkpoint names; false says nothing of signatures.
[[nodiscard]] bool is_included(const TlogProof& proof, const Checkpoint& checkpoint);

// The tree of new_size extends the tree of old_size of the same log.
struct ConsistencyProof {
  std::string origin;
  std::uint64_t old_size = 0;
  std::uint64_t new_size = 0;
  std::vector<Digest> hashes;
};
[[nodiscard]] std::string write_consistency_proof(const ConsistencyProof& proof);
[[nodiscard]] Result<ConsistencyProof> parse_consistency_proof(std::string_view text);

}  // namespace sourceos::bundle::log
