#include "redact/engine.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace sourceos;
using namespace sourceos::redact;

namespace {

std::shared_ptr<const Engine> engine_of(std::vector<EnginePattern> patterns) {
  REQUIRE(Engine::usable());
  auto engine = Engine::compile(patterns);
  REQUIRE(engine.has_value());
  return *engine;
}

std::vector<Event> events_in(const Engine& engine, std::string_view text, std::uint64_t base = 0,
                             std::uint64_t after = 0) {
  Engine::Scratch scratch;
  REQUIRE(scratch.fit(engine));
  std::vector<Event> events;
  const Engine::Scanned scanned = engine.scan(text, base, after, scratch, events);
  CHECK(scanned.ok);
  CHECK(scanned.upto == base + text.size());
  return events;
}

}  // namespace

TEST_CASE("the engine tells which pattern ended where, in order") {
  const auto engine = engine_of({{.expression = "ab+"},
                                 {.expression = "x.y", .literal = true},
                                 {.expression = "key", .literal = true, .caseless = true}});
  CHECK((events_in(*engine, "abb x.y xzy KEY") ==
         std::vector<Event>{{2, 0}, {3, 0}, {7, 1}, {15, 2}}));
  CHECK((events_in(*engine, "abb x.y", 100, 103) == std::vector<Event>{{107, 1}}));
}

TEST_CASE("an engine that was stored and loaded finds the same") {
  const auto engine = engine_of({{.expression = "to[kc]en"}});
  const auto bytes = engine->serialise();
  REQUIRE(bytes.has_value());
  const auto loaded = Engine::load(*bytes);
  REQUIRE(loaded.has_value());
  CHECK((events_in(**loaded, "a token") == std::vector<Event>{{7, 0}}));
  CHECK_FALSE(Engine::load(bytes->substr(0, bytes->size() / 2)).has_value());
  CHECK_FALSE(Engine::load("no engine").has_value());
}

TEST_CASE("a pattern that the engine does not take is named") {
  const auto engine = Engine::compile({{.expression = "fine"}, {.expression = "(a", .name = "my-rule"}});
  REQUIRE_FALSE(engine.has_value());
  CHECK(engine.error().reason == "rule-pattern");
  CHECK(engine.error().message.find("my-rule") != std::string::npos);
}

TEST_CASE("a flood of matches stops at its cap and says how far it came") {
  const auto engine = engine_of({{.expression = "a"}});
  const std::string text(k_events_max + 1000, 'a');
  Engine::Scratch scratch;
  REQUIRE(scratch.fit(*engine));
  std::vector<Event> events;
  Engine::Scanned scanned = engine->scan(text, 0, 0, scratch, events);
  CHECK(scanned.ok);
  CHECK(scanned.upto == k_events_max - 1);
  events.clear();
  scanned = engine->scan(text, 0, scanned.upto, scratch, events);
  CHECK(scanned.upto == text.size());
  CHECK(events.size() == 1001);
}

// What the library's AVX-512 form gets wrong: a state that waits for one byte, at most alignments.
TEST_CASE("a match is found wherever in memory it lies") {
  const auto engine = engine_of({{.expression = "q[^\\n]*b[^\\n]*c"},
                                 {.expression = ":[^\\s/]{1,100}@(?:tcp|udp)\\("},
                                 {.expression = "z[^ ]{3,200}[0-9].{1,50}yx"}});
  const std::string match = "q--b--c\n:word@t" "cp(\nz-----5--yx\n";
  std::string text;
  Engine::Scratch scratch;
  REQUIRE(scratch.fit(*engine));
  for (const char filler : {'\n', '-', 'w'}) {
    for (std::size_t before = 0; before < 260; ++before) {
      text.assign(before, filler);
      text += match + std::string(300, filler);
      std::vector<Event> events;
      CHECK(engine->scan(text, 0, 0, scratch, events).ok);
      const bool all = std::ranges::all_of(std::vector<std::uint32_t>{0, 1, 2}, [&](auto pattern) {
        return std::ranges::find(events, pattern, &Event::pattern) != events.end();
      });
      CHECK_MESSAGE(all, "after " << before << " of '" << filler << "'");
    }
  }
}
