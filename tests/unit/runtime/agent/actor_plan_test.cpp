#include <doctest/doctest.h>

#include <filesystem>

#include "core/json/json.hpp"
#include "runtime/agent/actor.hpp"
#include "tests/support/fake_backend.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {
namespace {

struct Bench {
  tests::AgentWorld world;
  tests::FakeBackend backend;
  ReadDeclaration agent = world.read();
  ActionLog log{world.host()};
  Actor actor() { return {world.host(), backend, agent, log}; }
};

std::vector<std::string> actions(const std::vector<PlannedAction>& plan) {
  std::vector<std::string> words;
  for (const PlannedAction& each : plan) {
    words.push_back(each.action);
  }
  return words;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("an install plans every file that is missing, in the order in which it is made") {
  Bench bench;
  CHECK(actions(bench.actor().install_plan()) ==
        Words{"write-authfile", "make-log-directory", "write-launcher", "write-provenance",
              "write-definition", "reload"});
  bench.world.make_ready();
  CHECK(actions(bench.actor().install_plan()).front() == "write-launcher");
  CHECK_FALSE(std::filesystem::exists(bench.world.places().definition));
}

TEST_CASE("start and stop plan the orders to manager and Podman, and give none") {
  Bench bench;
  CHECK(actions(bench.actor().start_plan()) == Words{"enable", "start"});
  const auto stop = bench.actor().stop_plan();
  CHECK(actions(stop) == Words{"stop", "stop-container"});
  CHECK(stop.back().argv == Words{"podman", "stop", "--ignore", "--time", "10", "sample"});
  CHECK(bench.backend.orders.empty());
}

TEST_CASE("a removal plans what is there") {
  Bench bench;
  CHECK(bench.actor().remove_plan().empty());
  bench.world.install();
  CHECK(bench.actor().remove_plan().size() == 3);
}

}  // namespace sourceos::runtime
