#include <filesystem>
#include <fstream>

#include "bundle/store_heads.hpp"
#include "tests/unit/bundle/sample_store.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::tests;

namespace {

ListOptions all() {
  ListOptions options;
  options.rows_max = 0;
  return options;
}

}  // namespace

TEST_CASE("the newest bundles are listed first with what their records say") {
  SampleStore sample;
  Store store = sample.open();
  Record record = plain_record("one");
  record.findings = {{"restart-storm"_r, Severity::high, "facts/sample.txt", 0, 1, 1, "x"_r},
                     {"refused"_r, Severity::low, "facts/sample.txt", 0, 1, 1, "x"_r}};
  REQUIRE(try_seal(store, sample, "one", record));
  sample.clock.time = UtcTime::from_seconds(1'780'000'100);
  Record other = plain_record("two");
  other.subject = {"agent"_r, "x"_r};
  const auto newest = try_seal(store, sample, "two", other);
  const auto rows = store.list({});
  REQUIRE(rows->size() == 2);
  CHECK(rows->at(0).id == newest->id);
  CHECK(rows->at(0).subject_kind == "agent");
  CHECK(rows->at(1).command == "evidence collect");
  CHECK(rows->at(1).mode == "read-only");
  CHECK(rows->at(1).result == "ok");
  CHECK(rows->at(1).entries == 1);
  CHECK(rows->at(1).bytes == 3);
  CHECK(rows->at(1).findings == 2);
  CHECK(rows->at(1).findings_high == 1);

  ListOptions by_subject;
  by_subject.subject = "x";
  CHECK(store.list(by_subject)->size() == 1);
  by_subject.subject = "agent:x";
  CHECK(store.list(by_subject)->size() == 1);
  by_subject.subject = "agent:y";
  CHECK(store.list(by_subject)->empty());
  ListOptions since;
  since.since = UtcTime::from_seconds(1'780'000'050);
  CHECK(store.list(since)->size() == 1);
}

TEST_CASE("bundles beyond the cached rows are listed from the log") {
  SampleStore sample;
  Store store = sample.open();
  std::vector<Digest> ids;
  for (std::size_t i = 0; i < k_head_rows_max + 6; ++i) {
    ids.push_back(seal(store, sample, std::to_string(i)).id);
  }
  const auto rows = store.list(all());
  REQUIRE(rows->size() == ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    CHECK(rows->at(i).id == ids[ids.size() - 1 - i]);
  }
  CHECK(store.list({})->size() == 20);
}

TEST_CASE("a bundle is found by every form of its id") {
  SampleStore sample;
  Store store = sample.open();
  const Digest first = seal(store, sample, "one").id;
  const Digest id = seal(store, sample, "two").id;
  CHECK(store.find(id.text()) == id);
  CHECK(store.find(id.hex()) == id);
  CHECK(store.find(id.hex().substr(0, 8)) == id);
  CHECK(store.find("sha256:" + id.hex().substr(0, 20)) == id);
  CHECK(store.find("urn:srcos:evidence-bundle:" + id.hex().substr(0, 32)) == id);
  CHECK(store.find("@last") == id);
  CHECK(store.find(first.hex().substr(0, 9)) == first);

  CHECK(store.find(id.hex().substr(0, 7)).error().reason == "id-too-short");
  CHECK(store.find("not an id").error().reason == "usage");
  CHECK(store.find("../../etc").error().reason == "usage");
  CHECK(store.find(std::string(64, '0')).error().reason == "input-missing");
  CHECK(store.find(std::string(8, '0')).error().reason == "input-missing");
  CHECK(store.find(id.hex() + "0").error().reason == "usage");
}

TEST_CASE("a prefix of two ids is refused") {
  SampleStore sample;
  Store store = sample.open();
  const Digest id = seal(store, sample, "one").id;
  std::string twin = id.hex();
  twin.back() = twin.back() == '0' ? '1' : '0';
  std::filesystem::copy(sample.root / "referrers" / twin.substr(0, 2) / id.hex(),
                        sample.root / "referrers" / twin.substr(0, 2) / twin);
  CHECK(store.find(id.hex().substr(0, 10)).error().reason == "ambiguous-id");
  CHECK(store.find(id.hex()) == id);
}

TEST_CASE("an empty store has no last bundle and an empty list") {
  SampleStore sample;
  const Store store = sample.open();
  CHECK(store.list(all())->empty());
  CHECK(store.find("@last").error().reason == "input-missing");
}
