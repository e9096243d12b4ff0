// Build step: fits the probes of the built-in rules' anchors into groups, as a C++ table.
//
// usage: fit_probes OUTPUT
#include <algorithm>
#include <fstream>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "core/text.hpp"
#include "redact/probe_choice.hpp"
#include "redact/probe_fit.hpp"
#include "redact/ruleset_parts.hpp"

namespace {

using namespace sourceos;
using redact::Probe;

std::vector<Probe> probes_of_anchors() {
  auto parts = redact::make_parts(redact::builtin_rules(), 0, redact::PatternForm::vector);
  redact::add_own_patterns(parts.front());
  redact::ProbeChooser chooser;
  std::vector<Probe> probes;
  for (const redact::EnginePattern& anchor : parts.front().patterns) {
    probes.push_back(chooser.choose(text::ascii_lower(anchor.expression)).probe);
  }
  const auto key = [](const Probe& probe) { return std::tuple(probe.size, probe.bytes); };
  std::ranges::sort(probes, {}, key);
  probes.erase(std::ranges::unique(probes, {}, key).begin(), probes.end());
  return probes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: fit_probes OUTPUT\n");
    return 2;
  }
  const std::vector<Probe> probes = probes_of_anchors();
  const std::vector<std::uint8_t> groups = redact::fit_probes(probes);
  std::string rows;
  for (std::size_t i = 0; i < probes.size(); ++i) {
    rows += fmt::format("    {{{{0x{:08x}U, {}}}, {}}},\n", probes[i].bytes, probes[i].size, groups[i]);
  }
  std::ofstream out(argv[1], std::ios::binary);
  out << "// Made from redact/rules/*.toml.\n#include \"redact/probe_groups.hpp\"\n\nnamespace sourceos::redact {\n\n"
      << "namespace {\nconstexpr FittedProbe k_rows[] = {\n" << rows << "};\n}  // namespace\n\n"
      << "std::span<const FittedProbe> fitted_probes() { return k_rows; }\n\n}  // namespace sourceos::redact\n";
  out.close();
  return out.good() ? 0 : 1;
}
