#include "cli/collect_listing.hpp"

#include "cli/render.hpp"
#include "collect/plan.hpp"
#include "core/json/json.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::cli;

namespace {

std::string shown(const json::Value& record) {
  Text text(Color::never);
  REQUIRE(print_listing(record, text));
  return text.str();
}

}  // namespace

TEST_CASE("the list names each collector's options and each preset's collectors") {
  const auto report = listed_collectors();
  REQUIRE(report.has_value());
  const std::string text = shown(report->record());
  for (const char* words : {"journal_since", "a list of strings", "host, tools, git, podman, mounts, auth"}) {
    CHECK(text.find(words) != std::string::npos);
  }
}

TEST_CASE("a planned run tells which options were given, and not with what") {
  collect::Plan plan;
  plan.name = "plan";
  plan.collector("command").options_json = R"({"argv":["say","planted"]})";
  const Report report = listed_plan(plan);
  const std::string text = shown(report.record());
  CHECK(text.find("argv") != std::string::npos);
  CHECK(text.find("planted") == std::string::npos);
  CHECK(report.record().dump().find("planted") == std::string::npos);
}

TEST_CASE("another record is left to others") {
  Text text(Color::never);
  CHECK_FALSE(print_listing({{"schema", "sourceos.evidence-collect/v1"}}, text));
  CHECK(text.str().empty());
}
