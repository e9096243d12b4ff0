#include "runtime/machine/mount.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

TEST_CASE("words of the contract and values of ours are the same list") {
  for (const char* word :
       {"code", "documents", "downloads", "cache", "artifacts", "media", "app-bridge"}) {
    REQUIRE(path_class_of(word).has_value());
    CHECK(to_string(*path_class_of(word)) == word);
  }
  for (const char* word :
       {"read-only", "read-write", "browser-read-write-agent-read-only", "write-only-artifacts"}) {
    REQUIRE(access_mode_of(word).has_value());
    CHECK(to_string(*access_mode_of(word)) == word);
  }
  CHECK_FALSE(path_class_of("home").has_value());
}

TEST_CASE("an agent reads downloads and does not write them") {
  CHECK_FALSE(is_writable(AccessMode::browser_read_write_agent_read_only));
  CHECK(is_writable(AccessMode::write_only_artifacts));
}

TEST_CASE("home is shown as a variable") {
  const std::vector<std::string> homes = {"/home/a", "/root"};
  CHECK(shown_host_path("/home/a/dev", homes) == "$HOME/dev");
  CHECK(shown_host_path("/root", homes) == "$HOME");
  CHECK(shown_host_path("/home/ab/dev", homes) == "/home/ab/dev");
}

TEST_CASE("a row of evidence has every field") {
  MountDecision decision;
  decision.request.mount_id = "repo-r";
  decision.request.agent_path = "/workspace/dev/r";
  decision.exists = true;
  decision.scan.findings.push_back({"socket", "x.sock", false});
  const json::Value row = mount_row(decision, {.host_path_ref = "$HOME/dev/r",
                                               .storage_backend = "native-bind",
                                               .git_ref = "refs/heads/main",
                                               .content_hash = std::nullopt,
                                               .podman_options = {"ro=true"}});
  CHECK(row.size() == 13);
  CHECK(row["secretsProhibited"] == true);
  CHECK(row["contentHash"].is_null());
  CHECK(row["scan"]["findings"][0]["severity"] == "warn");
}

TEST_CASE("the backend follows from host and mode") {
  CHECK(storage_backend("linux", false) == "native-bind");
  CHECK(storage_backend("linux", true) == "podman-machine-bind");
  CHECK(storage_backend("macos", true) == "podman-machine-bind");
  CHECK(storage_backend("windows", true) == "wsl-bind");
}
