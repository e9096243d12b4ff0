// A declaration is resolved to absolute paths and the same hash each time. What may be installed of
// it cannot bring a line of its own into a unit: the unit made of it has the sections and keys that
// we write. Units of others are read to their end.
#include <set>
#include <string>

#include "runtime/agent/declaration.hpp"
#include "runtime/agent/definition.hpp"
#include "runtime/agent/unit_file.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

namespace {

const runtime::DeclarationSetting& setting() {
  static const runtime::DeclarationSetting setting = {
      .platform = runtime::Platform::linux_systemd,
      .home = "/home/agent",
      .state_root = "/home/agent/.local/state/sourceos",
      .temporary_directory = "/tmp",
      .now = {}};
  return setting;
}

void check_unit(const runtime::Declaration& declaration) {
  static const std::set<std::string> k_sections = {"Unit", "Service", "Install"};
  runtime::UnitFile unit;
  unit.add(runtime::make_unit(declaration, "/usr/bin/sourceos"), "made.service");
  fuzz::require(unit.odd_lines() == 0, "every line of a unit that we make is read");
  std::size_t starts = 0;
  for (const runtime::UnitAssignment& assignment : unit.assignments()) {
    fuzz::require(k_sections.contains(assignment.section), "a unit has our sections only");
    starts += assignment.key == "ExecStart" ? 1U : 0U;
  }
  fuzz::require(starts == 1, "a unit starts one command");
}

void read_as_unit(std::string_view text) {
  runtime::UnitFile unit;
  unit.add(text, "any.service");
  for (const runtime::UnitAssignment& assignment : unit.assignments()) {
    fuzz::require(!assignment.key.empty(), "an assignment has a key");
    static_cast<void>(runtime::unit_words(assignment.value));
    static_cast<void>(runtime::unit_time_ms(assignment.value));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  read_as_unit(text);
  const auto read = runtime::parse_declaration(text, "/home/agent/one.json", setting());
  if (!read) {
    return 0;
  }
  const auto again = runtime::parse_declaration(text, "/home/agent/one.json", setting());
  fuzz::require(again && again->hash == read->hash && again->findings.size() == read->findings.size(),
                "a declaration is read the same again");
  if (read->is_valid()) {
    fuzz::require(read->declaration.app_log.empty() || read->declaration.app_log.is_absolute(),
                  "paths are absolute");
    check_unit(read->declaration);
  }
  return 0;
}
