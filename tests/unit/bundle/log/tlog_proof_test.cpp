#include "bundle/log/tlog_proof.hpp"

#include "bundle/key.hpp"
#include "bundle/log/merkle.hpp"
#include "core/bytes.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::bundle::log;

namespace {

struct Sample {
  MemoryTree tree;
  Checkpoint checkpoint;
  TlogProof proof;
};

Sample sample() {
  Sample s;
  for (int i = 0; i < 5; ++i) {
    s.tree.append(leaf_hash("leaf " + std::to_string(i)));
  }
  s.checkpoint = {origin_of(std::string(32, '0'), false), 5, s.tree.root()};
  s.proof = {"leaf 2", 2, *s.tree.inclusion(2, 5),
             *sign_checkpoint(s.checkpoint, *signer_from_seed(std::string(32, '\1')))};
  return s;
}

}  // namespace

TEST_CASE("a proof is read as it was written and includes its leaf") {
  const Sample s = sample();
  const std::string text = write_tlog_proof(s.proof);
  CHECK(text.starts_with("c2sp.org/tlog-proof@v1\nextra bGVhZiAy\nindex 2\n"));
  const TlogProof found = *parse_tlog_proof(text);
  CHECK(found.leaf == "leaf 2");
  CHECK(found.hashes == s.proof.hashes);
  CHECK(found.checkpoint == s.proof.checkpoint);
  CHECK(write_tlog_proof(found) == text);
  CHECK(is_included(found, parse_checkpoint(found.checkpoint)->checkpoint));
}

TEST_CASE("another leaf, index or hash is not included") {
  Sample s = sample();
  TlogProof proof = s.proof;
  proof.leaf = "leaf 3";
  CHECK_FALSE(is_included(proof, s.checkpoint));
  proof = s.proof;
  proof.index = 3;
  CHECK_FALSE(is_included(proof, s.checkpoint));
  proof = s.proof;
  proof.hashes.pop_back();
  CHECK_FALSE(is_included(proof, s.checkpoint));
}

TEST_CASE("a tree of one leaf has a proof without hashes") {
  TlogProof proof = sample().proof;
  proof.hashes.clear();
  const std::string text = write_tlog_proof(proof);
  CHECK(parse_tlog_proof(text)->hashes.empty());
}

TEST_CASE("a proof in any other form is malformed") {
  const std::string text = write_tlog_proof(sample().proof);
  const auto with = [&](std::string_view old, std::string_view replacement) {
    std::string changed = text;
    changed.replace(changed.find(old), old.size(), replacement);
    return parse_tlog_proof(changed).has_value();
  };
  CHECK_FALSE(with("@v1", "@v2"));
  CHECK_FALSE(with("extra bGVhZiAy\n", ""));
  CHECK_FALSE(with("extra bGVhZiAy", "extra bGVhZiA"));
  CHECK_FALSE(with("extra bGVhZiAy\n", "extra bGVhZiAy\nextra bGVhZiAy\n"));
  CHECK_FALSE(with("index 2", "index 02"));
  CHECK_FALSE(with("index 2", "index"));
  CHECK_FALSE(with("index 2\n", "index 2\nAAAA\n"));
  CHECK_FALSE(with("\n\n", "\n"));
  CHECK_FALSE(parse_tlog_proof("").has_value());
  CHECK_FALSE(parse_tlog_proof(text.substr(0, 40)).has_value());
}

TEST_CASE("a proof with more hashes than any tree needs is malformed") {
  TlogProof proof = sample().proof;
  proof.hashes.assign(65, sha256("x"));
  CHECK(parse_tlog_proof(write_tlog_proof(proof)).error().reason == "malformed");
}

TEST_CASE("a consistency proof is read as it was written") {
  const Sample s = sample();
  const ConsistencyProof proof{s.checkpoint.origin, 3, 5, *s.tree.consistency(3, 5)};
  const std::string text = write_consistency_proof(proof);
  const ConsistencyProof found = *parse_consistency_proof(text);
  CHECK(write_consistency_proof(found) == text);
  CHECK(verify_consistency(found.old_size, *s.tree.root_of(3), found.new_size, s.checkpoint.root,
                           found.hashes));
  CHECK_FALSE(parse_consistency_proof(text + "x").has_value());
  CHECK_FALSE(parse_consistency_proof(text + "\n").has_value());
  CHECK_FALSE(parse_consistency_proof(text.substr(1)).has_value());
}
