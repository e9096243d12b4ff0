#include "cli/trust_changes.hpp"

#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "host/files.hpp"
#include "tests/unit/cli/call_scene.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::cli;

namespace {

struct Scene : CallScene {
  bundle::KeyDirectory keys = key_directory(context);
  std::filesystem::path file = fake.home.path() / "trust.json";

  // A trust file that names the account's current root key.
  verify::TrustDocument made() {
    const auto root = *keys.load_or_create(bundle::KeyRole::root, fake.host.random);
    verify::TrustDocument document;
    document.expires = UtcTime::from_seconds(4'000'000'000);
    verify::TrustedKey key;
    key.key = root->public_key();
    key.role = bundle::KeyRole::root;
    key.holder = "self";
    document.keys.push_back(std::move(key));
    REQUIRE(change_trust({.name = "evidence-trust-init", .path = file}, document, *root, context));
    return next();
  }
  verify::TrustDocument next() {
    verify::TrustDocument document = *read_trust_document(file);
    ++document.version;
    return document;
  }
  Result<Report> rotate(const verify::TrustDocument& document) {
    const auto root = *root_signer(document, {}, context);
    return rotate_root({.name = "evidence-trust-rotate", .path = file}, document, *root, {}, context);
  }
  bundle::PublicKey current() { return (*keys.load(bundle::KeyRole::root))->public_key(); }
};

}  // namespace

TEST_CASE("a rotation changes the trust file and then the account's key") {
  Scene scene;
  const verify::TrustDocument document = scene.made();
  const bundle::PublicKey before = scene.current();
  REQUIRE(scene.rotate(document));
  CHECK(scene.current() != before);
  CHECK(read_trust_document(scene.file)->find(scene.current()) != nullptr);
  CHECK(read_trust_document(scene.file)->find(before) == nullptr);
}

TEST_CASE("where the trust file cannot be written the root key stays, and no other is left") {
  Scene scene;
  const verify::TrustDocument document = scene.made();
  const bundle::PublicKey before = scene.current();
  std::filesystem::remove(scene.file);
  std::filesystem::create_directory(scene.file);  // nothing can be renamed over it
  std::filesystem::create_directory(scene.file / "full");
  CHECK_FALSE(scene.rotate(document).has_value());
  CHECK(scene.current() == before);
  const auto files = *scene.keys.list();
  CHECK(std::count_if(files.begin(), files.end(), [](const bundle::KeyFile& key) {
          return key.purpose == bundle::KeyRole::root;
        }) == 1);
}

TEST_CASE("a rotation that ended after the trust file was written can be followed by another") {
  Scene scene;
  verify::TrustDocument document = scene.made();
  const auto old_root = *scene.keys.load(bundle::KeyRole::root);
  const bundle::KeyFile next = *scene.keys.prepare(bundle::KeyRole::root, scene.fake.host.random);
  document.keys.front().key = next.public_key;
  const auto new_root = *bundle::load_signer(next.path);
  REQUIRE(verify::save_trust(scene.file, document, {old_root.get(), new_root.get()}));
  // Here the process died: the current key is the one that the trust file knows no more.
  CHECK((*root_signer(scene.next(), {}, scene.context))->public_key() == next.public_key);
  REQUIRE(scene.rotate(scene.next()));
  CHECK(read_trust_document(scene.file)->find(scene.current()) != nullptr);
}

TEST_CASE("nobody else's trust file is signed") {
  Scene scene;
  verify::TrustDocument document = scene.made();
  document.keys.front().key = bundle::signer_from_seed(std::string(32, 'x'))->public_key();
  CHECK(root_signer(document, {}, scene.context).error().reason == "key-role");
}

TEST_CASE("a plan writes no file") {
  Scene scene;
  const verify::TrustDocument document = scene.made();
  const auto before = *host::read_file(scene.file, 1'000'000);
  const auto root = *root_signer(document, {}, scene.context);
  const TrustChange plan{.name = "evidence-trust-rotate", .path = scene.file, .is_planned = true};
  const auto report = rotate_root(plan, document, *root, {}, scene.context);
  REQUIRE(report);
  CHECK(report->record().at("planned") == true);
  CHECK(*host::read_file(scene.file, 1'000'000) == before);
}
