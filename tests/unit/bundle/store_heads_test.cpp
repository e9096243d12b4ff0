#include "bundle/store_heads.hpp"

#include <filesystem>
#include <fstream>

#include "bundle/log/host_log.hpp"
#include "bundle/store_places.hpp"
#include "tests/unit/bundle/sample_store.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::tests;

TEST_CASE("heads that are lost, old, torn or another's are made anew") {
  SampleStore sample;
  std::string old_heads;
  std::string log_id;
  {
    Store store = sample.open();
    log_id = store.log_id();
    (void)seal(store, sample, "one");
    old_heads = tests::read_file(sample.root / "heads.json");
    REQUIRE(store.append_intent(intent_document("local")));
    (void)seal(store, sample, "two");
    (void)seal(store, sample, "three");
  }
  const std::string good = tests::read_file(sample.root / "heads.json");
  std::string other_log = good;
  other_log.replace(other_log.find(log_id), 32, std::string(32, 'f'));
  std::string other_root = good;
  other_root.replace(other_root.find("\"root\":\"sha256:") + 15, 4, "0000");
  std::string ahead = good;
  ahead.replace(ahead.find("\"count\":5"), 9, "\"count\":6");
  for (const std::string& text : {std::string(), std::string("{}"), std::string("nonsense"),
                                  good.substr(0, good.size() / 2), old_heads, other_log,
                                  other_root, ahead}) {
    std::ofstream(sample.root / "heads.json", std::ios::binary) << text;
    Store store = sample.open(StoreAccess::read);
    CHECK(store.list({})->size() == 3);
    CHECK(store.open_intents()->size() == 1);
  }
  std::filesystem::remove(sample.root / "heads.json");
  Store store = sample.open();
  CHECK(store.open_intents()->size() == 1);
  (void)seal(store, sample, "four");
  const auto heads = parse_heads(tests::read_file(sample.root / "heads.json"));
  REQUIRE(heads);
  CHECK(heads->count == 6);
  CHECK(heads->rows.size() == 4);
  CHECK(heads->blob_bytes == *sum_blob_bytes(StorePlaces(sample.root)));
}

TEST_CASE("the sum of bytes follows what is added") {
  SampleStore sample;
  Store store = sample.open();
  const StorePlaces places(sample.root);
  for (const char* content : {"one", "two", "two", "three"}) {
    REQUIRE(try_seal(store, sample, content, plain_record(std::to_string(store.log().size()))));
    const auto heads = load_heads(places, store.log(), store.log_id());
    CHECK(heads->blob_bytes == *sum_blob_bytes(places));
  }
}
