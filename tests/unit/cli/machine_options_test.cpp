#include "cli/machine_options.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "core/json/json.hpp"
#include "tests/unit/cli/machine_scene.hpp"

using namespace sourceos;
using namespace sourceos::cli;
using tests::CommandScene;

TEST_CASE("without a word the host's own preset is the profile") {
  CommandScene scene;
  CHECK(chosen_profile(Options(), scene.context)->profile.name == "linux-native");
  scene.fake.host.environment.adapter = "macos";
  CHECK(chosen_profile(Options(), scene.context)->profile.name == "macos-podman");
}

TEST_CASE("the store of the call is never mounted") {
  CommandScene scene;
  scene.context.evidence = (scene.fake.home / "dev/r/ev").string();
  const runtime::DenySet deny = machine_deny_set(scene.context);
  CHECK(deny.find((scene.fake.home / "dev/r").string())->reason == "store-in-mount");
  CHECK_FALSE(deny.find((scene.fake.home / "dev/other").string()).has_value());
}

TEST_CASE("no tool is taken from a repository of the call") {
  tests::FakeHost fake;
  const auto tool = fake.home.write("dev/r/bin/podman", "#!/bin/sh\n");
  ::chmod(tool.c_str(), 0755);
  fake.host.environment.search_path = {tool.parent_path().string()};
  host::ToolFinder tools(fake.host.environment);
  StringConsole console;
  Context context{
      .host = fake.host, .tools = tools, .console = console, .version = "0", .program = "x"};
  CHECK(tools.find("podman").has_value());
  leave_out_tools_of(context, {(fake.home / "dev/r").string()});
  CHECK_FALSE(tools.find("podman").has_value());
  CHECK_FALSE(tools.skipped().empty());
}

TEST_CASE("a document is written whole") {
  tests::TemporaryDirectory dir;
  REQUIRE(write_document((dir / "x.json").string(), {{"a", 1}}, 0600).has_value());
  CHECK(json::Value::parse(tests::read_file(dir / "x.json"))["a"] == 1);
}
