#include "tests/unit/verify/judging.hpp"
#include "verify/checks/checks.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;
using verify::RevocationReason;

namespace {

const UtcTime k_after = UtcTime::from_seconds(1'770'000'000);

verify::LastGood good_at(const ForgedBundle& bundle, std::uint64_t size) {
  verify::LastGood good;
  good.log_id = bundle.record["sequence"]["logId"].get<std::string>();
  good.size = size;
  good.root = *bundle.tree.root_of(size);
  return good;
}

void revoke(Scene& scene, RevocationReason reason, std::optional<verify::LastGood> good) {
  scene.key('b').revocation = verify::Revocation{reason, k_after, std::move(good)};
}

}  // namespace

TEST_CASE("a compromised key's bundle passes under the checkpoint that was fixed before") {
  Scene same;
  revoke(same, RevocationReason::compromised, good_at(same.bundle, 11));
  const auto verdict = judged(same);
  CHECK(verdict.words == "verified");
  CHECK(verdict.time_basis == verify::TimeBasis::order);

  Scene between;  // the bundle's checkpoint is of size 11, lastGood of size 9
  revoke(between, RevocationReason::compromised, good_at(between.bundle, 9));
  CHECK(told(judged(between)) == "failed (key-revoked)");
  CHECK(judged(between).next == "sourceosctl evidence log consistency 9 11");
  between.options.consistency.push_back({between.bundle.checkpoint.origin, 9, 11,
                                         *between.bundle.tree.consistency(9, 11)});
  CHECK(judged(between).words == "verified");

  Scene other_log;
  verify::LastGood good = good_at(other_log.bundle, 11);
  good.log_id = std::string(32, '0');
  revoke(other_log, RevocationReason::compromised, good);
  CHECK(told(judged(other_log)) == "failed (key-revoked)");

  Scene other_tree;
  good = good_at(other_tree.bundle, 11);
  good.root = bundle::sha256("another tree");
  revoke(other_tree, RevocationReason::compromised, good);
  CHECK(told(judged(other_tree)) == "failed (key-revoked)");
}

TEST_CASE("a key that was retired later still counts for what came before") {
  Scene scene;
  revoke(scene, RevocationReason::retired, std::nullopt);
  const auto verdict = judged(scene);
  CHECK(verdict.words == "verified");
  CHECK(verdict.time_basis == verify::TimeBasis::claimed);
}

TEST_CASE("a key that no longer counts does no harm beside one that does") {
  Scene scene;
  scene.bundle.signers = "bc";
  scene.bundle.after_payload();
  revoke(scene, RevocationReason::compromised, std::nullopt);
  CHECK(judged(scene).words == "verified");
  scene.options.threshold = 2;
  CHECK(told(judged(scene)) == "failed (key-revoked)");
}

TEST_CASE("two holders over one statement make two of two") {
  Scene scene;
  scene.bundle.signers = "bc";
  scene.bundle.after_payload();
  scene.options.threshold = 2;
  CHECK(judged(scene).words == "verified");
  scene.trust.bundle_threshold = 3;
  CHECK(told(judged(scene)) == "unverifiable (threshold)");
}

TEST_CASE("an option never lowers the threshold of the trust file") {
  Scene scene;
  scene.trust.bundle_threshold = 2;
  scene.options.threshold = 1;
  CHECK(told(judged(scene)) == "unverifiable (threshold)");
}

TEST_CASE("what this verifier saw before a key expired still counts") {
  Scene scene;
  scene.key('b').valid_until = UtcTime::from_seconds(1'767'225'600);
  CHECK(told(judged(scene)) == "failed (key-expired)");
  scene.remembered.push_back({11, scene.bundle.checkpoint.root, UtcTime::from_seconds(1'767'000'000)});
  const auto verdict = judged(scene);
  CHECK(verdict.words == "verified");
  CHECK(verdict.time_basis == verify::TimeBasis::memory);
}

TEST_CASE("a key of test seams vouches for a bundle made under them, where that is allowed") {
  Scene scene;
  scene.bundle.record["testSeams"] = true;
  scene.bundle.after_record();
  scene.key('b').role = bundle::KeyRole::test;
  scene.key('l').role = bundle::KeyRole::test;
  CHECK(told(judged(scene)) == "failed (test-seams)");
  scene.options.allow_test_seams = true;
  CHECK(judged(scene).words == "verified");
}
