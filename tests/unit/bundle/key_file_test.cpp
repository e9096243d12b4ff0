#include "bundle/digest.hpp"
#include "bundle/key.hpp"
#include "core/bytes.hpp"
#include "host/random.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

void give_mode(const std::filesystem::path& path, mode_t mode) {
  REQUIRE(chmod(path.c_str(), mode) == 0);
}

SecretBytes passphrase(std::string text) { return SecretBytes::take(text); }

struct Fixture {
  tests::TemporaryDirectory directory;
  host::SeededRandom random{"key file test"};
  KeyDirectory keys{directory / "keys", KeyRealm::production};
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "first use makes a key that only its owner can read") {
  const auto signer = *keys.load_or_create(KeyRole::bundle, random);
  struct stat facts {};
  REQUIRE(stat(keys.file_of(KeyRole::bundle).c_str(), &facts) == 0);
  CHECK((facts.st_mode & 07777) == 0600);
  REQUIRE(stat(keys.path().c_str(), &facts) == 0);
  CHECK((facts.st_mode & 07777) == 0700);
  CHECK((*keys.load_or_create(KeyRole::bundle, random))->public_key() == signer->public_key());
  CHECK((*keys.load_or_create(KeyRole::log, random))->public_key() != signer->public_key());
}

TEST_CASE_FIXTURE(Fixture, "the same random bytes make the same key file") {
  REQUIRE(keys.create(KeyRole::bundle, random).has_value());
  host::SeededRandom again("key file test");
  const KeyDirectory other(directory / "other", KeyRealm::production);
  REQUIRE(other.create(KeyRole::bundle, again).has_value());
  CHECK(tests::read_file(keys.file_of(KeyRole::bundle)) ==
        tests::read_file(other.file_of(KeyRole::bundle)));
}

TEST_CASE_FIXTURE(Fixture, "a key file that others can read is refused") {
  REQUIRE(keys.create(KeyRole::bundle, random).has_value());
  for (const mode_t mode : {0640U, 0604U, 0620U, 0777U}) {
    give_mode(keys.file_of(KeyRole::bundle), mode);
    const auto signer = keys.load(KeyRole::bundle);
    REQUIRE_FALSE(signer.has_value());
    CHECK(signer.error().reason == "key-permissions");
  }
  give_mode(keys.file_of(KeyRole::bundle), 0400);
  CHECK(keys.load(KeyRole::bundle).has_value());
}

TEST_CASE_FIXTURE(Fixture, "a key that is there is never replaced") {
  REQUIRE(keys.create(KeyRole::log, random).has_value());
  CHECK(keys.create(KeyRole::log, random).error().reason == "key-exists");
  CHECK(keys.load(KeyRole::root).error().kind == ErrorKind::not_found);
}

TEST_CASE_FIXTURE(Fixture, "a rotated key stays beside the new one") {
  const KeyFile first = *keys.create(KeyRole::bundle, random);
  const auto rotation = *keys.rotate(KeyRole::bundle, random);
  CHECK(rotation.old_key.public_key == first.public_key);
  CHECK(rotation.new_key.public_key != first.public_key);
  const auto all = *keys.list();
  REQUIRE(all.size() == 2);
  CHECK(all[0].path.filename() == "bundle-" + key_id(first.public_key) + ".key");
  CHECK(all[1].path.filename() == "bundle.key");
}

TEST_CASE_FIXTURE(Fixture, "a prepared key is used only when it is put in use") {
  const KeyFile first = *keys.create(KeyRole::root, random);
  const KeyFile dropped = *keys.prepare(KeyRole::root, random);
  CHECK((*keys.load(KeyRole::root))->public_key() == first.public_key);
  CHECK(keys.list()->size() == 2);
  KeyDirectory::discard(dropped);
  CHECK(keys.list()->size() == 1);
  const KeyFile next = *keys.prepare(KeyRole::root, random);
  const auto rotation = *keys.put_in_use(next);
  CHECK(rotation.old_key.public_key == first.public_key);
  CHECK((*load_signer(rotation.old_key.path))->public_key() == first.public_key);
  CHECK((*keys.load(KeyRole::root))->public_key() == next.public_key);
  CHECK(keys.list()->size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "a rotation that stopped between its two names goes on") {
  const KeyFile first = *keys.create(KeyRole::root, random);
  const auto second_name = keys.path() / ("root-" + key_id(first.public_key) + ".key");
  std::filesystem::create_hard_link(first.path, second_name);
  const auto rotation = keys.rotate(KeyRole::root, random);
  REQUIRE(rotation);
  CHECK(rotation->old_key.path == second_name);
  CHECK(keys.list()->size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "there is nothing to rotate where no key is") {
  CHECK(keys.rotate(KeyRole::root, random).error().kind == ErrorKind::not_found);
  CHECK(keys.list()->empty());
}

TEST_CASE_FIXTURE(Fixture, "a passphrase is asked for and must be right") {
  const SecretBytes right = passphrase("correct horse");
  const SecretBytes wrong = passphrase("wrong horse");
  const KeyFile made = *keys.create(KeyRole::root, random, &right);
  CHECK(made.has_passphrase);
  CHECK(keys.load(KeyRole::root).error().reason == "key-passphrase");
  CHECK(keys.load(KeyRole::root, &wrong).error().reason == "key-passphrase");
  const auto signer = *keys.load(KeyRole::root, &right);
  CHECK(signer->public_key() == made.public_key);
  CHECK(signer->custody() == KeyCustody::file_passphrase);
}

TEST_CASE_FIXTURE(Fixture, "under test seams every key has role test and others are refused") {
  const KeyDirectory test_keys(directory / "test-keys", KeyRealm::test);
  CHECK(test_keys.create(KeyRole::bundle, random)->role == KeyRole::test);
  CHECK(test_keys.load(KeyRole::bundle).has_value());
  const KeyDirectory as_production(directory / "test-keys", KeyRealm::production);
  CHECK(as_production.load(KeyRole::bundle).error().reason == "key-role");
}

TEST_CASE_FIXTURE(Fixture, "a key of one role does not load as another") {
  REQUIRE(keys.create(KeyRole::log, random).has_value());
  std::filesystem::copy(keys.file_of(KeyRole::log), keys.file_of(KeyRole::bundle));
  CHECK(keys.load(KeyRole::bundle).error().reason == "key-role");
}

TEST_CASE_FIXTURE(Fixture, "a PKCS#8 key is read as openssl writes it") {
  // The private key of RFC 8410 section 10.3, taken apart so that no scanner takes it for real.
  const auto path = directory.write("ci.pem", std::string("-----BEGIN PRIV") + "ATE KEY-----\n" +
                                                  "MC4CAQAw" "BQYDK2VwBCIEINTuctv5E1hK1bbY" +
                                                  "8fdp+K06/nwoy/HU++CXqI9EdVhC\n" +
                                                  "-----END PRIV" + "ATE KEY-----\n");
  give_mode(path, 0600);
  CHECK(hex_encode((*load_signer(path))->public_key().view()) ==
        "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1");
  give_mode(path, 0644);
  CHECK(load_signer(path).error().reason == "key-permissions");
}

TEST_CASE_FIXTURE(Fixture, "a broken key file is malformed and is not quoted") {
  REQUIRE(keys.create(KeyRole::bundle, random).has_value());
  const std::string good = tests::read_file(keys.file_of(KeyRole::bundle));
  const std::size_t secret_at = good.find(R"("secret":")") + 10;
  const std::string secret = good.substr(secret_at, 43);
  for (const std::string& text :
       {std::string(), std::string("{}"), good.substr(0, good.size() - 5), good + "x",
        std::string(good).replace(secret_at, 4, "AAAA"),
        std::string(good).replace(secret_at, 1, "!")}) {
    const auto path = directory.write("broken.key", text);
    give_mode(path, 0600);
    const auto signer = load_signer(path);
    REQUIRE_FALSE(signer.has_value());
    CHECK(signer.error().reason == "malformed");
    CHECK(signer.error().read_out().find(secret) == std::string::npos);
  }
}

TEST_CASE_FIXTURE(Fixture, "a public key is read from a secret key file") {
  const KeyFile made = *keys.create(KeyRole::bundle, random);
  CHECK(*read_public_key_file(made.path) == made.public_key);
}

TEST_CASE_FIXTURE(Fixture, "a link is not followed to a key") {
  const KeyFile made = *keys.create(KeyRole::bundle, random);
  std::filesystem::create_symlink(made.path, directory / "link.key");
  CHECK_FALSE(load_signer(directory / "link.key").has_value());
}
