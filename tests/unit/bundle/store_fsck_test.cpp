#include <filesystem>
#include <fstream>

#include "bundle/log/host_log.hpp"
#include "bundle/manifest.hpp"
#include "tests/unit/bundle/sample_store.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::tests;

namespace {

std::vector<std::string> reasons(const FsckReport& report) {
  std::vector<std::string> out;
  for (const FsckFinding& finding : report.findings) {
    out.push_back(finding.reason);
  }
  return out;
}

bool has(const FsckReport& report, std::string_view reason, std::string_view name) {
  for (const FsckFinding& finding : report.findings) {
    if (finding.reason == reason && finding.name.starts_with(name)) {
      return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("a good store has no finding") {
  SampleStore sample;
  Store store = sample.open();
  (void)seal(store, sample, "one");
  REQUIRE(store.append_intent(intent_document("local")));
  (void)seal(store, sample, "two");
  const auto report = store.fsck();
  REQUIRE(report);
  CHECK(reasons(*report).empty());
  CHECK(report->whole());
  CHECK(report->bundles == 2);
  CHECK(report->leaves == 4);
  CHECK(report->unreached_blobs == 0);
  CHECK(report->blobs == 15);  // six for each bundle, two documents of leaves, `{}`
}

TEST_CASE("blobs that were changed, linked, opened or planted are named") {
  SampleStore sample;
  Store store = sample.open();
  const SealedBundle sealed = seal(store, sample, "one");
  const auto manifest = parse_manifest(*store.blob(sealed.id, 10'000));
  const std::filesystem::path blobs = sample.root / "blobs/sha256";
  const std::filesystem::path pack = blobs / manifest->layers[1].digest.hex();
  SUBCASE("changed") {
    std::fstream file(pack, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(9);
    file.put('!');
    file.close();
    CHECK(has(*store.fsck(), "digest-mismatch", "blobs/sha256/"));
  }
  SUBCASE("cut") {
    std::filesystem::resize_file(pack, 5);
    CHECK(has(*store.fsck(), "digest-mismatch", "blobs/sha256/"));
    CHECK(has(*store.fsck(), "descriptor", "blobs/sha256/"));
  }
  SUBCASE("linked") {
    std::filesystem::create_hard_link(pack, sample.fake.home / "twin");
    CHECK(has(*store.fsck(), "hard-link", "blobs/sha256/"));
  }
  SUBCASE("opened") {
    std::filesystem::permissions(pack, std::filesystem::perms::others_write,
                                 std::filesystem::perm_options::add);
    CHECK(has(*store.fsck(), "store-owner", "blobs/sha256/"));
  }
  SUBCASE("replaced by a link") {
    std::filesystem::rename(pack, sample.fake.home / "elsewhere");
    std::filesystem::create_symlink(sample.fake.home / "elsewhere", pack);
    CHECK(has(*store.fsck(), "special-file", "blobs/sha256/"));
  }
  SUBCASE("planted") {
    std::ofstream(blobs / "notes.txt") << "x";
    CHECK(has(*store.fsck(), "unlisted-member", "blobs/sha256/notes.txt"));
  }
  SUBCASE("removed") {
    std::filesystem::remove(pack);
    CHECK(has(*store.fsck(), "missing-member", "blobs/sha256/"));
  }
  CHECK_FALSE(store.fsck()->whole());
}

TEST_CASE("a blob that nothing reaches is counted, not called a fault") {
  SampleStore sample;
  Store store = sample.open();
  std::ofstream(sample.root / "blobs/sha256" / sha256("orphan").hex()) << "orphan";
  std::filesystem::permissions(sample.root / "blobs/sha256" / sha256("orphan").hex(),
                               std::filesystem::perms::owner_read);
  const auto report = store.fsck();
  CHECK(report->whole());
  CHECK(report->unreached_blobs == 1);
  CHECK(store.gc({})->blobs_removed == 1);
}

TEST_CASE("caches that are wrong are made anew by who may write") {
  SampleStore sample;
  Digest id;
  {
    Store store = sample.open();
    (void)seal(store, sample, "zero");
    id = seal(store, sample, "one").id;
  }
  const std::filesystem::path referrers =
      sample.root / "referrers" / id.hex().substr(0, 2) / id.hex();
  const std::string good_referrers = tests::read_file(referrers);
  std::string name;
  const auto damage = [&] {
    SUBCASE("heads") {
      name = "heads.json";
      std::string heads = tests::read_file(sample.root / name);
      heads.replace(heads.find("\"entries\":1"), 11, "\"entries\":7");
      std::ofstream(sample.root / name) << heads;
    }
    SUBCASE("offsets") {
      name = "log/offsets";
      std::ofstream(sample.root / name) << "x";
    }
    SUBCASE("tiles") {
      name = "log/tile";
      std::filesystem::remove_all(sample.root / name);
    }
    SUBCASE("referrers lost") {
      name = "referrers/";
      std::filesystem::remove(referrers);
    }
    SUBCASE("referrers that call it pruned") {
      name = "referrers/";
      std::string text = good_referrers;
      text.replace(text.find("\"pruned\":null"), 13, "\"pruned\":1");
      std::ofstream(referrers) << text;
    }
  };
  damage();
  {
    Store reader = sample.open(StoreAccess::read);
    const auto report = reader.fsck();
    CHECK(has(*report, "cache", name));
    CHECK_FALSE(report->whole());
  }
  Store store = sample.open();
  const auto report = store.fsck();
  REQUIRE_MESSAGE(report, (report ? "" : report.error().read_out()));
  CHECK(report->whole());
  CHECK(store.fsck()->findings.empty());
  CHECK(tests::read_file(referrers) == good_referrers);
  CHECK(store.find(id.hex()) == id);
}

TEST_CASE("a log that does not hold is named") {
  SampleStore sample;
  {
    Store store = sample.open();
    (void)seal(store, sample, "one");
  }
  std::filesystem::resize_file(sample.root / "log/leaves",
                               std::filesystem::file_size(sample.root / "log/leaves") - 3);
  Store store = sample.open(StoreAccess::read);
  CHECK(has(*store.fsck(), "log-gap", "log"));
}
