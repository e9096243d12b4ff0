#include "collect/plan.hpp"

#include <doctest/doctest.h>

#include "collect/registry.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/json/schema.hpp"
#include "core/toml.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using tests::TemporaryDirectory;

namespace {

Result<collect::Plan> read(const TemporaryDirectory& dir, std::string_view text,
                           collect::PlanPermissions permissions = {.exec = false, .paths = true}) {
  return collect::read_plan(dir.write("plan.toml", text), permissions);
}

json::Value schema() {
  const auto path = std::filesystem::path(SOURCEOS_SOURCE_DIR) / "schemas/CollectPlan.json";
  return json::parse(tests::read_file(path)).value();
}

}  // namespace

TEST_CASE("a preset names collectors that exist and nothing else is a preset") {
  for (const std::string_view name : collect::preset_names()) {
    CHECK_FALSE(collect::preset(name).value().collectors.empty());
  }
  CHECK(collect::preset("everything").error().kind == ErrorKind::usage);
  CHECK(collect::preset("incident").value().is_hostile);
}

TEST_CASE("a plan's collectors are required and its paths are relative to the plan") {
  const TemporaryDirectory dir;
  const collect::Plan plan = read(dir, "subject = 'local-agent:x'\ncollectors = ['host', 'logs']\n"
                                       "[logs]\npaths = ['a/../b.log']\n[limits]\ntimeout_ms = 5\n")
                                 .value();
  CHECK(plan.subject_kind == "local-agent");
  CHECK(plan.subject_ref == "x");
  REQUIRE(plan.collectors.size() == 2);
  CHECK(plan.collectors[1].is_required);
  CHECK(plan.collectors[1].limits.timeout_ms == 5);
  CHECK(plan.collectors[1].options_json.find((dir / "b.log").string()) != std::string::npos);
}

TEST_CASE("a path at home stays so and is a foreign one") {
  const TemporaryDirectory dir;
  const char* text = "[logs]\npaths = ['~/x/*.log', '~']\n";
  CHECK(read(dir, text).value().collectors[0].options_json == R"({"paths":["~/x/*.log","~"]})");
  CHECK(read(dir, text, {}).error().reason == "plan-path-not-allowed");
}

TEST_CASE("the same plan can be JSON") {
  const TemporaryDirectory dir;
  CHECK(read(dir, R"({"collectors": ["host"], "hostile": true})").value().is_hostile);
}

TEST_CASE("a plan that makes no sense says where") {
  const TemporaryDirectory dir;
  for (const char* text : {"colectors = ['host']", "collectors = ['hosts']", "collectors = []",
                           "collectors = ['host']\nsubject = 'x'", "host = 3", "= ",
                           "collectors = ['host']\n[limits]\ntimeout_ms = -1",
                           "collectors = ['logs']\n[logs]\npaths = 'x'",
                           "collectors = ['logs']\n[logs]\nfiles = ['x']",
                           "collectors = ['host']\n[host]\nx = 1",
                           "collectors = ['host']\nhostile = 'yes'",
                           "collectors = ['host']\nrequired = ['host']"}) {
    CAPTURE(text);
    CHECK(read(dir, text).error().kind == ErrorKind::malformed);
  }
  CHECK(collect::read_plan(dir / "absent", {}).error().kind == ErrorKind::not_found);
}

TEST_CASE("a plan runs commands and reads foreign files only when that was allowed") {
  const TemporaryDirectory dir;
  CHECK(read(dir, "[command]\nargv = ['true']").error().reason == "plan-exec-not-allowed");
  CHECK(read(dir, "[command]\nargv = ['true']", {.exec = true, .paths = false}).has_value());
  CHECK(read(dir, "[files]\npaths = ['x']", {}).error().reason == "plan-path-not-allowed");
}

TEST_CASE("the policy digest of a plan does not depend on its known values") {
  collect::Plan plan = collect::preset("minimal").value();
  const std::string before = collect::canonical_plan(plan).value();
  plan.known_values.push_back("a value that nobody may see");
  CHECK(collect::canonical_plan(plan).value() == before);
  plan.is_hostile = true;
  CHECK(collect::canonical_plan(plan).value() != before);
}

TEST_CASE("the schema names the collectors and options that there are") {
  const json::Value properties = schema().at("properties");
  for (const collect::CollectorRow& row : collect::collectors()) {
    const std::string name(row.collector->name());
    CAPTURE(name);
    REQUIRE(properties.contains(name));
    const json::Value& options = properties.at(name).at("properties");
    CHECK(options.size() == row.options.size());
    for (const collect::CollectorOption& option : row.options) {
      CHECK(options.contains(option.name));
    }
  }
  CHECK(properties.at("collectors").at("items").at("enum").size() == collect::collectors().size());
}

TEST_CASE("the sample plan is a plan, by the reader and by the schema") {
  const auto path = std::filesystem::path(SOURCEOS_SOURCE_DIR) / "samples/plans/incident.toml";
  CHECK(collect::read_plan(path, {.exec = false, .paths = true}).has_value());
  const json::Value document = toml::parse(tests::read_file(path)).value();
  CHECK(json::check_schema(schema(), document).value().empty());
}
