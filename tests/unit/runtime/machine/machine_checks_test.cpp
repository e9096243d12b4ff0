#include "runtime/machine/machine_checks.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

TEST_CASE("what depends on a failed check is skipped, names it and counts as failed for others") {
  MachineChecks checks;
  checks.add("a", "fail", "no").reason = "a-missing";
  checks.blocked("b", "a");
  checks.skip("c", "not-applicable", "nothing to look at");
  CHECK(checks.has_failed("a"));
  CHECK(checks.has_failed("b"));
  CHECK_FALSE(checks.has_failed("c"));
  CHECK_FALSE(checks.has_failed("absent"));
  CHECK(checks.find("b")->blocked_by == "a");
  CHECK(checks.find("absent") == nullptr);
  CHECK_FALSE(checks.is_ready());
}

TEST_CASE("the document counts the checks and has what was seen, whatever bytes that holds") {
  MachineChecks checks;
  checks.add("a", "pass", "yes", json::Value{{"path", "x\xff"}});
  checks.add("b", "warn", "hm");
  const json::Value document = checks.document();
  CHECK(document["ready"] == true);
  CHECK(document["summary"]["pass"] == 1);
  CHECK(document["summary"]["warn"] == 1);
  CHECK(document["checks"][0]["observed"]["path"].is_string());
  CHECK(document["checks"][1]["observed"].is_null());
  CHECK(document["checks"][1]["reason"].is_null());
}
