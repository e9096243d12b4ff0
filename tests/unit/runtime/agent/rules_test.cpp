#include "runtime/agent/rules.hpp"

#include <doctest/doctest.h>

#include <set>

#include "core/json/json.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {

TEST_CASE("rule ids are unique and the set has a digest") {
  std::set<std::string_view> ids;
  for (const RuleInfo& rule : rules()) {
    CHECK(ids.insert(rule.id).second);
  }
  CHECK(ids.size() >= 20);
  CHECK(ruleset_hash().starts_with("sha256:"));
}

TEST_CASE("excessive-run-count: above the bound of the hours, and never below ten") {
  CHECK_FALSE(check_run_count(10, 3, 1, "x").has_value());
  CHECK(check_run_count(11, 3, 1, "x").has_value());
  CHECK_FALSE(check_run_count(30, 3, 10, "x").has_value());
  CHECK(check_run_count(31, 3, 10, "x").has_value());
}

TEST_CASE("a finding is written with its excerpt redacted") {
  const PolicyFinding finding = make_finding("service-stale", "/x", {}, "gone", 0, "token abc");
  const json::Value row = as_json(finding, [](std::string_view text) {
    return text == "token abc" ? std::string("token MASKED") : std::string(text);
  });
  CHECK(row.at("ruleId") == "service-stale");
  CHECK(row.at("severity") == "high");
  CHECK(row.at("line").is_null());
  CHECK(row.at("excerptRedacted") == "token MASKED");
}

TEST_CASE("a bounded launcher is known by its mark") {
  tests::AgentWorld world;
  const RuleSetting setting = rule_setting(world.host(), nullptr);
  const auto good = world.fake.home.write("launch", "#!/bin/sh\n# sourceos-agent launcher v1\n");
  const auto bad = world.fake.home.write("other", "#!/bin/sh\n");
  CHECK(setting.is_bounded_launcher(good.string()));
  CHECK_FALSE(setting.is_bounded_launcher(bad.string()));
  CHECK_FALSE(setting.is_bounded_launcher("/none"));
}

}  // namespace sourceos::runtime
