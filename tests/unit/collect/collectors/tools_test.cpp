#include "collect/collectors/builtin.hpp"
#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::collect;

TEST_CASE("versions are read from what tools print") {
  CollectFixture fixture("macos-restart-storm");
  const auto outcome = fixture.run(tools_collector(), {{"names", {"podman", "absent"}}});
  REQUIRE(outcome);
  const auto& tools = fixture.found.facts.tools;
  REQUIRE(tools.size() == 5);
  CHECK(tools[0].name == "podman");
  CHECK(tools[0].version == "5.2.1");
  CHECK(tools[1].version == "2.39.3");
  CHECK(tools[2].version == "2.24.9");
  CHECK(tools[3].version == "7.0.0");
  CHECK(tools[4].name == "absent");
  CHECK(tools[4].status == ToolStatus::missing);
  CHECK_FALSE(tools[4].version);
}

TEST_CASE("a tool that fails or prints no number is told apart from one that is missing") {
  CollectFixture fixture;
  fixture.fake.processes.answer = [](const host::ProcessRequest& request) {
    return request.argv[0] == "git"   ? tests::exited(0, "git of nobody knows\n")
           : request.argv[0] == "nix" ? tests::exited(1)
                                      : host::missing_program();
  };
  REQUIRE(fixture.run(tools_collector()));
  const auto& tools = fixture.found.facts.tools;
  REQUIRE(tools.size() == 4);
  CHECK(tools[0].status == ToolStatus::missing);
  CHECK(tools[1].status == ToolStatus::found);
  CHECK_FALSE(tools[1].version);
  CHECK(tools[2].status == ToolStatus::error);
  CHECK(tools[3].name == "systemctl");
}

TEST_CASE("a tool in home that stands before the system's is a finding") {
  CollectFixture fixture;
  for (const char* name : {"home-bin/podman", "usr-bin/podman"}) {
    const auto path = fixture.fake.home.write(name, "#!/bin/sh\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  host::Environment environment = fixture.fake.host.environment;
  environment.home = fixture.fake.home / "home-bin";
  environment.search_path = {(fixture.fake.home / "home-bin").string(),
                             (fixture.fake.home / "usr-bin").string()};
  host::ToolFinder finder(environment);
  const json::Value options = json::Value::object();
  const CollectContext context{.host = fixture.fake.host,
                               .tools = finder,
                               .options = options,
                               .scratch = {},
                               .directory = {}};
  ArtifactSink sink;
  REQUIRE(tools_collector().collect(context, sink));
  fixture.found = sink.take();
  CHECK(fixture.has_finding("tool-shadowed"));
  CHECK(fixture.found.facts.tools[0].tool);
}
