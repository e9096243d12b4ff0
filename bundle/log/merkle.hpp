// The Merkle tree of RFC 6962 section 2.1: hashes, roots and both kinds of proof. Proofs are made
// from the hashes of complete subtrees, wherever those are kept (memory or tiles).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "core/result.hpp"

namespace sourceos::bundle::log {

[[nodiscard]] Digest leaf_hash(std::string_view leaf);
[[nodiscard]] Digest node_hash(const Digest& left, const Digest& right);

// Hash of the complete subtree over leaves [index << level, (index + 1) << level).
using SubtreeReader = std::function<Result<Digest>(unsigned level, std::uint64_t index)>;

// Root of the first `size` leaves; that of no leaves is SHA-256 of nothing.
[[nodiscard]] Result<Digest> tree_root(std::uint64_t size, const SubtreeReader& subtree);
// RFC 6962 2.1.1; `usage` unless index < size.
[[nodiscard]] Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                                          const SubtreeReader& subtree);
// RFC 6962 2.1.2, empty for old_size 0 or old_size == size; `usage` when old_size > size.
[[nodiscard]] Result<std::vector<Digest>> consistency_proof(std::uint64_t old_size,
                                                            std::uint64_t size,
                                                            const SubtreeReader& subtree);

// The root that an inclusion proof leads to; `malformed`, reason "log-proof", when the proof has
// the wrong length or index >= size.
[[nodiscard]] Result<Digest> root_from_inclusion(const Digest& leaf, std::uint64_t index,
                                                 std::uint64_t size,
                                                 const std::vector<Digest>& proof);
[[nodiscard]] bool verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                                    const std::vector<Digest>& proof, const Digest& root);
[[nodiscard]] bool verify_consistency(std::uint64_t old_size, const Digest& old_root,
                                      std::uint64_t size, const Digest& root,
                                      const std::vector<Digest>& proof);

// All subtree hashes in memory; appending costs the one to log2(n) hashes that become complete.
class MemoryTree {
 public:
  void append(const Digest& leaf);
  [[nodiscard]] std::uint64_t size() const { return levels_.empty() ? 0 : levels_[0].size(); }
  [[nodiscard]] Digest root() const;
  [[nodiscard]] Result<Digest> root_of(std::uint64_t size) const;
  [[nodiscard]] Result<std::vector<Digest>> inclusion(std::uint64_t index, std::uint64_t size) const;
  [[nodiscard]] Result<std::vector<Digest>> consistency(std::uint64_t old_size,
                                                        std::uint64_t size) const;

 private:
  [[nodiscard]] SubtreeReader reader() const;
  std::vector<std::vector<Digest>> levels_;  // levels_[0]: leaf hashes
};

}  // namespace sourceos::bundle::log
