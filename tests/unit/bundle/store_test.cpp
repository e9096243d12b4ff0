#include "bundle/store.hpp"

#include "bundle/log/host_log.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "tests/unit/bundle/sample_store.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::tests;

TEST_CASE("a new store is an OCI image layout with a log of one leaf") {
  SampleStore sample;
  const Store store = sample.open();
  CHECK(tests::read_file(sample.root / "oci-layout") == R"({"imageLayoutVersion":"1.0.0"})");
  CHECK(tests::read_file(sample.root / "index.json").find(R"("manifests":[])") !=
        std::string::npos);
  CHECK(store.log().size() == 1);
  CHECK(store.log().leaf(0)->leaf.kind == log::LeafKind::open);
  CHECK(store.log().checkpoint().origin == "sourceos.evidence/test/" + store.log_id());
  CHECK(std::filesystem::file_size(sample.root / "reserve") == limits::k_store_reserve_bytes);
  CHECK((std::filesystem::status(sample.root).permissions() & std::filesystem::perms::others_all) ==
        std::filesystem::perms::none);
  check_whole(sample);
}

TEST_CASE("a sealed bundle is in the published log and its record knows its place") {
  SampleStore sample;
  Store store = sample.open();
  const SealedBundle first = seal(store, sample, "one");
  const SealedBundle second = seal(store, sample, "two");
  CHECK(first.seq == 1);
  CHECK(second.seq == 2);
  CHECK(store.log().size() == 3);
  CHECK(store.log().leaf(2)->leaf.bundle == second.id);

  const auto record = json::parse(second.record);
  REQUIRE(record);
  CHECK(record->at("sequence").at("previous") == first.id.text());
  CHECK(record->at("sequence").at("logId") == store.log_id());
  CHECK(record->at("sequence").at("seq") == 2);
  CHECK(std::filesystem::is_empty(sample.root / "log/pending"));
  CHECK(std::filesystem::is_empty(sample.root / "tmp"));
  check_whole(sample);
}

TEST_CASE("the same inputs, clock, seed and keys give the same bundle") {
  SampleStore left;
  SampleStore right;
  Store left_store = left.open();
  Store right_store = right.open();
  CHECK(left_store.log_id() == right_store.log_id());
  CHECK(seal(left_store, left, "one").id == seal(right_store, right, "one").id);
  CHECK(left_store.log().checkpoint_text() == right_store.log().checkpoint_text());
}

TEST_CASE("an intent is open until a bundle refers to it") {
  SampleStore sample;
  Store store = sample.open();
  const auto other = store.append_intent(intent_document("elsewhere"));
  const auto left_open = store.append_intent(intent_document("local"));
  const auto intent = store.append_intent(intent_document("local"));
  REQUIRE(intent);
  CHECK(store.open_intents()->size() == 3);

  Record record = plain_record("result");
  record.sequence.intent = *intent;
  const auto sealed = try_seal(store, sample, "result", record);
  REQUIRE_MESSAGE(sealed, (sealed ? "" : sealed.error().read_out()));
  const auto written = json::parse(sealed->record);
  CHECK(written->at("sequence").at("intent") == *intent);
  CHECK(written->at("sequence").at("openIntents") == json::Value::array({*left_open}));
  CHECK(store.log().leaf(sealed->seq)->leaf.ref == *intent);

  const auto open = store.open_intents();
  REQUIRE(open->size() == 2);
  CHECK(open->at(0).seq == *other);
  CHECK(open->at(0).command == "start");
  CHECK(store.open_intents(Store::Subject{"host", "local"})->size() == 1);

  REQUIRE(store.append_recovered(*left_open, redact::Pipeline::json(R"({"recovered":true})")));
  CHECK(store.open_intents()->size() == 1);
  check_whole(sample);
}

TEST_CASE("a bundle cannot claim an intent that is not open") {
  SampleStore sample;
  Store store = sample.open();
  Record record = plain_record("x");
  record.sequence.intent = 0;
  CHECK_FALSE(try_seal(store, sample, "x", record));
  CHECK(std::filesystem::is_empty(sample.root / "log/pending"));
}

TEST_CASE("times of leaves never go back, whatever the clock does") {
  SampleStore sample;
  Store store = sample.open();
  const SealedBundle first = seal(store, sample, "one");
  sample.clock.time = UtcTime::from_seconds(1'000'000'000);
  const SealedBundle second = seal(store, sample, "two");
  CHECK(store.log().leaf(second.seq)->leaf.at == store.log().leaf(first.seq)->leaf.at);
}

TEST_CASE("a store that is absent has nothing to read") {
  SampleStore sample;
  const auto store = sample.try_open(StoreAccess::read);
  REQUIRE_FALSE(store);
  CHECK(store.error().reason == "input-missing");
}

TEST_CASE("keys derived from the store key differ by label and context") {
  SampleStore sample;
  const Store store = sample.open();
  const std::string tag(store.derive("tag/v1", "store")->view());
  CHECK(tag.size() == 32);
  CHECK(store.derive("tag/v1", "store")->view() == tag);
  CHECK(store.derive("tag/v1", "bundle")->view() != tag);
  CHECK(store.derive("commit/v1", "store")->view() != tag);
  CHECK(sample.open(StoreAccess::read).derive("tag/v1", "store")->view() == tag);
}

TEST_CASE("past its quota a store refuses looks but not acts") {
  SampleStore sample;
  {
    Store store = sample.open();
    (void)seal(store, sample, "one");
  }
  StoreOptions options = sample.options(StoreAccess::write);
  options.quota_bytes = 10;
  const auto store = Store::open(sample.host(), options);
  REQUIRE(store);
  CHECK(store->check_room(Store::Purpose::look).error().reason == "store-quota");
  CHECK(store->check_room(Store::Purpose::act));
}
