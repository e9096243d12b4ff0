#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "runtime/agent/declaration.hpp"

namespace sourceos::runtime {
namespace {

DeclarationSetting linux_setting() {
  DeclarationSetting setting;
  setting.home = "/home/operator";
  setting.state_root = "/home/operator/.local/state/sourceos";
  setting.now = UtcTime::from_seconds(1'780'000'000);
  return setting;
}

DeclarationSetting macos_setting() {
  DeclarationSetting setting = linux_setting();
  setting.platform = Platform::macos;
  setting.home = "/Users/operator";
  return setting;
}

json::Value small() {
  return {{"schemaVersion", "sourceos.local-agent.v1"},
          {"name", "sample"},
          {"image", "localhost/sample/agent:1"}};
}

Result<ReadDeclaration> read(const json::Value& document,
                             const DeclarationSetting& setting = linux_setting()) {
  return parse_declaration(document.dump(), "/etc/sourceos/local-agents/sample.json", setting);
}

std::string message_of(const json::Value& document) {
  const auto result = read(document);
  REQUIRE_FALSE(result);
  CHECK(result.error().reason == "invalid-declaration");
  return result.error().message;
}

}  // namespace

TEST_CASE("a declaration of three fields gets every default") {
  const auto result = read(small());
  REQUIRE(result);
  const Declaration& d = result->declaration;
  CHECK(result->is_valid());
  CHECK(d.label == "org.sourceos.agent.sample");
  CHECK(d.container_name == "sample");
  CHECK(d.scope == AgentScope::user);
  CHECK_FALSE(d.connection.has_value());
  CHECK_FALSE(d.require_machine);
  CHECK(d.restarts_per_hour_max == 3);
  CHECK(d.app_log == "/home/operator/.local/state/sourceos/logs/sample.log");
  CHECK(d.stdout_log.empty());
  CHECK(d.authfile == "/home/operator/.config/containers/sourceos-empty-auth.json");
}

TEST_CASE("on macOS the machine and launchd's logs are defaults") {
  const auto result = read(small(), macos_setting());
  REQUIRE(result);
  CHECK(result->declaration.connection == "podman-machine-default");
  CHECK(result->declaration.require_machine);
  CHECK(result->declaration.stdout_log ==
        "/Users/operator/Library/Logs/SourceOS/sample.launchd.out.log");
}

TEST_CASE("an unknown field is an error that names it") {
  json::Value document = small();
  document["podman"] = {{"pul", "never"}};
  CHECK(message_of(document).find("'podman.pul'") != std::string::npos);
}

TEST_CASE("a value outside its list, of another type or past its bound is an error") {
  json::Value document = small();
  document["scope"] = "everyone";
  CHECK(message_of(document).find("'scope'") != std::string::npos);
  document = small();
  document["enable"] = "yes";
  CHECK(message_of(document).find("'enable'") != std::string::npos);
  document = small();
  document["lifecycle"] = {{"maxRestartsPerHour", 61}};
  CHECK(message_of(document).find("'lifecycle.maxRestartsPerHour'") != std::string::npos);
}

TEST_CASE("names with slashes, paths with dots and other variables are refused") {
  json::Value document = small();
  document["name"] = "../sample";
  CHECK(message_of(document).find("'name'") != std::string::npos);
  document = small();
  document["logs"] = {{"app", "$HOME/../other/x.log"}};
  CHECK(message_of(document).find("'logs.app'") != std::string::npos);
  document["logs"] = {{"app", "$XDG_STATE_HOME/x.log"}};
  CHECK(message_of(document).find("'logs.app'") != std::string::npos);
  document = small();
  document["containerName"] = "a b";
  CHECK(message_of(document).find("'containerName'") != std::string::npos);
  document = small();
  document["image"] = "--privileged";
  CHECK(message_of(document).find("'image'") != std::string::npos);
  document = small();
  document["command"] = {"/bin/x", "a\nb"};
  CHECK(message_of(document).find("'command'") != std::string::npos);
}

TEST_CASE("what is no JSON object is an error") {
  for (const char* text : {"", "[]", "{", "\"x\"", "{\"name\":\"a\",\"name\":\"a\"}"}) {
    const auto result = parse_declaration(text, "x.json", linux_setting());
    REQUIRE_FALSE(result);
    CHECK(result.error().reason == "invalid-declaration");
  }
}

TEST_CASE("the grouped shape loads to the same as the plain one") {
  json::Value grouped = {{"schemaVersion", "sourceos.local-agent.v1"},
                         {"name", "sample"},
                         {"container",
                          {{"name", "sample-box"},
                           {"runtimeImage", "localhost/sample/agent:1"},
                           {"sourceImage", "registry.example/sample:1"},
                           {"pullPolicy", "never"}}},
                         {"logs", {{"directory", "$HOME/Library/Logs/Sample"}, {"app", "sample.log"}}},
                         {"macos", {{"launchd", {{"runAtLoad", false}, {"keepAlive", false}}}}},
                         {"linux",
                          {{"restart", "on-failure"},
                           {"restartSec", 7},
                           {"startLimitIntervalSec", 1800},
                           {"startLimitBurst", 4}}}};
  const auto result = read(grouped);
  REQUIRE(result);
  const Declaration& d = result->declaration;
  CHECK(d.container_name == "sample-box");
  CHECK(d.image == "localhost/sample/agent:1");
  CHECK(d.source_image == "registry.example/sample:1");
  CHECK(d.app_log == "/home/operator/Library/Logs/Sample/sample.log");
  CHECK(d.stderr_log == "/home/operator/Library/Logs/Sample/sample.err.log");
  CHECK_FALSE(d.run_at_load);
  CHECK(d.restart == RestartPolicy::bounded);
  CHECK(d.restarts_per_hour_max == 4);
  CHECK(d.restart_delay_s == 7);
  CHECK(d.restart_interval_s == 1800);
}

TEST_CASE("a record of both shapes is an error") {
  json::Value document = small();
  document["container"] = {{"runtimeImage", "localhost/other:1"}};
  CHECK(message_of(document).find("both input shapes") != std::string::npos);
}

TEST_CASE("a waiver that is expired or says nothing counts as absent") {
  json::Value document = small();
  document["waivers"] = {
      {{"ruleId", "a"}, {"justification", "why"}, {"approvedBy", "x"}, {"expiresAt", "2100-01-01"}},
      {{"ruleId", "b"}, {"justification", "why"}, {"approvedBy", "x"}, {"expiresAt", "2020-01-01T00:00:00Z"}},
      {{"ruleId", "c"}, {"justification", " "}, {"approvedBy", "x"}, {"expiresAt", "2100-01-01"}}};
  const auto result = read(document);
  REQUIRE(result);
  CHECK(result->declaration.waiver("a") != nullptr);
  CHECK(result->declaration.waiver("b") == nullptr);
  CHECK(result->declaration.waiver("c") == nullptr);
}

TEST_CASE("what lies below a home in a temporary directory is judged by its place in that home") {
  DeclarationSetting setting = linux_setting();
  CHECK(is_temporary_path("/tmp/x.log", setting));
  CHECK(is_temporary_path("/private/tmp/x.log", setting));
  CHECK_FALSE(is_temporary_path("/tmpfiles/x.log", setting));
  setting.home = "/tmp/scratch/home";
  CHECK_FALSE(is_temporary_path("/tmp/scratch/home/x.log", setting));
  CHECK(is_temporary_path("/tmp/x.log", setting));
  setting.temporary_directory = "/tmp/scratch/home/tmp";
  CHECK(is_temporary_path("/tmp/scratch/home/tmp/x.log", setting));
}

}  // namespace sourceos::runtime
