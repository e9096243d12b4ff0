#include "cli/time_option.hpp"

#include <array>

#include "cli/command.hpp"
#include "cli/parser.hpp"
#include "cli/report.hpp"
#include "core/json/json.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::cli;

namespace {

constexpr std::array k_options = {
    Option{.name = "--since", .kind = ValueKind::text, .value = "TIME", .help = "When"},
};
Result<Report> nothing(const Options&, Context&) { return Report(json::Value::object()); }
constinit const Command k_list = {
    .name = "list", .summary = "", .options = k_options, .run = nothing};
constexpr std::array<const Command*, 1> k_all = {&k_list};
constinit const Command k_root = {.name = "root", .summary = "", .commands = k_all};

Result<std::optional<UtcTime>> since(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "list");
  Parsed parsed;
  REQUIRE(parse(k_root, arguments, parsed).has_value());
  return time_option(parsed.options, "--since");
}

}  // namespace

TEST_CASE("a date is the beginning of its day, and no option is no time") {
  CHECK(since({"--since", "2027-01-31"}).value() == since({"--since", "2027-01-31T00:00:00Z"}).value());
  CHECK_FALSE(since({}).value().has_value());
}

TEST_CASE("a time of another form or age is a usage error that says which are taken") {
  for (const char* text : {"yesterday", "2027-02-30", "2300-01-01", "1600-01-01", "2027-01-31T12:00"}) {
    CAPTURE(text);
    const auto time = since({"--since", text});
    REQUIRE_FALSE(time.has_value());
    CHECK(time.error().kind == ErrorKind::usage);
    CHECK(time.error().message.find("1678 to 2261") != std::string::npos);
  }
}
