#include "bundle/store_fsck_bundles.hpp"

#include <filesystem>
#include <fstream>

#include "bundle/log/host_log_writer.hpp"
#include "bundle/manifest.hpp"
#include "tests/unit/bundle/sample_store.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::tests;

namespace {

// Appends a leaf that the store would not write.
void append(SampleStore& sample, log::Leaf leaf) {
  auto log = log::HostLog::open(sample.root / "log");
  auto writer = log::LogWriter::open(*log, *sample.log_key);
  REQUIRE(writer);
  leaf.seq = writer->size();
  leaf.at = log->leaf(0)->leaf.at;
  REQUIRE(writer->append({leaf}));
  REQUIRE(writer->publish());
}

std::vector<std::string> reasons(SampleStore& sample) {
  Store store = sample.open(StoreAccess::read);
  const auto report = store.fsck();
  REQUIRE(report);
  std::vector<std::string> out;
  for (const FsckFinding& finding : report->findings) {
    if (finding.reason != "cache") {
      out.push_back(finding.reason);
    }
  }
  return out;
}

bool has(const std::vector<std::string>& found, std::string_view reason) {
  return std::find(found.begin(), found.end(), reason) != found.end();
}

}  // namespace

TEST_CASE("a bundle whose leaf names another payload is named") {
  SampleStore sample;
  Digest id;
  {
    Store store = sample.open();
    id = seal(store, sample, "one").id;
  }
  append(sample, {0, log::LeafKind::bundle, id, sha256("another payload"), {}, {}});
  const auto found = reasons(sample);
  CHECK(has(found, "payload-mismatch"));
  CHECK(has(found, "log-proof"));  // its record gives it the place of the first leaf
}

TEST_CASE("a bundle without its signature is named") {
  SampleStore sample;
  Store store = sample.open();
  const SealedBundle sealed = seal(store, sample, "one");
  const auto facts = store.facts(sealed.id);
  std::filesystem::remove(sample.root / "blobs/sha256" / facts->attached[0].hex());
  const auto found = reasons(sample);
  CHECK(has(found, "missing-member"));
  CHECK(has(found, "payload-mismatch"));
}

TEST_CASE("a leaf for a bundle that was never there is named") {
  SampleStore sample;
  { const Store store = sample.open(); }
  append(sample, {0, log::LeafKind::bundle, sha256("ghost"), sha256("payload"), {}, {}});
  CHECK(has(reasons(sample), "missing-member"));
}

TEST_CASE("a leaf whose document is gone is named") {
  SampleStore sample;
  Store store = sample.open();
  const auto seq = store.append_intent(intent_document("local"));
  const auto leaf = store.log().leaf(*seq);
  std::filesystem::remove(sample.root / "blobs/sha256" / leaf->leaf.payload->hex());
  CHECK(has(reasons(sample), "missing-member"));
}
