#include <filesystem>
#include <fstream>

#include "bundle/log/host_log.hpp"
#include "tests/unit/bundle/sample_store.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::tests;

TEST_CASE("a checkpoint is handed out to a file or a directory and remembered") {
  SampleStore sample;
  Store store = sample.open();
  (void)seal(store, sample, "one");
  CHECK(store.anchors()->empty());
  const auto to_file = store.anchor(sample.fake.home / "anchor.txt", "a file"_r);
  REQUIRE(to_file);
  CHECK(to_file->size == 2);
  CHECK(tests::read_file(sample.fake.home / "anchor.txt") == store.log().checkpoint_text());
  std::filesystem::create_directory(sample.fake.home / "anchors");
  (void)seal(store, sample, "two");
  REQUIRE(store.anchor(sample.fake.home / "anchors", "a directory"_r));
  CHECK(tests::read_file(sample.fake.home / "anchors" / (store.log_id() + ".checkpoint")) ==
        store.log().checkpoint_text());
  REQUIRE(store.anchor(sample.fake.home / "anchor.txt", "a file"_r));

  const auto anchors = sample.open(StoreAccess::read).anchors();
  REQUIRE(anchors->size() == 2);  // the newest for each target
  CHECK(anchors->at(0).target == "a directory");
  CHECK(anchors->at(1).target == "a file");
  CHECK(anchors->at(1).size == 3);
  CHECK(anchors->at(1).root == store.log().root());
}

TEST_CASE("a log that was put back to before its anchor refuses to grow") {
  SampleStore sample;
  const std::filesystem::path target = sample.fake.home / "anchor.txt";
  const std::filesystem::path snapshot = sample.fake.home / "snapshot";
  {
    Store store = sample.open();
    (void)seal(store, sample, "one");
    std::filesystem::copy(sample.root, snapshot, std::filesystem::copy_options::recursive);
    (void)seal(store, sample, "two");
    REQUIRE(store.anchor(target, "a file"_r));
  }
  std::filesystem::remove_all(sample.root);
  std::filesystem::rename(snapshot, sample.root);
  StoreOptions options = sample.options(StoreAccess::write);
  options.anchor_targets = {target, sample.fake.home / "gone"};
  const auto store = Store::open(sample.host(), options);
  REQUIRE_FALSE(store);
  CHECK(store.error().reason == "log-rewound");
  CHECK(store.error().next == "sourceosctl evidence log new --succeeds");

  // Without the target's memory it would go on: only what left the host stands against it. But the
  // target itself is never overwritten by another history.
  Store again = sample.open();
  CHECK(again.anchor(target, "a file"_r).error().reason == "log-rewound");
  (void)seal(again, sample, "other two");
  (void)seal(again, sample, "other three");
  CHECK(again.anchor(target, "a file"_r).error().reason == "log-fork");
}

TEST_CASE("an anchor that the log itself remembers cannot be undercut") {
  SampleStore sample;
  {
    Store store = sample.open();
    REQUIRE(store.anchor(sample.fake.home / "anchor.txt", "a file"_r));
  }
  std::string anchors = tests::read_file(sample.root / "log/anchors");
  anchors.replace(anchors.find("\"size\":1"), 8, "\"size\":5");
  std::ofstream(sample.root / "log/anchors") << anchors;
  const auto store = sample.try_open();
  REQUIRE_FALSE(store);
  CHECK(store.error().reason == "log-rewound");
  CHECK(sample.try_open(StoreAccess::read));
}

TEST_CASE("a target that cannot be written is an error and changes nothing") {
  SampleStore sample;
  Store store = sample.open();
  CHECK_FALSE(store.anchor(sample.fake.home / "no/such/place", "x"_r));
  CHECK(store.anchors()->empty());
}
