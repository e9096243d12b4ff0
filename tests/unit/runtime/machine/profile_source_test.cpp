#include "runtime/machine/profile_source.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/machine/machine_scene.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/unit/runtime/machine/profile_scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

TEST_CASE("a profile is a preset, a name of the account or a file") {
  tests::FakeHost fake;
  const host::Environment& environment = fake.host.environment;
  CHECK(load_profile(environment, "linux-native")->is_preset());
  const std::string text = tests::valid_profile("macos-podman").dump();
  const auto file = fake.home.write("dev/p.json", text);
  const auto loaded = load_profile(environment, file.string());
  REQUIRE(loaded.has_value());
  CHECK(loaded->profile.name == "macos-podman");
  CHECK_FALSE(loaded->is_preset());
  (void)fake.home.write(".config/sourceos/test/profiles/mine.json", text);
  CHECK(load_profile(environment, "mine")->hash == loaded->hash);
}

TEST_CASE("what is no profile says why") {
  tests::FakeHost fake;
  const host::Environment& environment = fake.host.environment;
  CHECK(load_profile(environment, "nothing").error().reason == "profile-unknown");
  CHECK(load_profile(environment, "nothing").error().kind == ErrorKind::usage);
  CHECK(load_profile(environment, "./absent.json").error().reason == "profile-missing");
  const auto broken = fake.home.write("broken.json", "{");
  CHECK(load_profile(environment, broken.string()).error().reason == "profile-invalid");
  const auto twice = fake.home.write("twice.json", R"({"id": "a", "id": "b"})");
  CHECK(load_profile(environment, twice.string()).error().reason == "profile-invalid");
}

TEST_CASE("podman is reached by the profile's connection, else by what the profile lets pass") {
  tests::MachineScene scene;
  Profile profile = scene.profile().profile;
  host::Environment& environment = scene.fake.host.environment;
  CHECK(podman_address(profile, environment).environment().empty());
  CHECK(podman_address(profile, environment).is_local());
  environment.variables = {{"CONTAINER_HOST", "unix:///run/x.sock"}};
  CHECK(podman_address(profile, environment).container_host.empty());
  CHECK(leaves_out_container_host(profile, environment));
  profile.environment_allow = {"CONTAINER_HOST"};
  CHECK(podman_address(profile, environment).container_host == "unix:///run/x.sock");
  CHECK(podman_address(profile, environment).is_local());
  CHECK_FALSE(leaves_out_container_host(profile, environment));
  profile.runtime.connection = "remote";
  CHECK(podman_address(profile, environment).connection == "remote");
  CHECK_FALSE(podman_address(profile, environment).is_local());
  CHECK(leaves_out_container_host(profile, environment));
}
