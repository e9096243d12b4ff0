#include "verify/verdict.hpp"

#include "core/json/json.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::verify;

namespace {

Verdict sample() {
  Verdict verdict;
  verdict.decision = Decision::unverifiable;
  verdict.integrity = Axis::pass;
  verdict.checks = {{"layout", CheckOutcome::pass, {}, {}, {}},
                    {"signature", CheckOutcome::unverifiable, "untrusted-key", "m", "d"},
                    {"statement", CheckOutcome::pass, {}, {}, {}}};
  return verdict;
}

}  // namespace

TEST_CASE("only trust may be missing from what is intact and not trusted") {
  CHECK(sample().intact_not_trusted());
  Verdict verdict = sample();
  verdict.integrity = Axis::unverifiable;
  CHECK_FALSE(verdict.intact_not_trusted());
  verdict = sample();
  verdict.trust = Axis::fail;
  CHECK_FALSE(verdict.intact_not_trusted());
  verdict = sample();
  verdict.decision = Decision::failed;
  CHECK_FALSE(verdict.intact_not_trusted());
  verdict = sample();
  verdict.checks[2].outcome = CheckOutcome::unverifiable;
  CHECK_FALSE(verdict.intact_not_trusted());
}

TEST_CASE("the JSON has the four axes, the sequence and every check") {
  const json::Value value = to_value(sample());
  for (const char* axis : {"integrity", "trust", "completeness", "safety", "sequence"}) {
    CHECK(value.contains(axis));
  }
  CHECK(value["verdict"] == "unverifiable");
  CHECK(value["level"] == "full");
  CHECK(value["independent"] == false);
  REQUIRE(value["checks"].size() == 3);
  CHECK(value["checks"][1]["reason"] == "untrusted-key");
  CHECK(value["checks"][0]["reason"].is_null());
  CHECK(value["bundle"].is_null());
}

TEST_CASE("a check is found by its name") {
  CHECK(sample().find("signature")->reason == "untrusted-key");
  CHECK(sample().find("nothing") == nullptr);
}

TEST_CASE("words of enums") {
  CHECK(to_string(CheckOutcome::skipped) == "skipped");
  CHECK(to_string(Decision::failed) == "failed");
  CHECK(to_string(TimeBasis::order) == "order");
}
