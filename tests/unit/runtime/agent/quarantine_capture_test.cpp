#include <doctest/doctest.h>

#include <filesystem>

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "tests/unit/runtime/agent/quarantine_world.hpp"

namespace sourceos::runtime {

using tests::QuarantineBench;

TEST_CASE("a running container is paused, looked at and committed before anything is stopped") {
  QuarantineBench bench;
  bench.install();
  bench.backend.services["sourceos-agent@sample.service"].active = true;
  bench.world.container = tests::exited(
      0, R"([{"Id":"cafe","State":{"Status":"running"},"HostConfig":{"AutoRemove":true}}])");
  const Quarantine& run = bench.run();
  const auto frozen = json::parse(tests::read_file(bench.directory() / "freeze.json"));
  REQUIRE(frozen);
  CHECK(frozen->at("paused") == true);
  CHECK(frozen->at("commit").at("ok") == true);
  CHECK(std::filesystem::exists(bench.directory() / "container-inspect.json"));
  CHECK(std::filesystem::exists(bench.directory() / "container-top.txt"));
  // The fake container never ends: that is said.
  CHECK(run.residual().size() == 1);
}

TEST_CASE("a container that an earlier quarantine left frozen is resumed, or it could not be stopped") {
  QuarantineBench bench;
  bench.install();
  bench.world.container = tests::exited(0, R"([{"Id":"cafe","State":{"Status":"paused"}}])");
  const Quarantine& run = bench.run();
  const auto& rows = bench.log.rows();
  const auto at = [&](std::string_view action) {
    return std::ranges::find(rows, action, &collect::ActionFacts::action) - rows.begin();
  };
  CHECK(at("resume-container") < at("stop"));
  CHECK(run.residual() == std::vector<std::string>{"container sample is paused"});
}

TEST_CASE("secrets in logs and auth files do not reach the directory") {
  QuarantineBench bench;
  bench.install();
  const std::string secret = "gh" "p_" + std::string("A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8");
  bench.world.fake.home.write(".local/state/sourceos/logs/sample.log", "login with " + secret + "\n");
  bench.world.fake.home.write(".docker/config.json", R"({"auths":{"r.example":{"auth":")" + secret + "\"}}}");
  (void)bench.run();
  for (const auto& entry : std::filesystem::directory_iterator(bench.directory())) {
    CHECK(tests::read_file(entry.path()).find(secret) == std::string::npos);
  }
  CHECK(tests::read_file(bench.directory() / "sample.log").find("login with") != std::string::npos);
  CHECK(tests::read_file(bench.directory() / "auth-redacted.json").find("r.example") != std::string::npos);
}

TEST_CASE("what the declaration does not want captured is said") {
  QuarantineBench bench;
  bench.world.document["quarantine"] = {{"captureLogs", false}, {"captureImageMetadata", false}};
  (void)bench.run();
  CHECK(bench.step(4).detail == "not captured by declaration");
  CHECK(bench.step(8).detail == "not captured by declaration");
}

}  // namespace sourceos::runtime
