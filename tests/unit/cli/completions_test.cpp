#include "cli/completions.hpp"

#include <cstdlib>

#include "cli/app.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

// What bash offers for a line that ends at the cursor.
std::string offered(const std::string& script, const std::string& words, int at) {
  const tests::TemporaryDirectory directory;
  const auto file = directory.write("completion.bash", script);
  const auto answer = directory / "answer";
  const std::string line = fmt::format(
      "bash -c 'source {}; COMP_WORDS=({}); COMP_CWORD={}; _sourceosctl; "
      "printf \"%s \" \"${{COMPREPLY[@]}}\"' > {}",
      file.string(), words, at, answer.string());
  REQUIRE(std::system(line.c_str()) == 0);
  return tests::read_file(answer);
}

}  // namespace

TEST_CASE("bash offers commands, options and choices of the place where the cursor is") {
  const std::string script = completion_script(Shell::bash, "sourceosctl", command_tree("sourceosctl"));
  CHECK(offered(script, "sourceosctl comp", 1) == "completion ");
  CHECK(offered(script, "sourceosctl --js", 1) == "--json ");
  CHECK(offered(script, "sourceosctl completion --he", 2) == "--help ");
}

TEST_CASE("each shell finds the script well-formed") {
  const tests::TemporaryDirectory directory;
  for (const char* program : {"sourceos", "sourceosctl", "sourceos-agent"}) {
    const auto bash = directory.write("c.bash", completion_script(Shell::bash, program, command_tree(program)));
    CHECK(std::system(fmt::format("bash -n {}", bash.string()).c_str()) == 0);
    const auto zsh = directory.write("c.zsh", completion_script(Shell::zsh, program, command_tree(program)));
    CHECK(std::system(fmt::format("! command -v zsh >/dev/null || zsh -n {}", zsh.string()).c_str()) == 0);
    const auto fish = directory.write("c.fish", completion_script(Shell::fish, program, command_tree(program)));
    CHECK(std::system(fmt::format("! command -v fish >/dev/null || fish -n {}", fish.string()).c_str()) == 0);
  }
}
