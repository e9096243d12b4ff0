#include "runtime/agent/actions.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {

TEST_CASE("a deed on a file is kept with what was there before and after") {
  tests::AgentWorld world;
  ActionLog log(world.host());
  const auto file = world.fake.home.write("a", "before");
  CHECK(log.file("write", file, [&]() -> Status {
    world.fake.home.write("a", "after");
    return {};
  }));
  CHECK_FALSE(log.file("write", world.home() / "none",
                       [] { return Status(fail(ErrorKind::io, "x", "no")); }));
  REQUIRE(log.rows().size() == 2);
  CHECK(log.rows()[0].before == bundle::sha256("before"));
  CHECK(log.rows()[0].after == bundle::sha256("after"));
  CHECK(log.rows()[1].status == collect::ActionStatus::failed);
  CHECK_FALSE(log.rows()[1].before.has_value());
}

TEST_CASE("each program of an order is a row, and a question answered with no is skipped") {
  tests::AgentWorld world;
  ActionLog log(world.host());
  OrderResult result;
  CommandRun asked;
  asked.argv = {"x"};
  asked.status = 3;
  result.commands = {asked};
  CHECK(log.order("stop", "u", result));
  CHECK(log.rows()[0].status == collect::ActionStatus::skipped);
  result.ok = false;
  CHECK_FALSE(log.order("stop", "u", result));
  CHECK(log.rows()[1].status == collect::ActionStatus::failed);
  CHECK(log.rows()[1].exit_code == 3);
}

TEST_CASE("a file that is as wanted is skipped, and named by its digest") {
  tests::AgentWorld world;
  const auto file = world.fake.home.write("a", "x");
  ActionLog log(world.host());
  log.skipped("write", file.string(), "unchanged");
  log.skipped("stop", "a", "not running");
  CHECK(log.rows()[0].after == bundle::sha256("x"));
  CHECK(log.rows()[0].before == log.rows()[0].after);
  CHECK_FALSE(log.rows()[1].after.has_value());
}

TEST_CASE("an intent names each target with what is there now") {
  tests::AgentWorld world;
  const auto file = world.fake.home.write("a", "x");
  const json::Value document = intent_document("sourceos-agent install", "sample",
                                               {{"write", file.string()}, {"enable", "u.service"}},
                                               "sha256:0", "t1", world.fake.clock.now());
  CHECK(document.at("plan").at(0).at("before") == bundle::sha256("x").text());
  CHECK(document.at("plan").at(1).at("before").is_null());
  CHECK(document.at("subject").at("ref") == "sample");
  CHECK(document.at("transactionId") == "t1");
  CHECK(policy_hash_of("sha256:1") != policy_hash_of("sha256:2"));
}

}  // namespace sourceos::runtime
