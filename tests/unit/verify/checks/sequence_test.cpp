#include "tests/unit/verify/judging.hpp"
#include "verify/checks/checks.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;

namespace {

const UtcTime k_seen = UtcTime::from_seconds(1'779'000'000);

}  // namespace

TEST_CASE("without memory nothing is said, never pass") {
  Scene scene;
  CHECK(outcome_of(judged(scene), "sequence") == "skipped no memory");
}

TEST_CASE("the first checkpoint of a log is accepted and remembered") {
  const TemporaryDirectory directory;
  Scene scene;
  scene.has_memory = true;
  const auto path = lay_down(scene, directory.path());
  CHECK(outcome_of(judge(scene, path, directory / "memory"), "sequence") == "pass");
  const auto again = judge(scene, path, directory / "memory");
  CHECK(outcome_of(again, "sequence") == "pass");
  CHECK(again.anchor.starts_with("anchored to 11 at "));
}

TEST_CASE("an older bundle is no rollback: a proof makes it consistent") {
  ForgedBundle later;
  Scene scene;
  bundle::log::MemoryTree grown = scene.bundle.tree;
  for (int i = 0; i < 9; ++i) {
    grown.append(bundle::log::leaf_hash("later " + std::to_string(i)));
  }
  scene.remembered.push_back({20, grown.root(), k_seen});
  const auto unproved = judged(scene);
  CHECK(unproved.words == "verified");
  CHECK(outcome_of(unproved, "sequence") == "unverifiable consistency-missing");
  CHECK(unproved.next == "sourceosctl evidence log consistency 11 20");

  scene.options.consistency_source = [&](const std::string& origin, std::uint64_t old_size,
                                         std::uint64_t new_size)
      -> std::optional<bundle::log::ConsistencyProof> {
    return bundle::log::ConsistencyProof{origin, old_size, new_size,
                                         *grown.consistency(old_size, new_size)};
  };
  const auto proved = judged(scene);
  CHECK(outcome_of(proved, "sequence") == "pass");
  CHECK(proved.anchor == "anchored to 20 at 2026-05-17T06:40:00Z by this verifier's memory");
}

TEST_CASE("a newer checkpoint is accepted with a proof from what was seen") {
  Scene scene;
  scene.remembered.push_back({5, *scene.bundle.tree.root_of(5), k_seen});
  scene.options.consistency.push_back(
      {scene.bundle.checkpoint.origin, 5, 11, *scene.bundle.tree.consistency(5, 11)});
  const auto verdict = judged(scene);
  CHECK(outcome_of(verdict, "sequence") == "pass");
  // What was seen is smaller than the bundle's place: it anchors nothing.
  CHECK(verdict.anchor.starts_with("not anchored"));
}
