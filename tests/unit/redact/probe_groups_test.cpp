#include "redact/probe_groups.hpp"

#include <doctest/doctest.h>

#include "core/text.hpp"
#include "probe_support.hpp"
#include "redact/probe_choice.hpp"
#include "redact/ruleset_parts.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace sourceos::redact;

namespace {

std::uint32_t groups_of(const ProbeTables& tables, std::string_view text) {
  std::uint32_t groups = ~0U;
  for (std::size_t place = 0; place < k_probe_bytes_max; ++place) {
    groups &= tables[place][static_cast<unsigned char>(text[place])];
  }
  return groups;
}

}  // namespace

TEST_CASE("each probe has a group of its size, in either case") {
  const std::vector<Probe> probes = {probe_of("pass"), probe_of("auth"), probe_of("pwd"), probe_of("k=")};
  const ProbeTables tables = group_probes(probes);
  CHECK((groups_of(tables, "PaSs") & k_groups_of_four) != 0);
  CHECK((groups_of(tables, "auth") & k_groups_of_four) != 0);
  CHECK((groups_of(tables, "pwd~") & ~k_groups_of_four) != 0);
  CHECK((groups_of(tables, "K=~~") & ~k_groups_of_four) != 0);
  CHECK(groups_of(tables, "~~~~") == 0);
}

TEST_CASE("few probes of four bytes are all in the first lane") {
  std::vector<Probe> probes;
  for (const std::string_view text : {"pass", "auth", "toke", "xoxb", "akia", "ghp_"}) {
    probes.push_back(probe_of(text));
  }
  CHECK(are_few(probes));
  const ProbeTables tables = group_probes(probes);
  CHECK((groups_of(tables, "xoxb") & ~0xFFU) == 0);
  for (char c = 'a'; c <= 'z'; ++c) {
    for (char d = 'a'; d <= 'z'; ++d) {
      probes.push_back(probe_of(std::string{c, d, 'q', 'z'}));
    }
  }
  CHECK_FALSE(are_few(probes));
}

TEST_CASE("a fitted probe is in its group, and others find one beside it") {
  std::vector<Probe> probes;
  for (char c = 'a'; c <= 'z'; ++c) {
    for (char d = 'a'; d <= 'z'; ++d) {
      probes.push_back(probe_of(std::string{c, d, 'q', 'z'}));
    }
  }
  const FittedProbe fitted[] = {{probe_of("beqz"), 5}, {probe_of("yzqz"), 23}};
  const ProbeTables tables = group_probes(probes, fitted);
  CHECK((groups_of(tables, "beqz") & 1U << 5) != 0);
  CHECK((groups_of(tables, "YZQZ") & 1U << 23) != 0);
  for (const Probe& probe : probes) {
    const std::string text = {static_cast<char>(probe.bytes), static_cast<char>(probe.bytes >> 8), 'q', 'z'};
    CHECK((groups_of(tables, text) & k_groups_of_four) != 0);
  }
}

TEST_CASE("the probes of the built-in rules' anchors were fitted with the program") {
  auto parts = make_parts(builtin_rules(), 0, PatternForm::vector);
  add_own_patterns(parts.front());
  ProbeChooser chooser;
  for (const EnginePattern& anchor : parts.front().patterns) {
    const Probe probe = chooser.choose(sourceos::text::ascii_lower(anchor.expression)).probe;
    CHECK(std::ranges::any_of(fitted_probes(), [&](const FittedProbe& fitted) {
      const ProbeGroups groups = groups_of_size(probe.size);
      return fitted.probe.bytes == probe.bytes && fitted.probe.size == probe.size && fitted.group >= groups.from &&
             fitted.group < groups.past;
    }));
  }
}
