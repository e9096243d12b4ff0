#include "host/tools/nix.hpp"

#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

namespace fs = std::filesystem;
using namespace sourceos;
using namespace sourceos::host;

namespace {

Environment environment_at(const tests::TemporaryDirectory& directory) {
  Environment environment;
  environment.root = directory / "root";
  environment.home = directory / "home";
  return environment;
}

}  // namespace

TEST_CASE("a profile is followed to its generation and store path below the root") {
  const tests::TemporaryDirectory directory;
  const std::string store = "/nix/store/00000000000000000000000000000000-demo-system";
  directory.write("root" + store + "/nixos-version", "25.05.demo\n");
  fs::create_directories(directory / "root/nix/var/nix/profiles");
  fs::create_symlink("system-42-link", directory / "root/nix/var/nix/profiles/system");
  fs::create_symlink(store, directory / "root/nix/var/nix/profiles/system-42-link");
  const Environment environment = environment_at(directory);
  CHECK(has_nix_store(environment));
  const auto profiles = read_nix_profiles(environment);
  REQUIRE(profiles.size() == 1);
  CHECK(profiles[0].name == "system");
  CHECK(profiles[0].generation == 42);
  CHECK(profiles[0].store_path == store);
  const auto sources = read_nix_sources(profiles[0]);
  REQUIRE(sources.size() == 1);
  CHECK(sources[0].name == "nixos-version");
  CHECK(sources[0].content == "25.05.demo\n");
}

TEST_CASE("broken links and loops leave the store path unknown") {
  const tests::TemporaryDirectory directory;
  fs::create_directories(directory / "home");
  fs::create_directories(directory / "root/run");
  fs::create_symlink("loop", directory / "home/.nix-profile");
  fs::create_symlink(".nix-profile", directory / "home/loop");
  fs::create_symlink("/nowhere", directory / "root/run/current-system");
  const Environment environment = environment_at(directory);
  CHECK_FALSE(has_nix_store(environment));
  const auto profiles = read_nix_profiles(environment);
  REQUIRE(profiles.size() == 2);
  for (const NixProfile& profile : profiles) {
    CHECK_FALSE(profile.store_path);
    CHECK_FALSE(profile.generation);
    CHECK(read_nix_sources(profile).empty());
  }
}
