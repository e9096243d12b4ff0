#include "cli/changes.hpp"

#include <array>

#include "cli/console.hpp"
#include "cli/option_sets.hpp"
#include "cli/report.hpp"
#include "host/tool_finder.hpp"
#include "tests/support/fake_host.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

Result<Permission> asked(const std::vector<std::string>& arguments, tests::FakeHost& fake) {
  host::ToolFinder tools(fake.host.environment);
  StringConsole console;
  const Context context{.host = fake.host, .tools = tools, .console = console, .version = "0", .program = "x"};
  const Command command = {.name = "x", .options = k_mutating_options, .run = [](const Options&, Context&) -> Result<Report> {
    return fail(ErrorKind::internal, "internal", "");
  }};
  Parsed parsed;
  REQUIRE(parse(command, arguments, parsed).has_value());
  return ask_permission(parsed.options, context);
}

Result<Permission> asked(const std::vector<std::string>& arguments, bool guarded) {
  tests::FakeHost fake;
  fake.host.environment.guarded_mutations = guarded;
  return asked(arguments, fake);
}

}  // namespace

TEST_CASE("a mutating command acts, plans when asked, and in guarded mode needs both flags") {
  CHECK(asked({}, false).value() == Permission::act);
  CHECK(asked({"--dry-run"}, false).value() == Permission::plan);
  CHECK(asked({}, true).value() == Permission::plan);
  CHECK(asked({"--policy-ok"}, true).value() == Permission::plan);
  CHECK(asked({"--execute", "--policy-ok"}, true).value() == Permission::act);
  CHECK(asked({"--execute", "--policy-ok"}, false).value() == Permission::act);
  CHECK(asked({"--execute"}, true).error().reason == "policy-confirmation-missing");
  CHECK(asked({"--execute", "--dry-run"}, false).error().kind == ErrorKind::usage);
}

TEST_CASE("the configuration file guards what acts on agents too") {
  tests::FakeHost fake;
  (void)fake.home.write(".config/sourceos/test/config.toml", "guardedMutations = true\n");
  CHECK(asked({}, fake).value() == Permission::plan);
  CHECK(asked({"--execute", "--policy-ok"}, fake).value() == Permission::act);
}

TEST_CASE("an output file has its name only when it is whole") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.write("out", "old");
  {
    auto file = OutputFile::create(path);
    REQUIRE(file.has_value());
    REQUIRE(file->write("new").has_value());
    CHECK(tests::read_file(path) == "old");
  }
  CHECK(tests::read_file(path) == "old");
  CHECK(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 1);
  auto file = OutputFile::create(path);
  REQUIRE(file.has_value());
  REQUIRE(file->write("new").has_value());
  REQUIRE(file->commit().has_value());
  CHECK(tests::read_file(path) == "new");
}

TEST_CASE("a directory or a link is not written over, a missing directory is an error") {
  const tests::TemporaryDirectory directory;
  CHECK(OutputFile::create(directory.path()).error().reason == "output-not-a-file");
  std::filesystem::create_symlink("/etc/hostname", directory / "link");
  CHECK(OutputFile::create(directory / "link").error().reason == "output-not-a-file");
  CHECK_FALSE(OutputFile::create(directory / "no/file").has_value());
}
