#include "cli/log_time.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

std::string found(std::string_view line) {
  const auto time = log_time(line, *parse_time("2026-11-22T11:00:00Z"));
  return time ? format_seconds(*time) : "none";
}

}  // namespace

TEST_CASE("a line's time is read in the spellings that logs use") {
  CHECK(found("2026-11-22T10:00:01Z started") == "2026-11-22T10:00:01Z");
  CHECK(found("2026-11-22 10:00:01,123 INFO started") == "2026-11-22T10:00:01Z");
  CHECK(found("[2026-11-22T10:00:01.5+02:00] x") == "2026-11-22T08:00:01Z");
  CHECK(found("x 2026-11-22T10:00:01-0530 y") == "2026-11-22T15:30:01Z");
  CHECK(found("Nov 22 10:00:01 host program: x") == "2026-11-22T10:00:01Z");
  CHECK(found("Nov  2 10:00:01 host program: x") == "2026-11-02T10:00:01Z");
}

TEST_CASE("a syslog time that would lie ahead is of the year before") {
  CHECK(found("Dec 31 23:59:59 host program: x") == "2025-12-31T23:59:59Z");
}

TEST_CASE("a line without a time has none") {
  CHECK(found("") == "none");
  CHECK(found("Nov") == "none");
  CHECK(found("2026-13-41T10:00:01Z") == "none");
  CHECK(found("12026-11-22 no time") == "none");
  CHECK(found("Foo 22 10:00:01") == "none");
}
