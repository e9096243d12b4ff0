#include "runtime/agent/rule_commands.hpp"

#include <doctest/doctest.h>

namespace sourceos::runtime {

TEST_CASE("the image of a run command is found behind its options") {
  CHECK(run_image({"podman", "--connection", "c", "run", "--rm", "--name", "x", "localhost/i:1", "cmd"}) ==
        "localhost/i:1");
  CHECK(run_image({"docker", "container", "run", "-e", "A=b", "img"}) == "img");
  CHECK(run_image({"podman", "info"}).empty());
  CHECK(run_image({}).empty());
}

TEST_CASE("Google's registries are known by their host") {
  CHECK(is_google_image("us-central1-docker.pkg.dev/p/x:1"));
  CHECK(is_google_image("gcr.io/p/x"));
  CHECK(is_google_image("eu.gcr.io/p/x"));
  CHECK_FALSE(is_google_image("localhost/gcr.io/x"));
  CHECK_FALSE(is_google_image("notgcr.io/x"));
  CHECK_FALSE(is_google_image("gcr.io"));
}

TEST_CASE("a container tool in a shell string is found, a shell without one is only a shell") {
  const auto rules_of = [](std::vector<std::string> argv) {
    std::vector<std::string> ids;
    for (const PolicyFinding& finding : check_command({std::move(argv), "/x", 0, false}, {})) {
      ids.push_back(finding.rule_id);
    }
    return ids;
  };
  CHECK(rules_of({"/bin/sh", "-c", "cd / && podman run localhost/x:1 >/tmp/x.log"}) ==
        std::vector<std::string>{"raw-shell-launch-wrapper", "tmp-product-log",
                                 "raw-podman-run-persistence"});
  CHECK(rules_of({"/bin/bash", "-lc", "true"}) ==
        std::vector<std::string>{"raw-shell-launch-wrapper"});
  CHECK(rules_of({"/bin/sh", "/script"}).empty());
  CHECK(rules_of({}).empty());
}

}  // namespace sourceos::runtime
