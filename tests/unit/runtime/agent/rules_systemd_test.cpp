#include <doctest/doctest.h>

#include "runtime/agent/rules.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

std::vector<PolicyFinding> check(const std::string& text) {
  RuleSetting setting;
  setting.place.home = "/home/operator";
  setting.exists = [](const std::string&) { return false; };
  setting.has_helpers = [](const std::string&) { return true; };
  UnitFile unit;
  unit.add(text, "/u/x.service");
  return check_unit(unit, "/u/x.service", setting);
}

bool flags(const std::string& text, std::string_view rule) {
  return tests::has_rule(check(text), rule);
}

const std::string k_limits = "[Unit]\nStartLimitIntervalSec=3600\nStartLimitBurst=3\n";

}  // namespace

TEST_CASE("a bounded service has no finding") {
  CHECK(check(k_limits + "[Service]\nExecStart=/bin/x\nRestart=on-failure\nRestartSec=5\n").empty());
  CHECK(check("[Service]\nExecStart=/bin/x\n").empty());
  CHECK(check("[Service]\nExecStart=/bin/x\nRestart=no\n").empty());
}

TEST_CASE("systemd-restart-always: the last assignment counts") {
  CHECK(flags(k_limits + "[Service]\nRestart=no\nRestart=always\n", "systemd-restart-always"));
  CHECK_FALSE(flags(k_limits + "[Service]\nRestart=always\nRestart=no\n", "systemd-restart-always"));
  CHECK_FALSE(flags(k_limits + "[Service]\nRestart=always\nRestart=\n", "systemd-restart-always"));
}

TEST_CASE("systemd-unbounded-restart: limits that are missing, zero, or never reached") {
  constexpr std::string_view rule = "systemd-unbounded-restart";
  const std::string service = "[Service]\nRestart=on-failure\nRestartSec=5\n";
  CHECK(flags(service, rule));
  CHECK(flags("[Unit]\nStartLimitBurst=3\n" + service, rule));
  CHECK(flags("[Unit]\nStartLimitBurst=0\nStartLimitIntervalSec=60\n" + service, rule));
  CHECK(flags("[Unit]\nStartLimitBurst=3\nStartLimitIntervalSec=0\n" + service, rule));
  CHECK(flags("[Unit]\nStartLimitBurst=3\nStartLimitIntervalSec=10\n" + service, rule));
  CHECK_FALSE(flags(k_limits + service, rule));
}

TEST_CASE("systemd-startlimit-section: in [Service] it is ignored") {
  CHECK(flags("[Service]\nStartLimitIntervalSec=60\n", "systemd-startlimit-section"));
  CHECK_FALSE(flags(k_limits, "systemd-startlimit-section"));
}

TEST_CASE("systemd-repeat-trigger: Upholds, pointing back, short timers") {
  constexpr std::string_view rule = "systemd-repeat-trigger";
  CHECK(flags("[Unit]\nUpholds=y.service\n", rule));
  CHECK(flags("[Install]\nUpheldBy=y.service\n", rule));
  CHECK(flags("[Unit]\nOnFailure=x.service\n", rule));
  CHECK(flags("[Unit]\nOnSuccess=%n\n", rule));
  CHECK_FALSE(flags("[Unit]\nOnFailure=mail.service\n", rule));
  const auto timer = [](const std::string& text) {
    UnitFile unit;
    unit.add("[Timer]\n" + text, "/u/x.timer");
    return !check_timer(unit, "/u/x.timer", {}).empty();
  };
  CHECK(timer("OnUnitActiveSec=59\n"));
  CHECK_FALSE(timer("OnUnitActiveSec=1min\n"));
  CHECK(timer("OnCalendar=*:*:0/10\n"));
  CHECK_FALSE(timer("OnCalendar=*-*-* 03:00:00\n"));
}

TEST_CASE("commands, logs and variables of a unit are looked at") {
  CHECK(flags("[Service]\nExecStart=-/usr/bin/podman run localhost/x:1\n", "raw-podman-run-persistence"));
  CHECK_FALSE(flags("[Service]\nExecStart=/usr/bin/podman info\n", "raw-podman-run-persistence"));
  CHECK(flags("[Service]\nExecStart=podman run -e A=1 docker.io/library/x:1\n", "direct-registry-runtime"));
  CHECK_FALSE(flags("[Service]\nExecStart=podman run -v /a:/b localhost/x:1\n", "direct-registry-runtime"));
  CHECK(flags("[Service]\nStandardOutput=append:/tmp/x.log\n", "tmp-product-log"));
  CHECK_FALSE(flags("[Service]\nStandardOutput=journal\n", "tmp-product-log"));
  CHECK(flags("[Service]\nEnvironment=\"REGISTRY_AUTH_FILE=/x\"\n", "interactive-helper-in-service"));
  CHECK(flags("[Service]\nExecStart=/nix/store/a-b/bin/x\n", "nix-store-target-missing"));
  CHECK(flags("[Service]\nExecStart=bash -c 'x'\n", "raw-shell-launch-wrapper"));
  CHECK(flags("[Container]\nImage=gcr.io/p/x:1\n", "direct-google-artifact-runtime"));
}

}  // namespace sourceos::runtime
