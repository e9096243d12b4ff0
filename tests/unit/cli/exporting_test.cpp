#include "cli/exporting.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "cli/commands/commands.hpp"
#include "cli/console.hpp"
#include "cli/parser.hpp"
#include "cli/report.hpp"
#include "core/json/json.hpp"
#include "host/tool_finder.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

struct Scene {
  tests::FakeHost fake;
  tests::TemporaryDirectory scratch;
  host::ToolFinder tools{fake.host.environment};
  StringConsole console;
  Context context{.host = fake.host, .tools = tools, .console = console, .version = "0", .program = "sourceosctl", .quiet = true};

  Result<Report> run(const Command& command, std::vector<std::string> arguments) {
    // A fake host works under test seams, and so its bundles say.
    if (&command == &k_agent_machine_evidence_export) {
      arguments.push_back("--allow-test");
    }
    Parsed parsed;
    REQUIRE(parse(command, arguments, parsed).has_value());
    return command.run(parsed.options, context);
  }
  // A bundle in the store that says next to nothing.
  void collect() {
    context.path = {"evidence", "collect"};
    const auto made = run(k_evidence_collect, {"--collector", "tools"});
    REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().read_out()));
  }
  std::string refusal(const std::vector<std::string>& arguments) {
    const auto made = run(k_agent_machine_evidence_export, arguments);
    return made ? "" : made.error().reason;
  }
  [[nodiscard]] std::string out() const { return (scratch / "out").string(); }
};

}  // namespace

TEST_CASE("an export says where to and into which directory") {
  Scene scene;
  CHECK(scene.refusal({"@last", "--output", "x"}) == "usage");
  CHECK(scene.refusal({"@last", "--to", "agentplane"}) == "usage");
}

TEST_CASE("records are written whole into an empty directory, and a full one is refused") {
  Scene scene;
  scene.collect();
  const std::vector<std::string> arguments = {"@last", "--to", "agentplane", "--bundle", "demo@1", "--output", scene.out()};
  const auto made = scene.run(k_agent_machine_evidence_export, arguments);
  REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().read_out()));
  CHECK(std::filesystem::exists(scene.scratch / "out/evidence-pack.json"));
  CHECK(std::filesystem::exists(scene.scratch / "out/export-index.json"));
  CHECK_FALSE(std::filesystem::exists(scene.out() + ".partial"));
  CHECK(scene.refusal(arguments) == "output-not-empty");
}

TEST_CASE("a dry run names the files and writes none") {
  Scene scene;
  scene.collect();
  const auto made = scene.run(k_agent_machine_evidence_export,
                              {"@last", "--to", "sourceos", "--output", scene.out(), "--dry-run"});
  REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().read_out()));
  CHECK(made->record().at("planned") == true);
  CHECK(made->record().at("files").size() >= 2);
  CHECK_FALSE(std::filesystem::exists(scene.out()));
}

TEST_CASE("a bundle with a changed byte is refused") {
  Scene scene;
  scene.collect();
  const std::string archive = (scene.scratch / "b.evidence.tar").string();
  scene.context.path = {"evidence", "export"};
  REQUIRE(scene.run(k_evidence_export, {"@last", "--output", archive}).has_value());
  const std::vector<std::string> good = {archive, "--to", "sourceos", "--output", (scene.scratch / "good").string()};
  CHECK(scene.refusal(good) == "bundle-invalid");  // the account's own keys vouch for no file (S-10)
  std::vector<std::string> allowed = good;
  allowed.emplace_back("--allow-untrusted");
  CHECK(scene.refusal(allowed).empty());
  std::string bytes = tests::read_file(archive);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  std::ofstream(archive, std::ios::binary) << bytes;
  CHECK(scene.refusal({archive, "--to", "sourceos", "--output", scene.out()}) == "bundle-invalid");
  CHECK_FALSE(std::filesystem::exists(scene.out()));
}

TEST_CASE("a bundle that is not there is missing, not invalid") {
  Scene scene;
  CHECK(scene.refusal({(scene.scratch / "none.tar").string(), "--to", "sourceos", "--output", scene.out()}) == "input-missing");
}
