#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "bundle/layout.hpp"
#include "bundle/manifest.hpp"
#include "bundle/sidecar.hpp"
#include "tests/unit/bundle/sample_store.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::tests;

namespace {

std::uint64_t inode_of(const std::filesystem::path& path) { return host::describe(path)->inode; }

}  // namespace

TEST_CASE("a layer that is there already is reused") {
  SampleStore sample;
  Store store = sample.open();
  const auto first = try_seal(store, sample, "shared", plain_record("1"));
  const auto manifest = parse_manifest(*store.blob(first->id, 10'000));
  const std::filesystem::path pack =
      sample.root / "blobs/sha256" / manifest->layers[1].digest.hex();
  const std::uint64_t inode = inode_of(pack);
  REQUIRE(try_seal(store, sample, "shared", plain_record("2")));
  CHECK(inode_of(pack) == inode);
  check_whole(sample);
}

TEST_CASE("a torn or planted file under a layer's name is replaced, not reused") {
  SampleStore sample;
  Store store = sample.open();
  const auto first = try_seal(store, sample, "shared", plain_record("1"));
  const auto manifest = parse_manifest(*store.blob(first->id, 10'000));
  const std::filesystem::path pack =
      sample.root / "blobs/sha256" / manifest->layers[1].digest.hex();
  const std::string good = tests::read_file(pack);
  SUBCASE("of the right size") { std::ofstream(pack) << std::string(good.size(), 'x'); }
  SUBCASE("empty") { std::ofstream(pack) << ""; }
  SUBCASE("gone") { std::filesystem::remove(pack); }
  REQUIRE(try_seal(store, sample, "shared", plain_record("2")));
  CHECK(tests::read_file(pack) == good);
  check_whole(sample);
}

TEST_CASE("sidecars are signed by a key of their own and listed beside the signature") {
  SampleStore sample;
  Store store = sample.open();
  const auto sidecar = signer_from_seed(std::string(32, 's'));
  const auto scratch = store.make_scratch();
  REQUIRE(host::make_directories(scratch->path() / "layers", 0700));
  auto writer = BundleWriter::create({scratch->path() / "layers", 1, 1});
  const auto draft = writer->finish();
  REQUIRE(draft);
  const auto sealed = store.seal(*draft, plain_record("x"),
                                 {*sample.bundle_key, *sample.log_key, sidecar.get()});
  REQUIRE_MESSAGE(sealed, (sealed ? "" : sealed.error().read_out()));
  const auto attached = store.facts(sealed->id)->attached;
  REQUIRE(attached.size() == 3);
  const auto manifest = parse_attached_manifest(*store.blob(attached[1], 10'000));
  CHECK(manifest->layer.media_type == k_minisign_media_type);
  const auto minisign = parse_minisign(*store.blob(manifest->layer.digest, 10'000));
  CHECK(minisign->verify(*store.blob(sealed->id, 10'000), sidecar->public_key()));
  CHECK(store.layout(sealed->id));
  check_whole(sample);
}

TEST_CASE("a draft whose layers are not there is not sealed") {
  SampleStore sample;
  Store store = sample.open();
  Draft draft;
  draft.directory = sample.fake.home.path();
  draft.layers = {{std::string(k_index_media_type), sha256("none"), 5}};
  CHECK_FALSE(store.seal(draft, plain_record("x"), {*sample.bundle_key, *sample.log_key}));
  CHECK(store.list({})->empty());
}
