#include "verify/record_facts.hpp"

#include "tests/broken/forged_bundle.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;

TEST_CASE("the facts are those of the record") {
  const ForgedBundle forged;
  const auto facts = verify::read_record_facts(forged.record_bytes);
  REQUIRE(facts.has_value());
  CHECK(facts->mode == "read-only");
  CHECK(facts->subject == "local");
  CHECK(facts->seq == 7);
  CHECK(facts->intent == 6);
  CHECK(facts->entry_count == 3);
  CHECK(facts->git_dirty == true);
  CHECK_FALSE(facts->is_image_pinned);
  REQUIRE(facts->collectors.size() == 3);
  CHECK(facts->collectors[2].entries == 3);
  CHECK(facts->tools.size() == 2);
  CHECK(facts->by_rule.size() == 1);
  CHECK(facts->nonce == std::string(32, '0'));
}

TEST_CASE("nulls and absent rows are no facts") {
  ForgedBundle forged;
  forged.record.erase("nonce");
  forged.record["sequence"]["intent"] = nullptr;
  forged.record["gitRef"]["dirty"] = nullptr;
  forged.record["gitRef"]["head"] = nullptr;
  forged.record["imageDigest"] = nullptr;
  forged.after_record();
  const auto facts = verify::read_record_facts(forged.record_bytes);
  REQUIRE(facts.has_value());
  CHECK_FALSE(facts->nonce.has_value());
  CHECK_FALSE(facts->intent.has_value());
  CHECK_FALSE(facts->git_dirty.has_value());
  CHECK_FALSE(facts->has_image);
}

TEST_CASE("what is no record has a reason") {
  CHECK(verify::read_record_facts("{}").error().kind == ErrorKind::malformed);
  ForgedBundle forged;
  forged.record["specVersion"] = "9.0.0";
  forged.after_record();
  CHECK(verify::read_record_facts(forged.record_bytes).error().reason == "spec-version");
}
