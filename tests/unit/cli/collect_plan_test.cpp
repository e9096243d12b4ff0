#include "cli/collect_plan.hpp"

#include "cli/app.hpp"
#include "cli/command.hpp"
#include "cli/parser.hpp"
#include "core/json/json.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::cli;

namespace {

Result<collect::Plan> planned(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"evidence", "collect"});
  Parsed parsed;
  REQUIRE(parse(command_tree("sourceosctl"), arguments, parsed).has_value());
  return collect_plan(parsed.options);
}

std::vector<std::string> names_of(const collect::Plan& plan) {
  std::vector<std::string> names;
  for (const collect::PlannedCollector& each : plan.collectors) {
    names.push_back(each.name);
  }
  return names;
}

}  // namespace

TEST_CASE("nothing asked for is the preset of this host, and single options make a plan of their own") {
  CHECK(planned({})->name == "local-runtime");
  const tests::TemporaryDirectory dir;
  const auto plan = planned({"--path", dir.path().string(), "--exec", "--", "true"});
  CHECK(plan->name == "command-line");
  CHECK(names_of(*plan) == std::vector<std::string>{"files", "command"});
  for (const collect::PlannedCollector& each : plan->collectors) {
    CHECK(each.is_required);
  }
}

TEST_CASE("what is asked for beside a preset is added to it and required") {
  const auto plan = planned({"--preset", "minimal", "--collector", "git"});
  REQUIRE(plan);
  CHECK(plan->name == "minimal");
  CHECK(plan->collectors.back().name == "git");
  CHECK(plan->collectors.back().is_required);
}

TEST_CASE("what cannot be planned says what to do") {
  CHECK(planned({"--collector", "gitt"}).error().message.find("'git'") != std::string::npos);
  CHECK(planned({"--path", "/nothing/is/here"}).error().reason == "input-missing");
  CHECK(planned({"--exec"}).error().kind == ErrorKind::usage);
  CHECK(planned({"--preset", "minimal", "--plan", "x.toml"}).error().kind == ErrorKind::usage);
}

TEST_CASE("rule files that would be refused are refused before anything is looked at") {
  const tests::TemporaryDirectory dir;
  const auto check = [&](const std::string& rules) {
    Parsed parsed;
    const std::vector<std::string> arguments = {"evidence", "collect", "--rules", rules};
    REQUIRE(parse(command_tree("sourceosctl"), arguments, parsed).has_value());
    return check_rule_files(parsed.options, {});
  };
  CHECK(check((dir / "absent.toml").string()).error().kind == ErrorKind::not_found);
  CHECK(check(dir.write("bad.toml", "[[rule]]\nid = 3\n").string()).error().kind == ErrorKind::malformed);
  collect::Plan plan;
  plan.rule_files = {(dir / "absent.toml").string()};
  CHECK_FALSE(check_rule_files({}, plan).has_value());
}
