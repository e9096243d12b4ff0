#include "redact/compiled_rules.hpp"

#include "bundle/frame_foreign.hpp"

namespace sourceos::redact {

std::string find_compiled_rules(std::string_view pattern_digest) {
  if (!Engine::runs_shipped()) {
    return {};
  }
  for (const CompiledRules& rules : compiled_rules()) {
    if (rules.patterns != pattern_digest || rules.library != Engine::library()) {
      continue;
    }
    std::string out;
    out.reserve(rules.size);
    const auto state = bundle::decompress_foreign(rules.packed, rules.size, out);
    return state == bundle::Decompressed::whole && out.size() == rules.size ? out : std::string();
  }
  return {};
}

}  // namespace sourceos::redact
