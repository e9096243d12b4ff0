#include "bundle/store_opening.hpp"

#include <unistd.h>

#include <filesystem>

#include "bundle/layout.hpp"
#include "bundle/log/host_log.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "host/fault.hpp"
#include "tests/unit/bundle/sample_store.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::tests;

TEST_CASE("a store reached through a link or a folder that others may write is refused") {
  SampleStore sample;
  { const Store store = sample.open(); }
  const std::filesystem::path real = sample.root;
  SUBCASE("link") {
    std::filesystem::create_directory_symlink(real, sample.fake.home / "link");
    sample.root = sample.fake.home / "link";
  }
  SUBCASE("folder") {
    const std::filesystem::path open = sample.fake.home / "open";
    std::filesystem::create_directory(open);
    std::filesystem::permissions(open, std::filesystem::perms::all);
    std::filesystem::rename(real, open / "evidence");
    sample.root = open / "evidence";
  }
  for (const StoreAccess access : {StoreAccess::read, StoreAccess::write}) {
    const auto store = sample.try_open(access);
    REQUIRE_FALSE(store);
    CHECK(store.error().reason == "foreign-store");
  }
}

TEST_CASE("a crash between the two renames of a successor is made good") {
  SampleStore sample;
  std::string old_id;
  {
    Store store = sample.open();
    old_id = store.log_id();
    (void)seal(store, sample, "one");
  }
  const int code = in_child([&] {
    if (!host::arm_faults("store.leaf.rename:crash")) {
      return 3;
    }
    return Store::begin_successor(sample.host(), sample.options(StoreAccess::write), "x"_r) ? 0 : 1;
  });
  CHECK(code == 137);
  // As if the process had died one step later.
  std::filesystem::rename(sample.root / "log", sample.root / "log-old" / old_id);
  Store store = sample.open();
  CHECK(store.log_id() != old_id);
  CHECK(store.log().size() == 1);
  check_whole(sample);
}

TEST_CASE("a directory with other things in it is no store") {
  SampleStore sample;
  sample.fake.home.write("evidence/notes.txt", "mine");
  std::filesystem::permissions(sample.root, std::filesystem::perms::owner_all);
  const auto store = sample.try_open();
  REQUIRE_FALSE(store);
  CHECK(store.error().reason == "foreign-store");
}

TEST_CASE("a store of another owner is refused") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: only root can give a store away");
    return;
  }
  SampleStore sample;
  { const Store store = sample.open(); }
  REQUIRE(::chown(sample.root.c_str(), 12345, 12345) == 0);
  for (const StoreAccess access : {StoreAccess::read, StoreAccess::write}) {
    const auto store = sample.try_open(access);
    REQUIRE_FALSE(store);
    CHECK(store.error().reason == "store-owner");
  }
}

TEST_CASE("real evidence and test seams do not share a store") {
  SampleStore sample;
  { const Store store = sample.open(); }
  sample.fake.host.environment.test_seams = false;
  for (const StoreAccess access : {StoreAccess::read, StoreAccess::write}) {
    const auto store = sample.try_open(access);
    REQUIRE_FALSE(store);
    CHECK(store.error().reason == "test-seams");
  }
}

TEST_CASE("a copied store refuses to grow until its log has a successor") {
  SampleStore sample;
  std::string old_id;
  Digest old_bundle;
  {
    Store store = sample.open();
    old_id = store.log_id();
    old_bundle = seal(store, sample, "before").id;
  }
  sample.fake.home.write("root/etc/machine-id", "fedcba9876543210fedcba9876543210\n");
  const auto refused = sample.try_open();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == "store-cloned");
  CHECK(refused.error().next == "sourceosctl evidence log new --succeeds");
  CHECK(sample.try_open(StoreAccess::read));

  const auto successor = Store::begin_successor(
      sample.host(), sample.options(StoreAccess::write), redact::Pipeline::text("golden image"));
  REQUIRE_MESSAGE(successor, (successor ? "" : successor.error().read_out()));
  CHECK(*successor != old_id);
  Store store = sample.open();
  CHECK(store.log().size() == 1);
  const auto opened = json::parse(*store.blob(*store.log().leaf(0)->leaf.payload, 10'000));
  CHECK(opened->at("succeeds").at("logId") == old_id);
  CHECK(opened->at("succeeds").at("reason") == "golden image");
  (void)seal(store, sample, "after");
  // What the old log had is still found, with the proof of its own log.
  CHECK(store.find(old_bundle.hex().substr(0, 12)) == old_bundle);
  CHECK(store.layout(old_bundle));
  const auto swept = store.gc({});
  REQUIRE(swept);
  CHECK(swept->blobs_removed == 0);
  check_whole(sample);
}

TEST_CASE("another log key does not write into a log") {
  SampleStore sample;
  { const Store store = sample.open(); }
  sample.log_key = signer_from_seed(std::string(32, 'x'));
  const auto store = sample.try_open();
  REQUIRE_FALSE(store);
  CHECK(store.error().reason == "log-key");
}

TEST_CASE("a store key that others can read is refused") {
  SampleStore sample;
  { const Store store = sample.open(); }
  std::filesystem::permissions(sample.root / "secrets/store.key",
                               std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  const auto store = sample.try_open();
  REQUIRE_FALSE(store);
  CHECK(store.error().reason == "key-permissions");
}

TEST_CASE("a read-only store can be read and says why it cannot be written") {
  if (::geteuid() == 0) {
    MESSAGE("skipped: root may write what is read-only; the mount test covers it");
    return;
  }
  SampleStore sample;
  {
    Store store = sample.open();
    (void)seal(store, sample, "one");
  }
  for (const char* part : {"", "log", "blobs", "tmp"}) {
    std::filesystem::permissions(sample.root / part, std::filesystem::perms::owner_read |
                                                         std::filesystem::perms::owner_exec);
  }
  CHECK(sample.open(StoreAccess::read).list({})->size() == 1);
  const auto store = sample.try_open();
  REQUIRE_FALSE(store);
  CHECK(store.error().reason == "evidence-unavailable");
  for (const char* part : {"", "log", "blobs", "tmp"}) {
    std::filesystem::permissions(sample.root / part, std::filesystem::perms::owner_all);
  }
}
