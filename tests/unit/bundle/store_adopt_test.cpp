#include <filesystem>
#include <fstream>

#include "bundle/layout.hpp"
#include "bundle/log/host_log.hpp"
#include "bundle/manifest.hpp"
#include "bundle/statement.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "host/fault.hpp"
#include "tests/unit/bundle/sample_store.hpp"

#include <doctest/doctest.h>

namespace sourceos::verify {

// This library does not link the verifier: a class of the same name stands where it would.
class VerifiedBundle {
 public:
  static bundle::Adoptable claim(bundle::Layout& layout, const bundle::Digest& id) {
    return {layout, id};
  }
};

}  // namespace sourceos::verify

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::tests;

namespace {

struct Foreign {
  SampleStore sample;
  Store store = sample.open();
  SealedBundle sealed = seal(store, sample, "foreign");
  std::unique_ptr<Layout> layout = std::move(*store.layout(sealed.id));

  [[nodiscard]] Adoptable adoptable() {
    return verify::VerifiedBundle::claim(*layout, sealed.id);
  }
};

}  // namespace

TEST_CASE("an imported bundle is logged with the log it came from") {
  Foreign foreign;
  SampleStore sample;
  Store store = sample.open();
  (void)seal(store, sample, "own");
  const auto facts = store.adopt(foreign.adoptable(), foreign.store.log_id());
  REQUIRE_MESSAGE(facts, (facts ? "" : facts.error().read_out()));
  CHECK(facts->imported);
  const auto leaf = store.log().leaf(facts->seq);
  CHECK(leaf->leaf.kind == log::LeafKind::import);
  CHECK(leaf->leaf.bundle == foreign.sealed.id);
  const auto document = json::parse(*store.blob(*leaf->leaf.payload, 10'000));
  CHECK(document->at("logId") == foreign.store.log_id());
  CHECK(store.list({})->at(0).imported);
  CHECK(store.find(foreign.sealed.id.hex().substr(0, 10)) == foreign.sealed.id);

  // It comes out as it came in, with the proof of its own log.
  const auto out = store.layout(foreign.sealed.id);
  REQUIRE(out);
  CHECK((*out)->files() == foreign.layout->files());
  // The next own bundle follows the last own one.
  const SealedBundle next = seal(store, sample, "next");
  CHECK(json::parse(next.record)->at("sequence").at("previous") != foreign.sealed.id.text());
  check_whole(sample);

  const auto again = store.adopt(foreign.adoptable(), foreign.store.log_id());
  CHECK(again->seq == facts->seq);
}

TEST_CASE("a bundle that changed after it was judged does not come in") {
  Foreign foreign;
  const auto manifest = parse_manifest(*foreign.store.blob(foreign.sealed.id, 10'000));
  const std::filesystem::path pack =
      foreign.sample.root / "blobs/sha256" / manifest->layers[1].digest.hex();
  std::fstream file(pack, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(9);
  file.put('!');
  file.close();
  SampleStore sample;
  Store store = sample.open();
  const auto facts = store.adopt(foreign.adoptable(), foreign.store.log_id());
  REQUIRE_FALSE(facts);
  CHECK(facts.error().reason == "digest-mismatch");
  CHECK(store.log().size() == 1);
  CHECK(std::filesystem::is_empty(sample.root / "tmp"));
  check_whole(sample);
}

TEST_CASE("an import that dies on the way leaves nothing or all of it") {
  for (const char* point : {"store.blob.write", "store.blob.fsync", "store.blob.rename",
                            "store.record.rename", "store.leaf.write", "store.leaf.fsync",
                            "store.checkpoint.rename"}) {
    const std::string fault = std::string(point) + ":crash";
    CAPTURE(fault);
    Foreign foreign;
    SampleStore sample;
    { const Store store = sample.open(); }
    CHECK(in_child([&] {
            auto store = sample.try_open();
            if (!store || !host::arm_faults(fault)) {
              return 3;
            }
            return store->adopt(foreign.adoptable(), foreign.store.log_id()) ? 0 : 1;
          }) == 137);
    check_whole(sample);
    Store store = sample.open();
    const auto facts = store.adopt(foreign.adoptable(), foreign.store.log_id());
    REQUIRE(facts);
    CHECK(store.log().size() == 2);
    CHECK(store.layout(foreign.sealed.id));
    check_whole(sample);
  }
}

TEST_CASE("a pruned bundle may be imported again") {
  Foreign foreign;
  SampleStore sample;
  Store store = sample.open();
  REQUIRE(store.adopt(foreign.adoptable(), foreign.store.log_id()));
  REQUIRE(store.purge(foreign.sealed.id, "test"_r));
  CHECK(store.layout(foreign.sealed.id).error().reason == "pruned");
  const auto facts = store.adopt(foreign.adoptable(), foreign.store.log_id());
  REQUIRE(facts);
  CHECK_FALSE(facts->pruned);
  CHECK(store.layout(foreign.sealed.id));
  for (const bool is_rebuilt : {false, true}) {
    CAPTURE(is_rebuilt);
    if (is_rebuilt) {
      std::filesystem::remove(sample.root / "heads.json");
    }
    const auto rows = store.list({});
    REQUIRE(rows->size() == 2);
    CHECK_FALSE((*rows)[0].pruned);
    CHECK((*rows)[1].pruned->reason == "test");
  }
  check_whole(sample);
}

TEST_CASE("a manifest of a known type is attached once") {
  SampleStore sample;
  Store store = sample.open();
  const SealedBundle sealed = seal(store, sample, "one");
  const auto own = store.facts(sealed.id)->attached;
  const auto other = signer_from_seed(std::string(32, 'o'));
  const auto s = parse_attached_manifest(*store.blob(own[0], 10'000));
  const auto sigstore = parse_sigstore_bundle(*store.blob(s->layer.digest, 1'000'000));
  const auto countersigned = sign_sigstore_bundle(sigstore->payload, *other);
  REQUIRE(store.attach(sealed.id, k_sigstore_media_type, *countersigned));
  REQUIRE(store.attach(sealed.id, k_sigstore_media_type, *countersigned));
  CHECK(store.facts(sealed.id)->attached.size() == 2);
  CHECK(store.layout(sealed.id));
  CHECK_FALSE(store.attach(sealed.id, "text/plain", "x"));
  CHECK_FALSE(store.attach(sha256("none"), k_sigstore_media_type, *countersigned));
  check_whole(sample);
}
