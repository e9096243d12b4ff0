#include "host/system_host.hpp"

#include <doctest/doctest.h>

#include "host/fault.hpp"
#include "host/process_runner.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::host;

namespace {

EnvironmentSource source_with(Variables variables) {
  EnvironmentSource source;
  source.variables = std::move(variables);
  source.account_home = "/home/operator";
  return source;
}

}  // namespace

TEST_CASE("without seams clock and random bytes are the system's") {
  const auto system = SystemHost::create(
      source_with({{"SOURCEOS_NOW", "2001-01-01T00:00:00Z"}, {"SOURCEOS_SEED", "seed"}}));
  REQUIRE(system.has_value());
  Host& host = (*system)->host();
  CHECK(host.clock.now() > *parse_time("2024-01-01T00:00:00Z"));
  CHECK(host.random.bytes(16) != host.random.bytes(16));
  CHECK(host.environment.ignored_seams.size() == 2);
  CHECK_FALSE(host.is_interrupted());
}

TEST_CASE("under seams two hosts with one clock and seed are alike") {
  const EnvironmentSource source = source_with({{"SOURCEOS_TEST_SEAMS", "1"},
                                                {"SOURCEOS_NOW", "2026-03-01T10:00:00Z"},
                                                {"SOURCEOS_SEED", "seed"}});
  const auto one = SystemHost::create(source);
  const auto other = SystemHost::create(source);
  REQUIRE(one.has_value());
  REQUIRE(other.has_value());
  CHECK(format_seconds((*one)->host().clock.now()) == "2026-03-01T10:00:00Z");
  CHECK((*one)->host().random.bytes(16) == (*other)->host().random.bytes(16));
}

TEST_CASE("fault points are armed under seams only") {
  REQUIRE(SystemHost::create(source_with({{"SOURCEOS_FAULT", "point"}})).has_value());
  CHECK(fault_point("point").has_value());
  REQUIRE(SystemHost::create(
              source_with({{"SOURCEOS_TEST_SEAMS", "1"}, {"SOURCEOS_FAULT", "point"}}))
              .has_value());
  CHECK_FALSE(fault_point("point").has_value());
  REQUIRE(arm_faults(""));
}

TEST_CASE("a seam whose value cannot be stops the program before it does anything") {
  for (const auto& [name, value] : Variables{{"SOURCEOS_NOW", "yesterday"},
                                             {"SOURCEOS_FAULT", "point:explode"},
                                             {"SOURCEOS_HOST_OS", "beos"}}) {
    const auto system =
        SystemHost::create(source_with({{"SOURCEOS_TEST_SEAMS", "1"}, {name, value}}));
    REQUIRE_FALSE(system.has_value());
    CHECK(system.error().reason == "seam-invalid");
  }
}

TEST_CASE("a host can be recorded and played back") {
  const tests::TemporaryDirectory scratch;
  const std::string folder = scratch / "host";
  ProcessRequest request;
  request.argv = {"/bin/echo", "hello"};
  {
    const auto recording = SystemHost::create(
        source_with({{"SOURCEOS_TEST_SEAMS", "1"}, {"SOURCEOS_RECORD_HOST", folder}}));
    REQUIRE(recording.has_value());
    CHECK((*recording)->host().processes.run(request)->output == "hello\n");
  }
  const auto playing = SystemHost::create(
      source_with({{"SOURCEOS_TEST_SEAMS", "1"}, {"SOURCEOS_PLAY_HOST", folder}}));
  REQUIRE(playing.has_value());
  CHECK((*playing)->host().processes.run(request)->output == "hello\n");
  request.argv = {"/bin/echo", "other"};
  CHECK_FALSE((*playing)->host().processes.run(request).has_value());
}
