#include "bundle/store_state.hpp"

#include "tests/unit/bundle/sample_store.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::tests;

TEST_CASE("what a store knows of a bundle comes from its referrers file") {
  SampleStore sample;
  Store store = sample.open();
  const SealedBundle sealed = seal(store, sample, "one");
  const auto facts = store.facts(sealed.id);
  REQUIRE(facts);
  CHECK(facts->seq == sealed.seq);
  CHECK(facts->log_id == store.log_id());
  CHECK(facts->attached.size() == 1);
  CHECK_FALSE(facts->imported);
  CHECK_FALSE(facts->pruned);
  CHECK(store.facts(sha256("none")).error().reason == "input-missing");
}

TEST_CASE("a leaf without a document has none to read") {
  SampleStore sample;
  const StoreState state(sample.host(), sample.options(StoreAccess::read));
  CHECK(state.document({}).error().reason == "malformed");
  CHECK_FALSE(state.require_write());
}

TEST_CASE("a store that was opened to read is not written to") {
  SampleStore sample;
  { const Store store = sample.open(); }
  Store store = sample.open(StoreAccess::read);
  CHECK_FALSE(store.make_scratch());
  CHECK_FALSE(store.append_intent(intent_document("local")));
  CHECK_FALSE(store.gc({}));
}
