#include <algorithm>
#include <filesystem>

#include "bundle/layout.hpp"
#include "bundle/log/host_log.hpp"
#include "bundle/manifest.hpp"
#include "tests/unit/bundle/sample_store.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::tests;

namespace {

GcOptions keep_last(std::uint64_t count) {
  GcOptions options;
  options.keep_last = count;
  return options;
}

std::string why_kept(const GcReport& report, const Digest& id) {
  for (const auto& kept : report.kept) {
    if (kept.id == id) {
      return kept.why;
    }
  }
  return {};
}

bool is_pruned(const GcReport& report, const Digest& id) {
  return std::any_of(report.pruned.begin(), report.pruned.end(),
                     [&](const BundleFacts& facts) { return facts.id == id; });
}

}  // namespace

TEST_CASE("nothing goes that neither an anchor nor an export has elsewhere") {
  SampleStore sample;
  Store store = sample.open();
  const Digest one = seal(store, sample, "one").id;
  const Digest two = seal(store, sample, "two").id;
  (void)seal(store, sample, "three");
  auto report = store.gc(keep_last(1));
  REQUIRE(report);
  CHECK(report->pruned.empty());
  CHECK(why_kept(*report, one) == "not-anchored");

  REQUIRE(store.note_export(two, "a file"_r));
  report = store.gc(keep_last(1));
  CHECK(is_pruned(*report, two));
  CHECK_FALSE(is_pruned(*report, one));

  REQUIRE(store.anchor(sample.fake.home / "anchor.txt", "a file"_r));
  report = store.gc(keep_last(1));
  CHECK(is_pruned(*report, one));
  check_whole(sample);
}

TEST_CASE("a pruned bundle is told from one that was stolen") {
  SampleStore sample;
  Store store = sample.open();
  const Digest pruned = seal(store, sample, "one").id;
  const Digest stolen = seal(store, sample, "two").id;
  (void)seal(store, sample, "three");
  REQUIRE(store.note_export(pruned, "a file"_r));
  const auto report = store.gc(keep_last(2));
  REQUIRE(is_pruned(*report, pruned));
  CHECK(report->blobs_removed >= 5);
  CHECK(report->bytes_removed > 0);
  CHECK_FALSE(std::filesystem::exists(sample.root / "blobs/sha256" / pruned.hex()));
  CHECK(std::filesystem::is_empty(sample.root / "tmp"));

  CHECK(store.find(pruned.hex()) == pruned);
  const auto facts = store.facts(pruned);
  REQUIRE(facts->pruned);
  CHECK(facts->pruned->rule == "keep-last");
  const auto leaf = store.log().leaf(facts->pruned->seq);
  CHECK(leaf->leaf.kind == log::LeafKind::gc);
  CHECK(leaf->leaf.bundle == pruned);
  CHECK(leaf->leaf.ref == facts->seq);
  const auto layout = store.layout(pruned);
  REQUIRE_FALSE(layout);
  CHECK(layout.error().reason == "pruned");
  const auto rows = store.list({});
  CHECK(rows->at(2).pruned->rule == "keep-last");
  CHECK_FALSE(rows->at(0).pruned);
  check_whole(sample);

  std::filesystem::remove(sample.root / "blobs/sha256" / stolen.hex());
  CHECK(store.layout(stolen).error().reason == "missing-member");
  CHECK_FALSE(store.fsck()->whole());
}

TEST_CASE("what somebody may want gone stays without force and a reason") {
  SampleStore sample;
  Store store = sample.open();
  const Digest held = seal(store, sample, "held").id;
  REQUIRE(store.hold(held, Store::Hold::set, "case 7"_r));
  Record high = plain_record("high");
  high.findings = {{"panic"_r, Severity::high, "facts/sample.txt", 0, 1, 1, "x"_r}};
  const Digest finding = try_seal(store, sample, "high", high)->id;
  Record isolating = plain_record("quarantine");
  isolating.command.path = {"agent"_r, "quarantine"_r};
  const Digest quarantine = try_seal(store, sample, "quarantine", isolating)->id;
  REQUIRE(store.append_intent(intent_document("local")));
  const Digest open = seal(store, sample, "open").id;
  (void)seal(store, sample, "last");
  REQUIRE(store.anchor(sample.fake.home / "anchor.txt", "a file"_r));

  auto report = store.gc(keep_last(1));
  REQUIRE(report);
  CHECK(report->pruned.empty());
  CHECK(why_kept(*report, held) == "hold");
  CHECK(why_kept(*report, finding) == "finding-high");
  CHECK(why_kept(*report, quarantine) == "quarantine");
  CHECK(why_kept(*report, open) == "open-intent");

  REQUIRE(store.hold(held, Store::Hold::release, "closed"_r));
  report = store.gc(keep_last(1));
  CHECK(is_pruned(*report, held));

  GcOptions forced = keep_last(1);
  forced.force = true;
  CHECK(store.gc(forced).error().kind == ErrorKind::usage);
  forced.reason = "told to"_r;
  report = store.gc(forced);
  CHECK(report->pruned.size() == 3);
  CHECK(store.facts(finding)->pruned->reason == "told to");
  check_whole(sample);
}

TEST_CASE("age and count both keep a bundle") {
  SampleStore sample;
  Store store = sample.open();
  const Digest old = seal(store, sample, "old").id;
  sample.clock.time = UtcTime::from_seconds(1'780'000'000 + 10 * 86'400);
  const Digest younger = seal(store, sample, "younger").id;
  (void)seal(store, sample, "youngest");
  REQUIRE(store.anchor(sample.fake.home / "anchor.txt", "a file"_r));
  GcOptions options;
  options.dry_run = true;
  options.keep_days = 11;
  CHECK(store.gc(options)->pruned.empty());
  options.keep_days = 5;
  CHECK(is_pruned(*store.gc(options), old));
  CHECK(store.gc(options)->pruned.size() == 1);
  options.keep_last = 3;
  CHECK(store.gc(options)->pruned.empty());
  options.keep_days = 0;
  options.keep_last = 1;
  CHECK(store.gc(options)->pruned.size() == 1);  // `younger` is not older than now
  CHECK_FALSE(is_pruned(*store.gc(options), younger));
  CHECK(store.gc({})->pruned.empty());
}

TEST_CASE("a dry run says what would go and changes nothing") {
  SampleStore sample;
  Store store = sample.open();
  const Digest one = seal(store, sample, "one").id;
  (void)seal(store, sample, "two");
  GcOptions options = keep_last(1);
  options.dry_run = true;
  options.force = true;
  options.reason = "try"_r;
  const auto size = store.log().size();
  const auto report = store.gc(options);
  CHECK(is_pruned(*report, one));
  CHECK(report->blobs_removed >= 5);
  CHECK(store.log().size() == size);
  CHECK(store.layout(one));
  check_whole(sample);
}

TEST_CASE("a blob that another bundle has stays") {
  SampleStore sample;
  Store store = sample.open();
  const auto first = try_seal(store, sample, "shared", plain_record("1"));
  const auto second = try_seal(store, sample, "shared", plain_record("2"));
  REQUIRE(store.note_export(first->id, "a file"_r));
  CHECK(is_pruned(*store.gc(keep_last(1)), first->id));
  const auto layout = store.layout(second->id);
  for (const LayoutFile& file : (*layout)->files()) {
    CHECK((*layout)->open_file(file.name));
  }
  check_whole(sample);
}

TEST_CASE("what gc took waits for writers that began before") {
  SampleStore sample;
  Store store = sample.open();
  const Digest one = seal(store, sample, "one").id;
  (void)seal(store, sample, "two");
  REQUIRE(store.note_export(one, "a file"_r));
  const auto taken = [&] {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(sample.root / "tmp")) {
      count += entry.path().filename().string().starts_with("gc-") ? 1U : 0U;
    }
    return count;
  };
  {
    const auto writer = store.make_scratch();
    REQUIRE(store.gc(keep_last(1)));
    CHECK(taken() == 1);
    { const Store another = sample.open(); }
    CHECK(taken() == 1);
  }
  const Store another = sample.open();
  CHECK(taken() == 0);
}

TEST_CASE("a spill takes every bundle that shares a layer, whatever protects it") {
  SampleStore sample;
  Store store = sample.open();
  const Digest first = try_seal(store, sample, "secret", plain_record("1"))->id;
  const Digest second = try_seal(store, sample, "secret", plain_record("2"))->id;
  const Digest other = seal(store, sample, "harmless").id;
  REQUIRE(store.hold(first, Store::Hold::set, "case 7"_r));
  CHECK(store.purge(first, RedactedText()).error().kind == ErrorKind::usage);
  const auto plan = store.purge(first, "a key was in it"_r, true);
  REQUIRE(plan);
  CHECK(plan->pruned.size() == 2);
  CHECK(store.layout(first));
  const auto report = store.purge(first, "a key was in it"_r);
  REQUIRE(report);
  CHECK(report->pruned.size() == 2);
  CHECK(report->blobs_removed == plan->blobs_removed);
  CHECK(store.facts(first)->pruned->rule == "spill");
  CHECK(store.facts(second)->pruned->reason == "a key was in it");
  CHECK(store.layout(other));
  CHECK(store.purge(first, "again"_r)->pruned.empty());
  check_whole(sample);
}
