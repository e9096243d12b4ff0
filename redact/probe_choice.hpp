// Which bytes of a literal are looked for first: its probe.
#pragma once

#include <cstdint>
#include <set>
#include <string_view>

#include "redact/probe_groups.hpp"

namespace sourceos::redact {

struct ChosenProbe {
  Probe probe;
  std::uint16_t offset = 0;  // in the literal
};

class ProbeChooser {
 public:
  // The rarest bytes, or rare ones that an earlier literal got. `lower`: in lower case, two bytes or more.
  [[nodiscard]] ChosenProbe choose(std::string_view lower);

 private:
  std::set<std::uint32_t> chosen_;
};

}  // namespace sourceos::redact
