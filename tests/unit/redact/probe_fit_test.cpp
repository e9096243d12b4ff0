#include "redact/probe_fit.hpp"

#include <doctest/doctest.h>

#include "probe_support.hpp"

#include <string>
#include <string_view>
#include <vector>

using namespace sourceos::redact;

namespace {

std::vector<Probe> some_probes() {
  std::vector<Probe> probes;
  for (const std::string_view first : {"to", "pa", "se", "ke", "au", "xo", "gh", "ak", "sk", "ey"}) {
    for (const std::string_view next : {"ss", "en", "y_", "th", "xb", "p_", "ia", "cr", "e=", "q7"}) {
      probes.push_back(probe_of(std::string(first) + std::string(next)));
    }
  }
  for (const std::string_view text : {"pwd", "psk", "jwt", "k=", "p:"}) {
    probes.push_back(probe_of(text));
  }
  return probes;
}

std::size_t places_that_pass(const ProbeTables& tables, std::string_view text) {
  std::size_t passed = 0;
  for (std::size_t at = 0; at + k_probe_bytes_max <= text.size(); ++at) {
    std::uint32_t groups = k_groups_of_four;
    for (std::size_t i = 0; i < k_probe_bytes_max; ++i) {
      groups &= tables[i][static_cast<unsigned char>(text[at + i])];
    }
    passed += groups != 0 ? 1 : 0;
  }
  return passed;
}

}  // namespace

TEST_CASE("each probe is fitted into a group of its size, and fewer places of log lines pass") {
  const std::vector<Probe> probes = some_probes();
  const std::vector<std::uint8_t> groups = fit_probes(probes);
  REQUIRE(groups.size() == probes.size());
  ProbeTables fitted{};
  for (std::size_t at = 0; at < probes.size(); ++at) {
    const ProbeGroups of_size = groups_of_size(probes[at].size);
    CHECK(groups[at] >= of_size.from);
    CHECK(groups[at] < of_size.past);
    for (std::size_t i = 0; i < probes[at].size; ++i) {
      const auto byte = static_cast<unsigned char>(probes[at].bytes >> (8 * i));
      fitted[i][byte] |= 1U << groups[at];
      fitted[i][byte & ~0x20U] |= 1U << groups[at];
    }
  }
  const ProbeTables not_fitted = group_probes(probes, {});
  CHECK(places_that_pass(fitted, TextModel::lines()) <= places_that_pass(not_fitted, TextModel::lines()));
}

TEST_CASE("no probes are fitted into nothing") { CHECK(fit_probes({}).empty()); }
