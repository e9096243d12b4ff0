// RFC 6962 section 2.1, over complete subtrees.
//
// The tree over n leaves splits at k, the largest power of two below n: the left half is complete,
// the right half is split again. So any range [begin, begin + n) that the recursion meets is a run
// of complete subtrees, one for each bit of n, largest first; all proofs are lists of the roots of
// such ranges.
#include "bundle/log/merkle.hpp"

#include <bit>
#include <string>

namespace sourceos::bundle::log {
namespace {

std::unexpected<Error> bad_proof(std::string message) {
  return fail(ErrorKind::malformed, "log-proof", std::move(message));
}

// Largest power of two below n, for n > 1.
std::uint64_t split_point(std::uint64_t n) { return std::bit_floor(n - 1); }

// Root of the n leaves from `begin`, which is a multiple of the smallest power of two >= n.
Result<Digest> range_root(std::uint64_t begin, std::uint64_t n, const SubtreeReader& subtree) {
  std::optional<Digest> right;
  // From the smallest subtree, which is the rightmost, to the largest.
  for (std::uint64_t rest = n; rest != 0; rest &= rest - 1) {
    const auto level = static_cast<unsigned>(std::countr_zero(rest));
    const std::uint64_t start = begin + (rest & (rest - 1));
    SOURCEOS_TRY_ASSIGN(const Digest left, subtree(level, start >> level));
    right = right ? node_hash(left, *right) : left;
  }
  return *right;
}

Status add_inclusion(std::uint64_t index, std::uint64_t begin, std::uint64_t n,
                     const SubtreeReader& subtree, std::vector<Digest>& proof) {
  if (n == 1) {
    return {};
  }
  const std::uint64_t k = split_point(n);
  const bool goes_left = index < begin + k;
  if (goes_left) {
    SOURCEOS_TRY(add_inclusion(index, begin, k, subtree, proof));
  } else {
    SOURCEOS_TRY(add_inclusion(index, begin + k, n - k, subtree, proof));
  }
  SOURCEOS_TRY_ASSIGN(const Digest sibling, goes_left ? range_root(begin + k, n - k, subtree)
                                                      : range_root(begin, k, subtree));
  proof.push_back(sibling);
  return {};
}

// SUBPROOF(m, D[begin, begin + n), b) of RFC 6962 2.1.2.
Status add_consistency(std::uint64_t m, std::uint64_t begin, std::uint64_t n, bool is_whole,
                       const SubtreeReader& subtree, std::vector<Digest>& proof) {
  if (m == n) {
    if (!is_whole) {
      SOURCEOS_TRY_ASSIGN(const Digest root, range_root(begin, n, subtree));
      proof.push_back(root);
    }
    return {};
  }
  const std::uint64_t k = split_point(n);
  if (m <= k) {
    SOURCEOS_TRY(add_consistency(m, begin, k, is_whole, subtree, proof));
    SOURCEOS_TRY_ASSIGN(const Digest right, range_root(begin + k, n - k, subtree));
    proof.push_back(right);
  } else {
    SOURCEOS_TRY(add_consistency(m - k, begin + k, n - k, false, subtree, proof));
    SOURCEOS_TRY_ASSIGN(const Digest left, range_root(begin, k, subtree));
    proof.push_back(left);
  }
  return {};
}

}  // namespace

Digest leaf_hash(std::string_view leaf) {
  return Sha256().update(std::string_view("\0", 1)).update(leaf).finish();
}

Digest node_hash(const Digest& left, const Digest& right) {
  std::string bytes = "\x01";
  bytes += left.bytes();
  bytes += right.bytes();
  return sha256(bytes);
}

Result<Digest> tree_root(std::uint64_t size, const SubtreeReader& subtree) {
  return size == 0 ? sha256("") : range_root(0, size, subtree);
}

Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                            const SubtreeReader& subtree) {
  if (index >= size) {
    return fail(ErrorKind::usage, "usage",
                "there is no leaf " + std::to_string(index) + " in a tree of " +
                    std::to_string(size));
  }
  std::vector<Digest> proof;
  SOURCEOS_TRY(add_inclusion(index, 0, size, subtree, proof));
  return proof;
}

Result<std::vector<Digest>> consistency_proof(std::uint64_t old_size, std::uint64_t size,
                                              const SubtreeReader& subtree) {
  if (old_size > size) {
    return fail(ErrorKind::usage, "usage",
                "a tree of " + std::to_string(size) + " leaves has no part of " +
                    std::to_string(old_size));
  }
  std::vector<Digest> proof;
  if (old_size != 0 && old_size != size) {
    SOURCEOS_TRY(add_consistency(old_size, 0, size, true, subtree, proof));
  }
  return proof;
}

Result<Digest> root_from_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                                   const std::vector<Digest>& proof) {
  if (index >= size) {
    return bad_proof("the leaf's index is not below the size of the tree");
  }
  // RFC 9162 2.1.3.2: walk up; at the right edge, levels without a sibling are left out.
  Digest root = leaf;
  std::uint64_t node = index;
  std::uint64_t last = size - 1;
  for (const Digest& sibling : proof) {
    if (last == 0) {
      return bad_proof("the inclusion proof is too long");
    }
    if ((node & 1) != 0 || node == last) {
      root = node_hash(sibling, root);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      root = node_hash(root, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  if (last != 0) {
    return bad_proof("the inclusion proof is too short");
  }
  return root;
}

bool verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                      const std::vector<Digest>& proof, const Digest& root) {
  const auto reached = root_from_inclusion(leaf, index, size, proof);
  return reached && *reached == root;
}

bool verify_consistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t size,
                        const Digest& root, const std::vector<Digest>& proof) {
  if (old_size > size) {
    return false;
  }
  if (old_size == size) {
    return proof.empty() && old_root == root;
  }
  if (old_size == 0) {
    return proof.empty() && old_root == sha256("");
  }
  // RFC 9162 2.1.4.2. When the old tree is complete, its root is where the proof starts.
  std::size_t next = 0;
  Digest old_reached = old_root;
  if (!std::has_single_bit(old_size)) {
    if (proof.empty()) {
      return false;
    }
    old_reached = proof[next++];
  }
  Digest reached = old_reached;
  std::uint64_t node = old_size - 1;
  std::uint64_t last = size - 1;
  while ((node & 1) != 0) {
    node >>= 1;
    last >>= 1;
  }
  for (; next < proof.size(); ++next) {
    if (last == 0) {
      return false;
    }
    const Digest& sibling = proof[next];
    if ((node & 1) != 0 || node == last) {
      old_reached = node_hash(sibling, old_reached);
      reached = node_hash(sibling, reached);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      reached = node_hash(reached, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && old_reached == old_root && reached == root;
}

void MemoryTree::append(const Digest& leaf) {
  Digest hash = leaf;
  for (std::size_t level = 0;; ++level) {
    if (level == levels_.size()) {
      levels_.emplace_back();
    }
    levels_[level].push_back(hash);
    if (levels_[level].size() % 2 != 0) {
      return;
    }
    hash = node_hash(levels_[level][levels_[level].size() - 2], hash);
  }
}

SubtreeReader MemoryTree::reader() const {
  return [this](unsigned level, std::uint64_t index) -> Result<Digest> {
    if (level >= levels_.size() || index >= levels_[level].size()) {
      return fail(ErrorKind::internal, "internal", "a subtree that is not complete was asked for");
    }
    return levels_[level][index];
  };
}

Digest MemoryTree::root() const { return *tree_root(size(), reader()); }

Result<Digest> MemoryTree::root_of(std::uint64_t size) const { return tree_root(size, reader()); }

Result<std::vector<Digest>> MemoryTree::inclusion(std::uint64_t index, std::uint64_t size) const {
  return inclusion_proof(index, size, reader());
}

Result<std::vector<Digest>> MemoryTree::consistency(std::uint64_t old_size,
                                                    std::uint64_t size) const {
  return consistency_proof(old_size, size, reader());
}

}  // namespace sourceos::bundle::log
