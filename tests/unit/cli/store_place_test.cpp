#include "cli/store_place.hpp"

#include <doctest/doctest.h>

#include "tests/unit/cli/machine_scene.hpp"

using namespace sourceos;
using namespace sourceos::cli;

TEST_CASE("a store in, at or above a mount is refused and not made") {
  tests::CommandScene scene;
  const auto repo = scene.fake.home / "dev/r";
  std::filesystem::create_directories(repo);
  for (const char* place : {"dev/r/ev", "dev/r", "dev"}) {
    scene.context.evidence = (scene.fake.home / place).string();
    const Status status = check_store_place(scene.context, {"~/dev/r"});
    REQUIRE_FALSE(status.has_value());
    CHECK(status.error().reason == "store-in-mount");
  }
  CHECK_FALSE(std::filesystem::exists(repo / "ev"));
  scene.context.evidence = (scene.fake.home / "store").string();
  CHECK(check_store_place(scene.context, {"~/dev/r"}).has_value());
  scene.context.evidence.clear();
  CHECK(check_store_place(scene.context, {"~/dev/r"}).has_value());
}
