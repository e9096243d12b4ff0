#include <doctest/doctest.h>

#include "runtime/agent/rules.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {

TEST_CASE("a unit is read with its drop-ins, a plist as a plist") {
  tests::AgentWorld world;
  const auto& home = world.fake.home;
  const RuleSetting setting = rule_setting(world.host(), nullptr);
  const auto unit = home.write("x.service", "[Service]\nRestart=no\n");
  home.write("x.service.d/a.conf", "[Service]\nRestart=always\n");
  auto findings = check_definition_file(unit, setting);
  REQUIRE(findings);
  CHECK(tests::has_rule(*findings, "systemd-restart-always"));
  CHECK(findings->front().path.filename() == "a.conf");

  const auto plist = home.write("x.plist", "<plist version=\"1.0\"><dict><key>KeepAlive</key>\n<true/></dict></plist>");
  findings = check_definition_file(plist, setting);
  REQUIRE(findings);
  CHECK(tests::has_rule(*findings, "launchd-keepalive-true"));
}

TEST_CASE("a plist that is cut, binary nonsense or huge is a finding and nothing worse") {
  tests::AgentWorld world;
  const RuleSetting setting = rule_setting(world.host(), nullptr);
  for (const std::string& text :
       {std::string("<plist><dict>"), std::string("bplist00\x01\x02\x03"), std::string(),
        std::string(3U << 20U, 'x'), std::string("<plist version=\"1.0\"><array/></plist>")}) {
    const auto findings = check_definition_file(world.fake.home.write("x.plist", text), setting);
    REQUIRE(findings);
    CHECK(tests::has_rule(*findings, "plist-unreadable"));
  }
}

TEST_CASE("other files are searched by pattern, comments are not") {
  const auto rules_in = [](std::string_view text) {
    return check_text(text, "/x/module.nix", {});
  };
  CHECK(tests::has_rule(rules_in("Restart = \"always\";"), "systemd-restart-always"));
  CHECK(tests::has_rule(rules_in("KeepAlive = true;"), "launchd-keepalive-true"));
  CHECK(tests::has_rule(rules_in("exec podman run \\\n  us-docker.pkg.dev/p/x:1"),
                        "direct-google-artifact-runtime"));
  CHECK(tests::has_rule(rules_in("log=/tmp/agent.log"), "tmp-product-log"));
  CHECK(tests::has_rule(rules_in("helper: docker-credential-gcloud"), "ambient-gcloud-helper"));
  CHECK(rules_in("# Restart=always\n// KeepAlive = true\n").empty());
  CHECK(rules_in("podman build -t localhost/x .\n").empty());
}

}  // namespace sourceos::runtime
