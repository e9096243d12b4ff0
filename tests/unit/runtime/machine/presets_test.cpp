#include "runtime/machine/presets.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "runtime/machine/secret_detector.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

TEST_CASE("every preset with a repository is a valid profile with no tool enabled") {
  SecretDetector secrets;
  for (const std::string_view name : preset_profile_names()) {
    CAPTURE(name);
    Profile profile = preset_profile(name).value();
    profile.repos = repos_for({"~/dev/r"});
    const auto read = parse_profile(render_profile(profile), secrets);
    REQUIRE_MESSAGE(read.has_value(), read.error().read_out());
    CHECK(read->tools.size() == tool_ids().size());
    for (const ProfileTool& tool : read->tools) {
      CHECK_FALSE(tool.is_enabled);
    }
    CHECK(read->runtime.network == "none");
    CHECK(read->secret_refs.empty());
    CHECK(read->mounts.empty());
  }
}

TEST_CASE("an unknown preset is a usage error that names the others") {
  const auto profile = preset_profile("solaris");
  REQUIRE_FALSE(profile.has_value());
  CHECK(profile.error().kind == ErrorKind::usage);
  CHECK(profile.error().message.find("linux-native") != std::string::npos);
}

TEST_CASE("repositories of one name get ids of their own") {
  const auto repos = repos_for({"~/dev/My App", "/srv/my.app", "/srv/x/My App", "/srv/..."});
  CHECK(repos[0].repo_id == "my-app");
  CHECK(repos[1].repo_id == "my-app-2");
  CHECK(repos[2].agent_path == "/workspace/dev/my-app-3");
  CHECK(repos[3].repo_id == "repo");
}

TEST_CASE("a host has a preset that fits it") {
  CHECK(preset_for("linux") == "linux-native");
  CHECK(preset_for("macos") == "macos-podman");
  CHECK(preset_for("windows") == "windows-podman-wsl");
}
