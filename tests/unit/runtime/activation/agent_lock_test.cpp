#include "runtime/activation/agent_lock.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/fake_host.hpp"

namespace sourceos::runtime {

TEST_CASE("a lock is had at once, again when it is free, and its file stays") {
  tests::FakeHost fake;
  const AgentPlaces places = places_of_name("sample", fake.host);
  const auto never = [](std::uint64_t) { FAIL("nobody has it: there is nothing to wait for"); };
  {
    CHECK(lock_agent(fake.host, places, k_lock_wait_ms, never).has_value());
  }
  CHECK(lock_agent(fake.host, places, k_lock_wait_ms, never).has_value());
  CHECK(std::filesystem::exists(places.state / k_lock_file));
}

TEST_CASE("a lock that another has is waited for, then refused") {
  tests::FakeHost fake;
  const AgentPlaces places = places_of_name("sample", fake.host);
  const auto held = lock_agent(fake.host, places, 0, {});
  REQUIRE(held);
  std::uint64_t slept = 0;
  const auto second = lock_agent(fake.host, places, 500, [&](std::uint64_t ms) { slept += ms; });
  REQUIRE_FALSE(second);
  CHECK(second.error().reason == "locked");
  CHECK(slept == 500);
}

TEST_CASE("a lock that is freed meanwhile is had, an interrupt ends the waiting") {
  tests::FakeHost fake;
  const AgentPlaces places = places_of_name("sample", fake.host);
  auto held = std::optional(lock_agent(fake.host, places, 0, {}).value());
  CHECK(lock_agent(fake.host, places, k_lock_wait_ms, [&](std::uint64_t) { held.reset(); }).has_value());
  const auto again = lock_agent(fake.host, places, 0, {});
  volatile int interrupted = 1;
  fake.host.interrupted = &interrupted;
  CHECK_FALSE(lock_agent(fake.host, places, k_lock_wait_ms, {}).has_value());
}

}  // namespace sourceos::runtime
