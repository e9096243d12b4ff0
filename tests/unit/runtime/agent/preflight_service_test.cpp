#include <doctest/doctest.h>

#include <filesystem>

#include "core/json/json.hpp"
#include "runtime/agent/preflight.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

namespace fs = std::filesystem;

using tests::AgentWorld;
using tests::check_of;

const std::string k_plist =
    "<plist version=\"1.0\"><dict><key>Label</key><string>org.sourceos.agent.sample</string>"
    "</dict></plist>";

class Mac : public AgentWorld {
 public:
  Mac() : AgentWorld("macos") { make_ready(); }
};

}  // namespace

TEST_CASE("R14: a missing log directory fails in preflight and is made by install") {
  AgentWorld world;
  world.make_ready();
  fs::remove_all(world.home() / ".local");
  CHECK(world.preflight().reason() == "log-dir-missing");
  CHECK(world.preflight({.assume_made = true}).passed());
}

TEST_CASE("a log that is a link, or lies behind one, is outside") {
  AgentWorld world;
  world.make_ready();
  const fs::path log = world.read().declaration.app_log;
  fs::create_symlink(world.home() / ".bashrc", log);
  CHECK(world.preflight().reason() == "log-path-outside");
  fs::remove(log);
  fs::remove_all(log.parent_path());
  fs::create_directories(world.home() / "elsewhere");
  fs::create_directory_symlink(world.home() / "elsewhere", log.parent_path());
  CHECK(world.preflight().reason() == "log-path-outside");
}

TEST_CASE("a log directory that is a file cannot be written") {
  AgentWorld world;
  world.make_ready();
  fs::remove_all(world.home() / ".local/state/sourceos/logs");
  world.fake.home.write(".local/state/sourceos/logs", "");
  CHECK(world.preflight().reason() == "log-dir-unwritable");
}

TEST_CASE("a log in a temporary directory has its own reason") {
  AgentWorld world;
  world.make_ready();
  world.document["logs"] = {{"app", "/var/tmp/sample.log"}};
  CHECK(check_of(world.preflight(), 14).reason == "log-dir-tmp");
}

TEST_CASE("R9: a disabled override fails with the command that enables") {
  Mac mac;
  mac.host().environment.domain_uid = 501;
  mac.overrides = "disabled services = {\n\t\"org.sourceos.agent.sample\" => disabled\n}\n";
  const Preflight preflight = mac.preflight();
  CHECK(preflight.reason() == "label-disabled");
  CHECK(check_of(preflight, 15).remediation == "launchctl enable gui/501/org.sourceos.agent.sample");
  CHECK(mac.preflight({.own_override = true}).passed());
}

TEST_CASE("R10: two plists with the label are named both") {
  Mac mac;
  mac.fake.home.write("Library/LaunchAgents/a.plist", k_plist);
  mac.fake.home.write("root/Library/LaunchDaemons/b.plist", k_plist);
  const Preflight preflight = mac.preflight();
  CHECK(preflight.reason() == "label-duplicate");
  CHECK(check_of(preflight, 16).detail.find("a.plist") != std::string::npos);
  CHECK(check_of(preflight, 16).detail.find("b.plist") != std::string::npos);
}

TEST_CASE("R11: an old system-wide plist is found by place and by label") {
  Mac mac;
  mac.fake.home.write("root/Library/LaunchAgents/old.plist", k_plist);
  CHECK(mac.preflight().reason() == "legacy-system-plist");
  Mac unreadable;
  unreadable.fake.home.write("root/Library/LaunchAgents/org.sourceos.agent.sample.plist", "garbage");
  CHECK(unreadable.preflight().reason() == "legacy-system-plist");
}

TEST_CASE("a unit of the same name in another place is a duplicate") {
  AgentWorld world;
  world.make_ready();
  world.fake.home.write("root/etc/systemd/user/sourceos-agent@sample.service", "[Service]\n");
  CHECK(world.preflight().reason() == "label-duplicate");
}

TEST_CASE("a loaded service whose file is gone is stale, one from another file a duplicate") {
  AgentWorld world;
  world.make_ready();
  world.unit_show = "LoadState=loaded\nActiveState=active\nFragmentPath=/gone/x.service\n";
  CHECK(world.preflight().reason() == "service-stale");
  const auto other = world.fake.home.write("other.service", "");
  world.unit_show = "LoadState=loaded\nActiveState=active\nFragmentPath=" + other.string() + "\n";
  CHECK(world.preflight().reason() == "label-duplicate");
}

TEST_CASE("a drop-in that restarts always fails the service lint") {
  AgentWorld world;
  world.make_ready();
  world.fake.home.write(".config/systemd/user/sourceos-agent@sample.service.d/x.conf",
                        "[Service]\nRestart=always\n");
  const Preflight preflight = world.preflight();
  CHECK(preflight.reason() == "service-lint");
  CHECK(tests::has_rule(preflight.policy_findings, "systemd-restart-always"));
}

TEST_CASE("the platform's linter has a say") {
  Mac mac;
  mac.lint_status = 1;
  CHECK(mac.preflight().reason() == "service-lint");
}

TEST_CASE("R13: a launcher with GNU syntax fails with its line") {
  Mac mac;
  for (const char* line : {"date -d now", "sed -i s/a/b/ x"}) {
    PreflightSetting setting;
    setting.launcher = std::string("#!/bin/sh\n") + line + "\n";
    const Preflight preflight = mac.preflight(setting);
    CHECK(preflight.reason() == "wrapper-lint");
    CHECK(check_of(preflight, 18).detail.starts_with("line 2:"));
  }
}

TEST_CASE("R15: a store path that is gone is found") {
  AgentWorld world;
  world.make_ready();
  world.document["runtime"] = "nix-app";
  world.document["command"] = {"/nix/store/abc-sample/bin/sample"};
  const Preflight preflight = world.preflight();
  CHECK_FALSE(preflight.passed());
  CHECK(tests::has_rule(preflight.policy_findings, "nix-store-target-missing"));
}

}  // namespace sourceos::runtime
