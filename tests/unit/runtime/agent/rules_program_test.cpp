#include <doctest/doctest.h>

#include "runtime/agent/launcher.hpp"
#include "runtime/agent/rules.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

using tests::AgentWorld;
using tests::has_rule;

constexpr const char* k_script =
    "#!/bin/sh\n# pulls, and asks the host's helper for it\n"
    "exec podman run --rm \\\n  us-central1-docker.pkg.dev/p/r/x:1 serve >>/tmp/x.log 2>&1\n";

std::vector<PolicyFinding> check(AgentWorld& world, const std::string& definition, const std::string& text) {
  (void)world.fake.home.write(definition, text);
  return check_program_of(world.home() / definition, world.host(), rule_setting(world.host(), nullptr));
}

std::string plist_of(const std::string& arguments) {
  return "<plist><dict><key>Label</key><string>x</string><key>ProgramArguments</key><array>" + arguments +
         "</array></dict></plist>";
}

}  // namespace

TEST_CASE("the script behind a plist is looked at as a part of the service") {
  AgentWorld world("macos");
  (void)world.fake.home.write("root/nix/store/0-x/bin/x", k_script);
  (void)world.fake.home.write(".docker/config.json", R"({"credHelpers":{"us-central1-docker.pkg.dev":"gcloud"}})");
  for (const char* arguments : {"<string>/nix/store/0-x/bin/x</string>",
                                "<string>/bin/sh</string><string>/nix/store/0-x/bin/x</string>"}) {
    const auto findings = check(world, "x.plist", plist_of(arguments));
    CHECK(has_rule(findings, "direct-google-artifact-runtime"));
    CHECK(has_rule(findings, "raw-podman-run-persistence"));
    CHECK(has_rule(findings, "ambient-gcloud-helper"));
    CHECK(has_rule(findings, "tmp-product-log"));
    CHECK(findings.front().path == "/nix/store/0-x/bin/x");
    CHECK(findings.front().line == 3);
  }
}

TEST_CASE("the script behind a unit is found below the home, whatever stands before its path") {
  AgentWorld world;
  (void)world.fake.home.write("bin/x", "#!/bin/sh\npodman run registry.example/x:1\n");
  const std::string program = (world.home() / "bin/x").string();
  const auto findings = check(world, "x.service", "[Service]\nExecStart=-@" + program + " a\n");
  CHECK(has_rule(findings, "direct-registry-runtime"));
  CHECK_FALSE(has_rule(findings, "ambient-gcloud-helper"));
}

TEST_CASE("with an authfile of its own a remote image needs no helper") {
  AgentWorld world;
  (void)world.fake.home.write(".docker/config.json", R"({"credsStore":"desktop"})");
  (void)world.fake.home.write("bin/x", "#!/bin/sh\npodman run --authfile=/a registry.example/x:1\n");
  const auto findings = check(world, "x.service", "[Service]\nExecStart=" + (world.home() / "bin/x").string() + "\n");
  CHECK(has_rule(findings, "direct-registry-runtime"));
  CHECK_FALSE(has_rule(findings, "ambient-gcloud-helper"));
}

TEST_CASE("our launcher, a binary, a program that is gone and other files say nothing") {
  AgentWorld world;
  const auto unit = [&](const std::string& program) { return "[Service]\nExecStart=" + program + "\n"; };
  (void)world.fake.home.write("bin/ours", "#!/bin/sh\n" + std::string(k_launcher_mark) + "\npodman run r.example/x:1\n");
  (void)world.fake.home.write("bin/binary", std::string("#!\0podman run r.example/x:1", 27));
  for (const std::string& program : {(world.home() / "bin/ours").string(), (world.home() / "bin/binary").string(),
                                     (world.home() / "bin/gone").string(), std::string("podman")}) {
    CHECK(check(world, "x.service", unit(program)).empty());
  }
  CHECK(check(world, "x.service", "").empty());
  CHECK(check(world, "x.plist", "<plist/>").empty());
  CHECK(check(world, "x.timer", "[Timer]\n").empty());
}

}  // namespace sourceos::runtime
