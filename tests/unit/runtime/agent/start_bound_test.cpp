#include "runtime/agent/start_bound.hpp"

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

namespace {

constexpr std::int64_t k_now_s = 1'780'000'000;

struct Agent {
  tests::TemporaryDirectory dir;
  AgentPlaces places;
  Declaration declaration;

  explicit Agent(std::uint64_t allowed) {
    places.state = dir.path();
    declaration.restarts_per_hour_max = allowed;
  }
  std::optional<std::string> held_after(const std::vector<std::int64_t>& seconds_ago) {
    std::string lines;
    for (const std::int64_t each : seconds_ago) {
      lines += std::to_string(k_now_s - each) + "\n";
    }
    dir.write("starts.log", lines);
    return held_by_start_bound(declaration, places, {k_now_s * 1'000'000'000});
  }
};

}  // namespace

TEST_CASE("a start is held from the bound on, until the earliest that counts is an hour old") {
  Agent agent(2);
  CHECK_FALSE(held_by_start_bound(agent.declaration, agent.places, {k_now_s * 1'000'000'000}).has_value());
  CHECK_FALSE(agent.held_after({5}).has_value());
  CHECK_FALSE(agent.held_after({4'000, 3'700, 5}).has_value());
  const auto held = agent.held_after({600, 5});
  REQUIRE(held.has_value());
  CHECK(*held == "2 starts within an hour, 2 allowed; the next one from " +
                     format_seconds({(k_now_s - 600 + 3'600) * 1'000'000'000}));
  // Of four, three have to be an hour old.
  CHECK(agent.held_after({600, 300, 200, 5})->ends_with(format_seconds({(k_now_s - 200 + 3'600) * 1'000'000'000})));
  CHECK(starts_within_an_hour(agent.places, {k_now_s * 1'000'000'000}) == 4);
}

TEST_CASE("a bound of none allows one, as the launcher does, and lines that are no times count for nothing") {
  Agent agent(0);
  CHECK_FALSE(agent.held_after({}).has_value());
  CHECK(agent.held_after({5}).has_value());
  agent.dir.write("starts.log", "x\n\n-5\n");
  CHECK_FALSE(held_by_start_bound(agent.declaration, agent.places, {k_now_s * 1'000'000'000}).has_value());
}
