#include "runtime/agentplane/source.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/agentplane/scene.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using namespace sourceos::tests;

TEST_CASE("a profile is found as an entry or inside one") {
  const ExportSource source = run_scene().source();
  REQUIRE(source.document_of_type("AgentMachineProfile") != nullptr);
  CHECK(text_in(*source.document_of_type("AgentMachineProfile"), "name") == "linux-native");
  CHECK(source.document_of_type("AgentMachineFingerprint") != nullptr);
  CHECK(source.document_of_type("TerminalDoor") == nullptr);
}

TEST_CASE("an entry without a document says nothing") {
  Scene scene;
  scene.add("collected.json", "file");
  CHECK(scene.source().document_of_type("AgentMachineProfile") == nullptr);
  CHECK(scene.source().first("plan") == nullptr);
  CHECK(scene.source().of_kind("file").size() == 1);
}

TEST_CASE("commands are known by their words") {
  const ExportSource source = run_scene().source();
  CHECK(source.is_command("run"));
  CHECK_FALSE(source.is_command("shell"));
  CHECK(source.binary() == "sourceosctl");
}

TEST_CASE("hashes are of the canonical form") {
  CHECK(hash_of(json::Value{{"b", 1}, {"a", 2}}) == bundle::sha256(R"({"a":2,"b":1})").text());
  CHECK(short_hex("sha256:" + std::string(64, 'a')) == std::string(32, 'a'));
}
