#include "runtime/agent/process_set.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include "core/json/json.hpp"
#include "tests/unit/runtime/agent/agent_world.hpp"

namespace sourceos::runtime {

TEST_CASE("this process is found with its program, and lives") {
  tests::AgentWorld world;
  world.host().environment.root = "/";
  const auto tree = read_process_tree(world.host(), ::getpid());
  REQUIRE_FALSE(tree.empty());
  CHECK(tree[0].pid == ::getpid());
  CHECK(tree[0].executable.find("test_agent") != std::string::npos);
  CHECK(tree[0].executable_sha256.size() == 64);
  CHECK(still_lives(world.host(), tree[0]));
  ProcessFacts other = tree[0];
  other.start_time += 1;
  CHECK_FALSE(still_lives(world.host(), other));
  CHECK(as_json(tree[0]).at("environmentNames").is_array());
}

TEST_CASE("without a process or a /proc there is no tree") {
  tests::AgentWorld world;
  CHECK(read_process_tree(world.host(), ::getpid()).empty());
  world.host().environment.root = "/";
  CHECK(read_process_tree(world.host(), 0).empty());
}

}  // namespace sourceos::runtime
