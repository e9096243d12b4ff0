#include <filesystem>

#include "bundle/layout.hpp"
#include "bundle/log/host_log.hpp"
#include "bundle/log/tlog_proof.hpp"
#include "bundle/manifest.hpp"
#include "tests/unit/bundle/sample_store.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::tests;

namespace {

BundleIndex index_of(const Layout& layout) {
  const auto top = layout.read_file("index.json", 10'000);
  REQUIRE(top);
  const auto descriptor = parse_layout_index(*top);
  REQUIRE(descriptor);
  const auto index = parse_bundle_index(*layout.read(descriptor->digest, 100'000));
  REQUIRE(index);
  return *index;
}

}  // namespace

TEST_CASE("a bundle in a store is a layout of its own, each blob as its name says") {
  SampleStore sample;
  Store store = sample.open();
  (void)seal(store, sample, "another");
  const SealedBundle sealed = seal(store, sample, "one");
  const auto layout = store.layout(sealed.id);
  REQUIRE(layout);
  CHECK(check_oci_layout(*(*layout)->read_file("oci-layout", 100)));
  const BundleIndex index = index_of(**layout);
  CHECK(index.manifest.digest == sealed.id);
  REQUIRE(index.attached.size() == 2);

  std::size_t blobs = 0;
  for (const LayoutFile& file : (*layout)->files()) {
    const auto bytes = (*layout)->read_file(file.name, 1'000'000);
    REQUIRE(bytes);
    CHECK(bytes->size() == file.size);
    if (file.name.starts_with("blobs/sha256/")) {
      CHECK(file.name == blob_name(sha256(*bytes)));
      ++blobs;
    }
  }
  // M, record, index, pack, S, its layer, {}, I, log proof and its manifest.
  CHECK(blobs == 10);
  CHECK((*layout)->open_file("blobs/sha256/none").error().reason == "missing-member");
}

TEST_CASE("the log proof in a layout holds under the newest checkpoint") {
  SampleStore sample;
  Store store = sample.open();
  const SealedBundle sealed = seal(store, sample, "one");
  (void)seal(store, sample, "two");
  const auto layout = store.layout(sealed.id);
  REQUIRE(layout);
  std::optional<log::TlogProof> proof;
  for (const Descriptor& descriptor : index_of(**layout).attached) {
    const auto manifest = parse_attached_manifest(*(*layout)->read(descriptor.digest, 100'000));
    REQUIRE(manifest);
    CHECK(manifest->subject.digest == sealed.id);
    if (manifest->layer.media_type == k_log_proof_media_type) {
      proof = *log::parse_tlog_proof(*(*layout)->read(manifest->layer.digest, 100'000));
    }
  }
  REQUIRE(proof);
  CHECK(proof->index == sealed.seq);
  CHECK(log::is_included(*proof, store.log().checkpoint()));
  CHECK(index_of(**store.layout(sealed.id, LogProof::none)).attached.size() == 1);
}

TEST_CASE("a blob that was taken out of the store is listed and missing") {
  SampleStore sample;
  Store store = sample.open();
  const SealedBundle sealed = seal(store, sample, "one");
  const auto manifest = parse_manifest(*store.blob(sealed.id, 10'000));
  const Descriptor pack = manifest->layers[1];
  std::filesystem::remove(sample.root / "blobs/sha256" / pack.digest.hex());
  const auto layout = store.layout(sealed.id);
  REQUIRE(layout);
  const auto& files = (*layout)->files();
  CHECK(std::count(files.begin(), files.end(),
                   LayoutFile{blob_name(pack.digest), pack.size}) == 1);
  CHECK((*layout)->open(pack.digest).error().reason == "missing-member");
}
