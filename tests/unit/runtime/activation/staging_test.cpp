#include "runtime/activation/staging.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "tests/unit/runtime/activation/activation_world.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

namespace {

std::filesystem::path staged(tests::ActivationWorld& world) {
  const auto report = world.activate();
  REQUIRE(report);
  return report->agents.at(0).staging;
}

}  // namespace

TEST_CASE("a failed preflight leaves both managers' files, reports and what to type") {
  tests::ActivationWorld world;
  world.image_exists = 1;
  world.options.declarations_argument = "--declaration sample.json";
  const auto directory = staged(world);
  REQUIRE_FALSE(directory.empty());
  for (const char* file : {"bin/sample-launch", "launchd/org.sourceos.agent.sample.plist",
                           "systemd-user/sourceos-agent@sample.service", "agent.json",
                           "preflight.json", "lint.json", "REMEDIATION.md", "manifest.json"}) {
    CHECK_MESSAGE(std::filesystem::exists(directory / file), file);
  }
  const std::string text = tests::read_file(directory / "REMEDIATION.md");
  CHECK(text.find("local-image") != std::string::npos);
  CHECK(text.find("image-missing") != std::string::npos);
  CHECK(text.find("sourceos-agent activate --declaration sample.json") != std::string::npos);
}

TEST_CASE("the manifest has the digest of every file") {
  tests::ActivationWorld world;
  world.options.stage_only = true;
  const auto directory = staged(world);
  const json::Value manifest = json::Value::parse(tests::read_file(directory / "manifest.json"));
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    files += entry.is_regular_file() ? 1U : 0U;
  }
  CHECK(manifest.at("files").size() == files - 1);
  for (const json::Value& file : manifest.at("files")) {
    const std::string bytes = tests::read_file(directory / file.at("path").get<std::string>());
    CHECK(bundle::sha256(bytes).hex() == file.at("sha256"));
  }
}

TEST_CASE("a second staging within a second has a directory of its own") {
  tests::ActivationWorld world;
  world.options.stage_only = true;
  const auto first = staged(world);
  const auto second = staged(world);
  CHECK(first != second);
  CHECK(second.string() == first.string() + "-1");
}

TEST_CASE("a place where nothing can be written is a failure that is told") {
  tests::ActivationWorld world;
  world.options.stage_only = true;
  world.options.staging_root = world.fake.home.write("a-file", "") / "below";
  const auto report = world.activate();
  REQUIRE(report);
  CHECK(report->agents.at(0).result == AgentResult::failed);
  CHECK(report->agents.at(0).reason == "staging-failed");
}

TEST_CASE("what a rollback could not undo stands in the text, in order") {
  tests::ActivationWorld world;
  UndoReport undo;
  undo.actions = {{.undo = Undo::stop, .done = false, .command = "stop it"},
                  {.undo = Undo::disable, .done = true, .command = "done already"},
                  {.undo = Undo::remove_file, .done = false, .command = "remove it"}};
  const std::string text = remediation_text(world.site(), {}, undo, "go on");
  CHECK(text.find("stop it") < text.find("remove it"));
  CHECK(text.find("done already") == std::string::npos);
  CHECK(text.find("go on") != std::string::npos);
}
