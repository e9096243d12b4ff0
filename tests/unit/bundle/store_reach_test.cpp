#include "bundle/store_reach.hpp"

#include <filesystem>

#include "tests/unit/bundle/sample_store.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::tests;

TEST_CASE("a bundle reaches its manifest, record, layers and what is attached") {
  SampleStore sample;
  Store store = sample.open();
  const SealedBundle sealed = seal(store, sample, "one");
  const StorePlaces places(sample.root);
  const auto reached = reach_of(places, *store.facts(sealed.id));
  // M, record, index, pack, S, its layer, `{}`.
  REQUIRE(reached.size() == 7);
  for (const Descriptor& descriptor : reached) {
    CHECK(places.open_blob(descriptor.digest)->size() == descriptor.size);
  }
}

TEST_CASE("a bundle whose manifest is gone still names its id and signatures") {
  SampleStore sample;
  Store store = sample.open();
  const SealedBundle sealed = seal(store, sample, "one");
  const BundleFacts facts = *store.facts(sealed.id);
  const StorePlaces places(sample.root);
  std::filesystem::remove(places.blob(sealed.id));
  const auto reached = reach_of(places, facts);
  CHECK(reached.size() == 4);
  CHECK(reached[0].digest == sealed.id);
}
