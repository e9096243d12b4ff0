#include "bundle/store_places.hpp"

#include "core/limits.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;

TEST_CASE("names are spread over folders by their first two digits") {
  const StorePlaces places("/store");
  const Digest m = sha256("m");
  CHECK(places.blob(m) == "/store/blobs/sha256/" + m.hex());
  CHECK(places.referrers(m) == "/store/referrers/" + m.hex().substr(0, 2) + "/" + m.hex());
  CHECK(places.pending(7) == "/store/log/pending/7");
}

TEST_CASE("a blob is found in blobs and, until it is moved, in pending") {
  const tests::TemporaryDirectory directory;
  const StorePlaces places(directory.path());
  const Digest stored = sha256("stored");
  const Digest pending = sha256("pending");
  directory.write("blobs/sha256/" + stored.hex(), "stored");
  directory.write("log/pending/3/" + pending.hex(), "pending");
  directory.write("log/pending/3/" + pending_referrers_name(pending), "{}");
  CHECK(*places.read_blob(stored, 100) == "stored");
  CHECK(*places.read_blob(pending, 100) == "pending");
  CHECK(*places.read_referrers(pending) == "{}");
  CHECK(places.read_blob(sha256("none"), 100).error().reason == "missing-member");
  CHECK(places.read_referrers(stored).error().reason == "input-missing");
}

TEST_CASE("a blob with other bytes than its name says is not read") {
  const tests::TemporaryDirectory directory;
  const StorePlaces places(directory.path());
  const Digest digest = sha256("good");
  directory.write("blobs/sha256/" + digest.hex(), "evil");
  CHECK(places.read_blob(digest, 100).error().reason == "digest-mismatch");
  CHECK(places.read_blob(digest, 3).error().kind == ErrorKind::limit);
}

TEST_CASE("a new file replaces none and follows no link") {
  const tests::TemporaryDirectory directory;
  REQUIRE(write_new_file(directory / "a", "bytes", "store.record"));
  CHECK(tests::read_file(directory / "a") == "bytes");
  CHECK_FALSE(write_new_file(directory / "a", "other", "store.record"));
  std::filesystem::create_symlink(directory / "elsewhere", directory / "link");
  CHECK_FALSE(write_new_file(directory / "link", "other", "store.record"));
  CHECK_FALSE(std::filesystem::exists(directory / "elsewhere"));
}

TEST_CASE("the barrier reports the one file that is not there") {
  const tests::TemporaryDirectory directory;
  std::vector<ToSync> what = {{directory.path(), {}}};
  for (int i = 0; i < 20; ++i) {
    what.push_back({directory.write(std::to_string(i), "x"), {}});
  }
  CHECK(sync_all(what));
  what.push_back({directory / "none", {}});
  CHECK(sync_all(what).error().kind == ErrorKind::not_found);
  CHECK(sync_all({}));
}

TEST_CASE("full and forbidden are said in the words of a store") {
  CHECK(as_unavailable(Error(ErrorKind::io, "no-space", "x")).reason == "evidence-unavailable");
  CHECK(as_unavailable(Error(ErrorKind::permission, "permission-denied", "x")).reason ==
        "evidence-unavailable");
  CHECK(as_unavailable(Error(ErrorKind::malformed, "log-fork", "x")).reason == "log-fork");
}
