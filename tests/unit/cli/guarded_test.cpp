#include "cli/guarded.hpp"

#include <doctest/doctest.h>

#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "cli/report.hpp"
#include "host/tool_finder.hpp"
#include "tests/support/fake_host.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

Result<Report> nothing(const Options&, Context&) {
  return fail(ErrorKind::internal, "internal", "never run");
}

constexpr auto k_options = k_mutating_options;
constinit const Command k_act = {
    .name = "act", .summary = "", .options = k_options, .run = nothing};
constexpr std::array<const Command*, 1> k_all = {&k_act};
constinit const Command k_root = {.name = "root", .summary = "", .commands = k_all};

std::string go(tests::FakeHost& fake, std::vector<std::string> arguments,
               Guard guard = Guard::as_configured) {
  host::ToolFinder tools(fake.host.environment);
  StringConsole console;
  const Context context{
      .host = fake.host, .tools = tools, .console = console, .version = "0", .program = "x"};
  arguments.insert(arguments.begin(), "act");
  Parsed parsed;
  REQUIRE(parse(k_root, arguments, parsed).has_value());
  const auto decided = decide_go(parsed.options, context, guard);
  return !decided ? decided.error().reason : *decided == Go::act ? "act" : "plan";
}

}  // namespace

TEST_CASE("a command acts unless it is told to plan") {
  tests::FakeHost fake;
  CHECK(go(fake, {}) == "act");
  CHECK(go(fake, {"--dry-run"}) == "plan");
  CHECK(go(fake, {"--execute", "--policy-ok"}) == "act");
  CHECK(go(fake, {"--execute"}) == "act");
  CHECK(go(fake, {"--dry-run", "--execute"}) == "usage");
}

TEST_CASE("in guarded mode acting needs both flags") {
  tests::FakeHost fake;
  for (const Guard guard : {Guard::always, Guard::as_configured}) {
    fake.host.environment.guarded_mutations = guard == Guard::as_configured;
    CHECK(go(fake, {}, guard) == "plan");
    CHECK(go(fake, {"--policy-ok"}, guard) == "plan");
    CHECK(go(fake, {"--execute"}, guard) == "policy-confirmation-missing");
    CHECK(go(fake, {"--execute", "--policy-ok"}, guard) == "act");
    CHECK(go(fake, {"--dry-run"}, guard) == "plan");
  }
}

TEST_CASE("a plan of guarded mode says what turns it into the act") {
  CHECK(next_of_plan({}, Go::act).empty());
  CHECK(next_of_plan({}, Go::plan).find("--execute --policy-ok") != std::string::npos);
}

TEST_CASE("the configuration guards, and one that cannot be read does too") {
  tests::FakeHost fake;
  const auto file = [&](const std::string& text) {
    (void)fake.home.write(".config/sourceos/test/config.toml", text);
    return is_guarded(fake.host.environment);
  };
  CHECK_FALSE(is_guarded(fake.host.environment));
  CHECK(file("guardedMutations = true\n"));
  CHECK_FALSE(file("guardedMutations = false\n"));
  CHECK(file("guardedMutations = \"perhaps\"\n"));
  CHECK(file("guardedMutations = \n"));
  fake.host.environment.guarded_mutations = true;
  CHECK(file("guardedMutations = false\n"));
}
