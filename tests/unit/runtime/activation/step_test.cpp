#include "runtime/activation/step.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "core/json/json.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

TEST_CASE("a report has all ten steps in their order, also those that did not run") {
  const StepRecords records = new_step_records();
  std::set<std::string> names;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const json::Value row = as_json(records[i]);
    CHECK(row.at("n") == i + 1);
    CHECK(row.at("status") == "not-run");
    CHECK(row.at("startedAt").is_null());
    names.insert(row.at("name").get<std::string>());
  }
  CHECK(names.size() == 10);
}

TEST_CASE("a step that ran says when") {
  const json::Value row = as_json({.step = Step::install,
                                   .status = StepStatus::failed,
                                   .started_at = UtcTime::from_seconds(0),
                                   .finished_at = UtcTime::from_seconds(1),
                                   .detail = "disk full"});
  CHECK(row.at("startedAt") == "1970-01-01T00:00:00Z");
  CHECK(row.at("finishedAt") == "1970-01-01T00:00:01Z");
  CHECK(row.at("status") == "failed");
}
