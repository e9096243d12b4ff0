#include "host/clock.hpp"

#include <doctest/doctest.h>

using namespace sourceos;

TEST_CASE("the system clock lies after this program was written and does not run backwards") {
  const host::SystemClock clock;
  const UtcTime first = clock.now();
  CHECK(first > *parse_time("2024-01-01T00:00:00Z"));
  const std::uint64_t boot_first = clock.boot_ms();
  CHECK(clock.boot_ms() >= boot_first);
}

TEST_CASE("a fixed clock says the same for ever and claims no synchronisation") {
  const host::FixedClock clock(*parse_time("2026-03-01T10:00:00Z"));
  CHECK(format_seconds(clock.now()) == "2026-03-01T10:00:00Z");
  CHECK(clock.now() == clock.now());
  CHECK(clock.boot_ms() == 0);
  CHECK_FALSE(clock.synchronised().has_value());
}
