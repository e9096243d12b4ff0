#include "cli/machine_hints.hpp"

#include <doctest/doctest.h>

using namespace sourceos::cli;

TEST_CASE("a refusal says what to type or to change") {
  LaunchAsked asked{.repo = "~/my app", .tool = "codex", .profile = "app", .file = {}, .image = "localhost/x:1"};
  CHECK(hint_for("tool-not-enabled", asked) ==
        "sourceosctl agent-machine init --repo '~/my app' --name NAME --enable-tool codex");
  asked.file = "$HOME/.config/sourceos/profiles/app.json";
  CHECK(hint_for("tool-not-enabled", asked).find(asked.file) != std::string::npos);
  CHECK(hint_for("no-tty", asked).find("--profile app") != std::string::npos);
  CHECK(hint_for("image-missing", asked).starts_with("podman build --tag localhost/x:1"));
  asked.image = "registry.example.org/x:1";
  CHECK(hint_for("image-missing", asked) == "podman pull registry.example.org/x:1");
  for (const char* reason : {"unlisted-mount", "home-wholesale", "path-missing", "governance-required",
                             "contract-invalid", "store-in-mount", "podman-missing", "path-syntax",
                             "secret-in-profile", "signature-absent", "schema", "malformed"}) {
    CHECK_MESSAGE(!hint_for(reason, asked).empty(), reason);
  }
  CHECK(hint_for("profile-invalid", asked) == "sourceosctl contracts validate FILE");
  CHECK(hint_for("profile-invalid", {.profile = "./p.json"}) == "sourceosctl contracts validate ./p.json");
  CHECK(hint_for("not-ready", {}).find("doctor") == std::string::npos);
  CHECK(hint_for("launch-mismatch", asked).find("containers.conf") != std::string::npos);
  CHECK(hint_for("a-reason-of-tomorrow", asked) ==
        "sourceosctl agent-machine doctor --profile app --repo '~/my app'");
  CHECK(hint_for("a-reason-of-tomorrow", {}) == "sourceosctl agent-machine doctor");
  CHECK(hint_for("unlisted-mount", {}) == "sourceosctl agent-machine init --repo DIR --name NAME");
}

TEST_CASE("a command with the home in quotes can be typed") {
  CHECK(typeable("mkdir -p '$HOME/my app' '$HOME/x'") == "mkdir -p \"$HOME\"'/my app' \"$HOME\"'/x'");
  CHECK(typeable("mkdir -p $HOME/app") == "mkdir -p $HOME/app");
}

TEST_CASE("a warning is told with its meaning, an unknown one as it is") {
  CHECK(explained("image-not-pinned").starts_with("image-not-pinned ("));
  CHECK(explained("repo-app: symlink-outside").starts_with("repo-app: symlink-outside ("));
  CHECK(explained("something") == "something");
}
