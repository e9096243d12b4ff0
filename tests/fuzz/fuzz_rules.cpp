// Rule files: read whole or refused, and what was read is bounded and makes patterns.

#include "redact/matcher.hpp"
#include "redact/rules.hpp"
#include "redact/ruleset_parts.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;
using namespace sourceos::redact;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = parse_rule_file(fuzz::as_text(data, size), "fuzz.toml");
  if (!file) {
    fuzz::require(!file.error().reason.empty(), "a refusal has its reason");
    return 0;
  }
  for (const Rule& rule : file->rules()) {
    fuzz::require(rule.width_min > 0, "no rule matches nothing");
    fuzz::require(rule.width_max >= rule.width_min &&
                      k_rule_before_bytes + rule.width_max + rule.tail <= k_rule_width_max, "rules are bounded");
    fuzz::require(rule.tier != 1 || !rule.keywords.empty(), "a rule that always runs has a keyword");
  }
  for (const PatternForm form : {PatternForm::vector, PatternForm::scalar}) {
    for (const PartPatterns& part : make_parts(file->rules(), 0, form)) {
      fuzz::require(part.patterns.size() == part.triggers.size(), "a trigger for each pattern");
    }
  }
  return 0;
}
