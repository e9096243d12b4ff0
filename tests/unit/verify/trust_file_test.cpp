#include "bundle/envelope.hpp"
#include "tests/broken/cases.hpp"
#include "tests/support/temporary_directory.hpp"
#include "verify/trust.hpp"
#include "verify/trust_check.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace sourceos;
using namespace sourceos::tests;
using namespace sourceos::verify;

namespace {

struct Fixture {
  TemporaryDirectory directory;
  std::filesystem::path file = directory / "trust.json";
  TrustMemory memory{directory / "memory"};
  TrustDocument document = Scene().trust;

  Trust load(bool with_memory = true) {
    TrustRequest request;
    request.file = file;
    request.now = UtcTime::from_seconds(1'780'000'000);
    request.memory = with_memory ? &memory : nullptr;
    return load_trust(request);
  }
  void save(std::string_view roots = "r") {
    std::vector<const bundle::Signer*> signers;
    for (const char name : roots) {
      signers.push_back(&signer(name));
    }
    const Status saved = save_trust(file, document, signers);
    REQUIRE_MESSAGE(saved.has_value(), (saved ? "" : saved.error().read_out()));
  }
  TrustedKey& root() { return document.keys.back(); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a signed trust file is believed") {
  save();
  const Trust trust = load();
  CHECK_FALSE(trust.refused.has_value());
  CHECK(trust.source == Trust::Source::file);
  CHECK(trust.document.keys == document.keys);
  CHECK_FALSE(trust.pinned);
  CHECK(trust.digest == bundle::sha256(read_file(file)));
}

TEST_CASE_FIXTURE(Fixture, "versions follow each other, also over a gap that lies beside") {
  save();
  CHECK_FALSE(load().refused.has_value());
  for (std::uint64_t version = 2; version <= 4; ++version) {
    document.version = version;
    save();
  }
  CHECK_FALSE(load().refused.has_value());
  std::filesystem::remove(directory / "trust.3.json");
  CHECK_FALSE(load().refused.has_value());  // version 4 was seen meanwhile
}

TEST_CASE_FIXTURE(Fixture, "a version is not written that verifiers would refuse") {
  save();
  document.version = 3;
  CHECK(save_trust(file, document, {&signer('r')}).error().reason == "threshold");
  document.version = 2;
  root().key = signer('R').public_key();
  CHECK(save_trust(file, document, {&signer('R')}).error().reason == "threshold");
  CHECK(save_trust(file, document, {&signer('r')}).error().reason == "threshold");
  CHECK(check_trust(file, document, {&signer('r')}).error().reason == "threshold");
  const std::string before = read_file(file);
  CHECK(check_trust(file, document, {&signer('r'), &signer('R')}).has_value());
  CHECK(read_file(file) == before);
  CHECK(save_trust(file, document, {&signer('r'), &signer('R')}).has_value());
}

TEST_CASE_FIXTURE(Fixture, "after a rotation the old roots' file is a rollback") {
  save();
  const std::string old_text = read_file(file);
  CHECK_FALSE(load().refused.has_value());
  document.version = 2;
  root().key = signer('R').public_key();
  save("rR");
  CHECK_FALSE(load().refused.has_value());
  directory.write("trust.json", old_text);
  REQUIRE(load().refused.has_value());
  CHECK(load().refused->reason == "trust-rollback");
}

TEST_CASE_FIXTURE(Fixture, "a pin of the first root holds after a rotation") {
  const bundle::Digest first = document.root_fingerprint();
  save();
  document.version = 2;
  root().key = signer('R').public_key();
  save("rR");
  TrustRequest request;
  request.file = file;
  request.now = UtcTime::from_seconds(1'780'000'000);
  request.root_pin = first;
  const Trust trust = load_trust(request);
  CHECK_FALSE(trust.refused.has_value());
  CHECK(trust.pinned);
  std::filesystem::remove(directory / "trust.1.json");
  CHECK(load_trust(request).refused->reason == "untrusted-key");
}

TEST_CASE_FIXTURE(Fixture, "a local file is plain, private and trusts its account") {
  document.local = true;
  document.expires.reset();
  document.keys.pop_back();
  REQUIRE(save_local_trust(file, document).has_value());
  CHECK(load().source == Trust::Source::self);
  CHECK_FALSE(load().refused.has_value());
  REQUIRE(chmod(file.c_str(), 0644) == 0);
  CHECK(load().refused->reason == "key-permissions");
}

TEST_CASE_FIXTURE(Fixture, "a refused file leaves no key behind") {
  save();
  TrustRequest request;
  request.file = file;
  request.now = UtcTime::from_seconds(1'900'000'000);
  const Trust trust = load_trust(request);
  CHECK(trust.refused->reason == "trust-expired");
  CHECK(trust.document.keys.empty());
}

TEST_CASE_FIXTURE(Fixture, "what is no trust file is refused") {
  for (const char* text : {"", "{}", "[]", "{\"payload\":\"\",\"payloadType\":\"x\",\"signatures\":[]}"}) {
    directory.write("trust.json", text);
    CHECK(load().refused->reason == "malformed");
  }
  std::filesystem::remove(file);
  CHECK(load().refused->kind == ErrorKind::not_found);
}

TEST_CASE("keys named on the command line have one role each and stand beside a file") {
  const auto keys = trust_of_keys({signer('b').public_key()}, {signer('l').public_key()});
  REQUIRE(keys.document.keys.size() == 2);
  CHECK(keys.document.keys[0].role == bundle::KeyRole::bundle);
  CHECK(keys.document.keys[1].role == bundle::KeyRole::log);
  CHECK(join({}, keys).source == Trust::Source::keys);
  Trust file;
  file.source = Trust::Source::file;
  file.document = Scene().trust;
  CHECK(join(file, trust_of_keys({signer('x').public_key()}, {})).document.keys.size() == 6);
  CHECK(join(file, keys).document.keys.size() == 5);
}
