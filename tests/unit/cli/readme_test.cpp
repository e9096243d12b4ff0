// The README's table of commands and the program's own are one: SOURCEOS_ACCEPT=1 writes the table
// anew, and git shows the difference.
#include "cli/app.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "cli/command.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

const std::filesystem::path k_readme = std::filesystem::path(SOURCEOS_SOURCE_DIR) / "README.md";
constexpr std::string_view k_begin = "<!-- commands -->\n";
constexpr std::string_view k_end = "<!-- end of commands -->\n";

void add_rows(const Command& command, const std::string& words, std::string& table) {
  if (command.run != nullptr) {
    table += "| `" + words + "` | " + std::string(command.summary) + " |\n";
  }
  for (const Command* below : command.commands) {
    add_rows(*below, words + " " + std::string(below->name), table);
  }
}

std::string command_table() {
  std::string table = "| Command | Does |\n|---|---|\n";
  for (const char* program : {"sourceosctl", "sourceos-agent"}) {
    add_rows(command_tree(program), program, table);
  }
  // All of sourceosctl's commands work under this name too.
  for (const Command* command : command_tree("sourceos").commands) {
    if (command->name == "doctor") {
      add_rows(*command, "sourceos doctor", table);
    }
  }
  return table;
}

std::string read(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the README lists every command as the program tells it") {
  std::string readme = read(k_readme);
  const std::size_t begin = readme.find(k_begin);
  const std::size_t end = readme.find(k_end);
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  const std::size_t from = begin + k_begin.size();
  if (std::getenv("SOURCEOS_ACCEPT") != nullptr) {
    readme.replace(from, end - from, command_table());
    std::ofstream(k_readme) << readme;
  }
  CHECK(readme.substr(from, readme.find(k_end) - from) == command_table());
}
