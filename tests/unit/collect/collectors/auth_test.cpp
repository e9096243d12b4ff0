#include "collect/collectors/builtin.hpp"
#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::collect;

namespace {

// Spelled in pieces: nothing here looks like a credential to a scanner.
const std::string k_encoded = std::string("b3BlcmF0b3I6") + "bm90LXJlYWw=";

const json::Value& row_of(const json::Value& document, const std::string& end) {
  for (const json::Value& row : document["files"]) {
    if (row["path"].get<std::string>().ends_with(end)) {
      return row;
    }
  }
  FAIL("no row for " << end);
  return document;
}

}  // namespace

TEST_CASE("hosts and helpers are told, no value of any other kind is") {
  CollectFixture fixture;
  fixture.fake.home.write(
      ".docker/config.json",
      R"({"auths":{"registry.example":{"auth":")" + k_encoded +
          R"(","email":"me@mail.example"},"empty.example":{}},"credHelpers":{"gcr.example":"gcloud"},)"
          R"("credsStore":"osxkeychain","HttpHeaders":{"X-Demo":")" +
          k_encoded + R"("}})");
  std::filesystem::permissions(fixture.fake.home / ".docker/config.json",
                               std::filesystem::perms(0600));
  const auto outcome = fixture.run(auth_collector());
  REQUIRE(outcome);
  CHECK(outcome->state == CollectorState::ok);
  const std::string text = fixture.text({"auth", "auth.json"});
  CHECK(text.find(k_encoded) == std::string::npos);
  CHECK(text.find("mail.example") == std::string::npos);
  const json::Value document = fixture.json_at({"auth", "auth.json"});
  const json::Value& row = row_of(document, ".docker/config.json");
  CHECK(row["mode"] == "0600");
  CHECK(row["verdict"] == "credentials");
  CHECK(row["size"].is_null());
  CHECK(row["hosts"][1]["host"] == "registry.example");
  CHECK(row["hosts"][1]["fields"] == json::Value({"auth", "email"}));
  CHECK(row["credHelpers"][0]["helper"] == "gcloud");
  CHECK(row["credsStore"] == "osxkeychain");
  CHECK(row["otherKeys"] == json::Value({"HttpHeaders"}));
  CHECK(row_of(document, "containers/auth.json")["verdict"] == "absent");

  CHECK(fixture.found.facts.auth_looked_at);
  REQUIRE(fixture.found.facts.auth.size() == 1);
  CHECK(fixture.found.facts.auth[0].helpers[0].host == "gcr.example");
  CHECK(fixture.find({"auth", "auth.json"})->kind == EntryKind::auth_redacted);
  CHECK_FALSE(fixture.find({"auth", "auth.json"})->source);
  REQUIRE(fixture.found.lessons.size() == 1);
  CHECK(fixture.found.lessons[0].teacher == Teacher::operator_source);
  CHECK(fixture.found.lessons[0].hint == ContentHint::docker_auth);
}

TEST_CASE("a file that does not parse is told with its size only") {
  CollectFixture fixture;
  fixture.fake.home.write("auth.json", "not JSON");
  REQUIRE(fixture.run(auth_collector(), {{"paths", {"auth.json"}}, {"ambient", false}}));
  const json::Value document = fixture.json_at({"auth", "auth.json"});
  REQUIRE(document["files"].size() == 1);
  CHECK(document["files"][0]["verdict"] == "unparsable");
  CHECK(document["files"][0]["size"] == 8);
}

TEST_CASE("a linked auth file is not read") {
  CollectFixture fixture;
  fixture.fake.home.write("real.json", R"({"auths":{}})");
  std::filesystem::create_symlink("real.json", fixture.fake.home / "auth.json");
  REQUIRE(fixture.run(auth_collector(), {{"paths", {"auth.json"}}, {"ambient", false}}));
  CHECK(fixture.json_at({"auth", "auth.json"})["files"][0]["verdict"] == "unreadable");
  CHECK(fixture.found.lessons.empty());
}

TEST_CASE("files that variables name are looked at, each once") {
  CollectFixture fixture;
  auto& variables = fixture.fake.host.environment.variables;
  variables.emplace_back("DOCKER_CONFIG", (fixture.fake.home / ".docker").string());
  variables.emplace_back("XDG_RUNTIME_DIR", (fixture.fake.home / "run").string());
  variables.emplace_back("REGISTRY_AUTH_FILE", (fixture.fake.home / "named.json").string());
  fixture.fake.home.write("named.json", R"({"auths":{}})");
  REQUIRE(fixture.run(auth_collector()));
  const json::Value document = fixture.json_at({"auth", "auth.json"});
  CHECK(document["files"].size() == 4);
  CHECK(row_of(document, "named.json")["verdict"] == "empty");
  CHECK(row_of(document, "run/containers/auth.json")["verdict"] == "absent");
}
