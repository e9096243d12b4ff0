// A match lies where it was looked for, holds its secret, and what the engine is given finds an
// end inside it. The first line is the pattern, the rest is the text.

#include <string>
#include <vector>

#include "redact/engine.hpp"
#include "redact/matcher.hpp"
#include "redact/pattern.hpp"
#include "redact/ruleset_parts.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;
using namespace sourceos::redact;

namespace {

bool engine_ends_inside(const std::vector<EnginePattern>& patterns, std::string_view text,
                        const Match& match) {
  const auto engine = Engine::compile(patterns);
  Engine::Scratch scratch;
  std::vector<Event> events;
  if (!engine || !scratch.fit(**engine) || !(*engine)->scan(text, 0, match.from, scratch, events).ok) {
    return true;  // refused: the caller says so, nothing is missed
  }
  for (const Event& event : events) {
    if (event.end > match.from && event.end <= match.to) {
      return true;
    }
  }
  return events.size() >= k_events_max;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::as_text(data, size);
  const std::size_t newline = input.find('\n');
  if (newline == std::string_view::npos || newline > 200 || size > 4096) {
    return 0;
  }
  const std::string_view pattern = input.substr(0, newline);
  const std::string_view text = input.substr(newline + 1);
  const auto facts = read_pattern(pattern);
  if (!facts || facts->width_min == 0 || facts->width_max > 2'000) {
    return 0;
  }
  const Matcher matcher(pattern, facts->secret_group);
  Match match;
  if (!matcher.check() || !matcher.find(text, 0, text.size(), match)) {
    return 0;
  }
  const std::size_t width = match.to - match.from;
  fuzz::require(match.from <= match.secret_from && match.secret_from <= match.secret_to &&
                    match.secret_to <= match.to && match.to <= text.size(), "a secret lies in its match");
  fuzz::require(width >= facts->width_min && width <= facts->width_max, "as wide as was said");
  Rule rule;
  rule.pattern = pattern;
  const auto parts = make_parts(std::span(&rule, 1), 0, PatternForm::vector);
  fuzz::require(engine_ends_inside(parts.front().patterns, text, match), "the engine finds it too");
  return 0;
}
