// The reference tree of the Certificate Transparency implementations (8 leaves), and every proof
// of every tree up to 66 leaves against the recursive definitions of RFC 6962.
#include "bundle/log/merkle.hpp"

#include "core/bytes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::bundle::log;

namespace {

constexpr std::array k_leaves = {"",
                                 "00",
                                 "10",
                                 "2021",
                                 "3031",
                                 "40414243",
                                 "5051525354555657",
                                 "606162636465666768696a6b6c6d6e6f"};
constexpr std::array k_roots = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

constexpr std::uint64_t k_size_max = 66;

std::vector<Digest> many_leaves() {
  std::vector<Digest> leaves;
  for (std::uint64_t i = 0; i < k_size_max; ++i) {
    leaves.push_back(leaf_hash(std::to_string(i)));
  }
  return leaves;
}

MemoryTree tree_of(const std::vector<Digest>& leaves) {
  MemoryTree tree;
  for (const Digest& leaf : leaves) {
    tree.append(leaf);
  }
  return tree;
}

// MTH of RFC 6962 2.1, word by word.
Digest defined_root(const Digest* leaves, std::uint64_t n) {
  if (n == 1) {
    return leaves[0];
  }
  std::uint64_t k = 1;
  while (k * 2 < n) {
    k *= 2;
  }
  return node_hash(defined_root(leaves, k), defined_root(leaves + k, n - k));
}

Digest flipped(const Digest& digest) {
  std::string bytes(digest.bytes());
  bytes[7] = static_cast<char>(bytes[7] ^ 1);
  return *Digest::from_bytes(bytes);
}

}  // namespace

TEST_CASE("the roots are those of the reference tree") {
  MemoryTree tree;
  CHECK(tree.root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (std::size_t i = 0; i < k_leaves.size(); ++i) {
    tree.append(leaf_hash(*hex_decode(k_leaves[i])));
    CHECK(tree.root().hex() == k_roots[i]);
  }
  for (std::size_t i = 0; i < k_roots.size(); ++i) {
    CHECK(tree.root_of(i + 1)->hex() == k_roots[i]);
  }
}

TEST_CASE("roots of all sizes are as defined") {
  const auto leaves = many_leaves();
  const MemoryTree tree = tree_of(leaves);
  for (std::uint64_t n = 1; n <= k_size_max; ++n) {
    CHECK(*tree.root_of(n) == defined_root(leaves.data(), n));
  }
}

TEST_CASE("every leaf of every tree has a proof, and it proves no other place") {
  const auto leaves = many_leaves();
  const MemoryTree tree = tree_of(leaves);
  for (std::uint64_t n = 1; n <= k_size_max; ++n) {
    const Digest root = *tree.root_of(n);
    for (std::uint64_t i = 0; i < n; ++i) {
      const auto proof = *tree.inclusion(i, n);
      REQUIRE(verify_inclusion(leaves[i], i, n, proof, root));
      CHECK_FALSE(verify_inclusion(leaves[i], i + 1, n, proof, root));
      CHECK_FALSE(verify_inclusion(flipped(leaves[i]), i, n, proof, root));
      auto longer = proof;
      longer.push_back(root);
      CHECK_FALSE(verify_inclusion(leaves[i], i, n, longer, root));
      if (!proof.empty()) {
        auto shorter = proof;
        shorter.pop_back();
        CHECK_FALSE(verify_inclusion(leaves[i], i, n, shorter, root));
        auto changed = proof;
        changed[i % changed.size()] = flipped(changed[i % changed.size()]);
        CHECK_FALSE(verify_inclusion(leaves[i], i, n, changed, root));
      }
    }
  }
}

TEST_CASE("every tree extends every smaller one, and nothing else") {
  const auto leaves = many_leaves();
  const MemoryTree tree = tree_of(leaves);
  for (std::uint64_t n = 0; n <= k_size_max; ++n) {
    const Digest root = *tree.root_of(n);
    for (std::uint64_t m = 0; m <= n; ++m) {
      const Digest old_root = *tree.root_of(m);
      const auto proof = *tree.consistency(m, n);
      REQUIRE(verify_consistency(m, old_root, n, root, proof));
      CHECK_FALSE(verify_consistency(m, flipped(old_root), n, root, proof));
      if (m != 0) {
        CHECK_FALSE(verify_consistency(m, old_root, n, flipped(root), proof));
      }
      auto longer = proof;
      longer.push_back(root);
      CHECK_FALSE(verify_consistency(m, old_root, n, root, longer));
      if (!proof.empty()) {
        auto changed = proof;
        changed[m % changed.size()] = flipped(changed[m % changed.size()]);
        CHECK_FALSE(verify_consistency(m, old_root, n, root, changed));
        auto shorter = proof;
        shorter.pop_back();
        CHECK_FALSE(verify_consistency(m, old_root, n, root, shorter));
      }
    }
    CHECK_FALSE(verify_consistency(n + 1, root, n, root, {}));
  }
}

TEST_CASE("a fork has no consistency proof") {
  auto leaves = many_leaves();
  const MemoryTree honest = tree_of(leaves);
  leaves[3] = leaf_hash("rewritten");
  const MemoryTree fork = tree_of(leaves);
  CHECK_FALSE(verify_consistency(10, honest.root_of(10).value(), 30, fork.root_of(30).value(),
                                 fork.consistency(10, 30).value()));
}

TEST_CASE("what a tree does not have cannot be proved") {
  const MemoryTree tree = tree_of(many_leaves());
  CHECK(tree.inclusion(5, 5).error().kind == ErrorKind::usage);
  CHECK(tree.consistency(6, 5).error().kind == ErrorKind::usage);
  CHECK_FALSE(tree.inclusion(0, k_size_max + 1).has_value());
}

TEST_CASE("a leaf's hash and a node's hash are never of the same bytes") {
  const Digest a = leaf_hash("a");
  const Digest b = leaf_hash("b");
  CHECK(node_hash(a, b) != leaf_hash(std::string(a.bytes()) + std::string(b.bytes())));
  CHECK(node_hash(a, b) != node_hash(b, a));
}
