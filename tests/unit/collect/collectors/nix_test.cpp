#include "collect/collectors/builtin.hpp"
#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::collect;

TEST_CASE("profiles of a Nix host are told with what they were made from") {
  CollectFixture fixture;
  const std::string store = "/nix/store/00000000000000000000000000000000-user-environment";
  fixture.fake.home.write("root" + store + "/manifest.json", R"({"elements":[]})");
  std::filesystem::create_symlink(store, fixture.fake.home / ".nix-profile");
  const auto outcome = fixture.run(nix_collector());
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::ok);
  const json::Value document = fixture.json_at({"nix", "nix.json"});
  CHECK(document["profiles"][0]["name"] == "user");
  CHECK(document["profiles"][0]["storePath"] == store);
  CHECK(document["profiles"][0]["generation"].is_null());
  CHECK(fixture.text({"nix", "user", "manifest.json"}) == R"({"elements":[]})");
}

TEST_CASE("a host without Nix is a gap") {
  CollectFixture fixture;
  CHECK(fixture.run(nix_collector())->reason == "nix-missing");
}
