#include "runtime/agent/catalog.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

namespace fs = std::filesystem;

std::string declaration(const char* name) {
  const json::Value document = {{"schemaVersion", "sourceos.local-agent.v1"},
                                {"name", name},
                                {"image", "localhost/sample/agent:1"}};
  return document.dump();
}

}  // namespace

TEST_CASE("declarations are found in all places, and a file only once") {
  tests::AgentWorld world;
  const fs::path one = world.fake.home.write(".config/sourceos/local-agents/one.json", declaration("one"));
  world.fake.home.write("more/two.json", declaration("two"));
  world.fake.home.write("more/notes.txt", "none");
  world.fake.home.write("root/etc/sourceos/local-agents/three.json", declaration("three"));
  world.host().environment.variables.emplace_back("SOURCEOS_AGENT_PATH",
                                                  (world.home() / "more").string());
  const auto catalog = read_catalog(world.host(), {one});
  REQUIRE(catalog);
  std::vector<std::string> names;
  for (const ReadDeclaration& each : catalog->agents) {
    names.push_back(each.declaration.name);
  }
  CHECK(names == std::vector<std::string>{"one", "three", "two"});
}

TEST_CASE("two declarations with one name are an error that names both files, and hide no other") {
  tests::AgentWorld world;
  world.fake.home.write(".config/sourceos/local-agents/a.json", declaration("twin"));
  world.fake.home.write(".config/sourceos/local-agents/b.json", declaration("twin"));
  world.fake.home.write(".config/sourceos/local-agents/c.json", declaration("fine"));
  const auto catalog = read_catalog(world.host(), {});
  REQUIRE(catalog);
  const auto found = catalog->find("twin");
  REQUIRE_FALSE(found);
  CHECK(found.error().reason == "declaration-duplicate");
  CHECK(found.error().message.find("a.json") != std::string::npos);
  CHECK(found.error().message.find("b.json") != std::string::npos);
  CHECK(catalog->find("fine"));
}

TEST_CASE("an unknown name is a usage error that lists the known ones") {
  tests::AgentWorld world;
  world.fake.home.write(".config/sourceos/local-agents/a.json", declaration("known-one"));
  const auto catalog = read_catalog(world.host(), {});
  const auto found = catalog.value().find("../x");
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == ErrorKind::usage);
  CHECK(found.error().reason == "unknown-agent");
  CHECK(found.error().message.find("known-one") != std::string::npos);
}

TEST_CASE("a broken file does not hide the others, and its own name gives its error") {
  tests::AgentWorld world;
  world.fake.home.write(".config/sourceos/local-agents/a.json", declaration("fine"));
  world.fake.home.write(".config/sourceos/local-agents/b.json",
                        R"({"schemaVersion":"sourceos.local-agent.v1","name":"odd","colour":1})");
  const auto catalog = read_catalog(world.host(), {});
  REQUIRE(catalog);
  CHECK(catalog->find("fine"));
  const auto odd = catalog->find("odd");
  REQUIRE_FALSE(odd);
  CHECK(odd.error().reason == "invalid-declaration");
}

TEST_CASE("a declaration that others can write is refused") {
  tests::AgentWorld world;
  const fs::path file = world.fake.home.write("open/a.json", declaration("a"));
  fs::permissions(file, fs::perms(0666));
  const auto catalog = read_catalog(world.host(), {file});
  REQUIRE_FALSE(catalog);
  CHECK(catalog.error().reason == "declaration-permissions");
  CHECK(catalog.error().next == "chmod go-w " + file.string());
}

TEST_CASE("a named file that is not there is a missing input") {
  tests::AgentWorld world;
  const auto catalog = read_catalog(world.host(), {world.home() / "none.json"});
  REQUIRE_FALSE(catalog);
  CHECK(catalog.error().kind == ErrorKind::not_found);
}

}  // namespace sourceos::runtime
