#include <doctest/doctest.h>

#include <fmt/format.h>

#include "host/tools/plist.hpp"
#include "runtime/agent/rules.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

RuleSetting setting() {
  RuleSetting rules;
  rules.place.home = "/Users/operator";
  rules.is_bounded_launcher = [](const std::string& program) { return program == "/bounded/launch"; };
  rules.exists = [](const std::string& path) { return path.find("gone") == std::string::npos; };
  rules.has_helpers = [](const std::string& path) { return path == "/Users/operator/.docker"; };
  return rules;
}

std::vector<PolicyFinding> check(const std::string& body, const RuleSetting& rules = setting(),
                                 const std::string& path =
                                     "/Users/operator/Library/LaunchAgents/x.plist") {
  const std::string text = "<?xml version=\"1.0\"?>\n<plist version=\"1.0\">\n<dict>\n" +
                           std::string("<key>Label</key><string>org.example.x</string>\n") + body +
                           "\n</dict>\n</plist>\n";
  const auto plist = host::parse_plist(text);
  REQUIRE(plist);
  return check_plist(*plist, text, path, rules);
}

std::string program(const std::string& word) {
  return fmt::format("<key>ProgramArguments</key><array><string>{}</string></array>", word);
}

bool flags(const std::string& body, std::string_view rule) {
  return tests::has_rule(check(body), rule);
}

}  // namespace

TEST_CASE("a plain job with a program has no finding") {
  CHECK(check(program("/usr/local/bin/x")).empty());
}

TEST_CASE("launchd-root-user-agent: for every user, but not in a home and not Apple's") {
  const auto findings = check(program("/bin/x"), setting(), "/Library/LaunchAgents/x.plist");
  CHECK(tests::has_rule(findings, "launchd-root-user-agent"));
  CHECK_FALSE(flags(program("/bin/x"), "launchd-root-user-agent"));
  CHECK_FALSE(tests::has_rule(check(program("/bin/x"), setting(), "/Library/LaunchDaemons/x.plist"),
                              "launchd-root-user-agent"));
}

TEST_CASE("launchd-keepalive-true: true, unsafe dictionaries, any dictionary without the launcher") {
  constexpr std::string_view rule = "launchd-keepalive-true";
  CHECK(flags("<key>KeepAlive</key>\n\n<true/>", rule));
  CHECK(flags("<key>OnDemand</key><false/>", rule));
  CHECK(flags("<key>KeepAlive</key><dict><key>SuccessfulExit</key><true/></dict>", rule));
  CHECK(flags("<key>KeepAlive</key><dict><key>PathState</key><dict/></dict>", rule));
  const std::string bounded = "<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>";
  CHECK(flags(bounded + program("/bin/x"), rule));
  CHECK_FALSE(flags(bounded + program("/bounded/launch"), rule));
  CHECK_FALSE(flags("<key>KeepAlive</key><false/>", rule));
}

TEST_CASE("a waiver makes a waivable rule medium, and no other") {
  Declaration d;
  d.waivers = {{"launchd-keepalive-true", "w", "a", "", true}, {"tmp-product-log", "w", "a", "", true}};
  RuleSetting rules = setting();
  rules.declaration = &d;
  rules.managed = true;
  const auto findings = check(
      "<key>KeepAlive</key><true/><key>StandardOutPath</key><string>/tmp/x.log</string>", rules);
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].severity == Severity::medium);
  CHECK(findings[0].waived);
  CHECK(findings[1].severity == Severity::high);
}

TEST_CASE("tmp-product-log: medium in a scanned file, with its line") {
  const auto findings = check("<key>StandardErrorPath</key>\n<string>/private/tmp/x.log</string>");
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].rule_id == "tmp-product-log");
  CHECK(findings[0].severity == Severity::medium);
  CHECK(findings[0].line == 5);
  CHECK_FALSE(flags("<key>StandardErrorPath</key><string>/Users/operator/Library/Logs/x.log</string>",
                    "tmp-product-log"));
}

TEST_CASE("launchd-repeat-trigger: short intervals, watched paths, mounts") {
  constexpr std::string_view rule = "launchd-repeat-trigger";
  CHECK(flags("<key>StartInterval</key><integer>59</integer>", rule));
  CHECK_FALSE(flags("<key>StartInterval</key><integer>60</integer>", rule));
  CHECK(flags("<key>WatchPaths</key><array><string>/x</string></array>", rule));
  CHECK(flags("<key>QueueDirectories</key><array><string>/x</string></array>", rule));
  CHECK(flags("<key>StartOnMount</key><true/>", rule));
  CHECK_FALSE(flags("<key>StartOnMount</key><false/>", rule));
}

TEST_CASE("a shell string with podman run and a Google image has three findings") {
  const auto findings = check(
      "<key>KeepAlive</key><true/><key>ProgramArguments</key><array><string>/bin/sh</string>"
      "<string>-c</string><string>podman run --name x us-central1-docker.pkg.dev/p/x:1</string></array>");
  CHECK(tests::has_rule(findings, "raw-shell-launch-wrapper"));
  CHECK(tests::has_rule(findings, "raw-podman-run-persistence"));
  CHECK(tests::has_rule(findings, "direct-google-artifact-runtime"));
  for (const PolicyFinding& finding : findings) {
    if (finding.rule_id == "raw-podman-run-persistence") {
      CHECK(finding.severity == Severity::high);
    }
  }
}

TEST_CASE("store paths are opaque, and missing when they are gone") {
  CHECK(flags(program("/nix/store/abc-x/bin/x"), "opaque-nix-store-target"));
  CHECK_FALSE(flags(program("/nix/store/abc-x/bin/x"), "nix-store-target-missing"));
  CHECK(flags(program("/nix/store/gone-x/bin/x"), "nix-store-target-missing"));
}

TEST_CASE("helpers in the environment of a service are found") {
  const auto variables = [](const char* name, const char* value) {
    return fmt::format("<key>EnvironmentVariables</key><dict><key>{}</key><string>{}</string></dict>",
                       name, value);
  };
  CHECK(flags(variables("DOCKER_CONFIG", "/Users/operator/.docker"), "interactive-helper-in-service"));
  CHECK_FALSE(flags(variables("DOCKER_CONFIG", "/empty"), "interactive-helper-in-service"));
  CHECK(flags(variables("X", "docker-credential-gcloud"), "ambient-gcloud-helper"));
}

}  // namespace sourceos::runtime
