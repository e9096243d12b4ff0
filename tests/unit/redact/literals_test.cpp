#include "redact/literals.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

using namespace sourceos::redact;

namespace {

std::vector<Event> events_in(const Literals& literals, std::string_view text, std::uint64_t base = 0,
                             std::uint64_t after = 0) {
  std::vector<Event> events;
  literals.scan(text, base, after, events);
  std::ranges::sort(events);
  return events;
}

}  // namespace

TEST_CASE("every place of every literal is told") {
  const Literals literals({{.expression = "abc", .literal = true},
                           {.expression = "Token", .literal = true, .caseless = true},
                           {.expression = "bcd", .literal = true}});
  CHECK((events_in(literals, "abcd tOKEN Abc") == std::vector<Event>{{3, 0}, {4, 2}, {10, 1}}));
  CHECK((events_in(literals, "abc abc", 10, 13) == std::vector<Event>{{17, 0}}));
}

TEST_CASE("bytes that only fold alike are told apart") {
  const Literals literals({{.expression = "key_", .literal = true, .caseless = true},
                           {.expression = "[a{", .literal = true, .caseless = true}});
  CHECK(events_in(literals, "key\x7F KEY? {A[").empty());
  CHECK(events_in(literals, "KEY_ [A{").size() == 2);
}

TEST_CASE("a literal that asks for a word's begin or end is told nowhere else") {
  const Literals literals({{.expression = "net", .literal = true, .word_begin = true},
                           {.expression = "use", .literal = true, .word_end = true}});
  CHECK((events_in(literals, "net subnet net_ reuse used") ==
         std::vector<Event>{{3, 0}, {14, 0}, {21, 1}}));
}

TEST_CASE("every literal is found wherever it lies, among many others") {
  std::vector<EnginePattern> patterns;
  for (unsigned i = 0; i < 3000; ++i) {
    std::string bytes;
    for (unsigned seed = i * 7919 + 1; bytes.size() < 2 + i % 9; seed = seed * 1103515245 + 12345) {
      bytes += static_cast<char>(i % 5 == 0 ? seed >> 16 : 'a' + (seed >> 16) % 26);
    }
    patterns.push_back({.expression = bytes, .literal = true, .caseless = i % 2 == 0});
  }
  const Literals literals(patterns);
  for (std::uint32_t i = 0; i < patterns.size(); i += 17) {
    for (const std::size_t before : {0U, 1U, 63U, 64U, 4095U + i % 70}) {
      const std::string text = std::string(before, '~') + patterns[i].expression + std::string(i % 80, '~');
      const auto events = events_in(literals, text);
      CHECK(std::ranges::find(events, Event{before + patterns[i].expression.size(), i}) != events.end());
    }
  }
}

TEST_CASE("what is told is what a plain search finds") {
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  std::vector<EnginePattern> patterns;
  for (const std::string_view bytes : {"pat", "path", "Pat", "at", "connect", "connect as", "ion_id", "_id", "id=", "=x",
                                       "\n--", "-- p", "t\xE9", "\xC3\xA9", "x:465 ", "aaaa", "aaaaaaaa", "[a", "{a"}) {
    for (unsigned bits = 0; bits < 8; ++bits) {
      patterns.push_back({.expression = std::string(bytes), .literal = true, .caseless = (bits & 1) != 0,
                          .word_begin = (bits & 2) != 0, .word_end = (bits & 4) != 0});
    }
  }
  const Literals literals(patterns);
  std::uint32_t seed = 1;
  for (unsigned round = 0; round < 300; ++round) {
    std::string text;
    while (text.size() < round) {
      seed = seed * 1664525 + 1013904223;
      const std::string& piece = patterns[(seed >> 8) % patterns.size()].expression;
      text += seed >> 30 != 0 ? piece.substr((seed >> 20) % 3 % piece.size()) : std::string(1, static_cast<char>(seed >> 16));
      text.back() = (seed >> 13) % 4 == 0 && text.back() >= 'a' && text.back() <= 'z' ? static_cast<char>(text.back() - 32) : text.back();
    }
    std::vector<Event> expected;
    for (std::uint32_t i = 0; i < patterns.size(); ++i) {
      const EnginePattern& pattern = patterns[i];
      const auto same = [&](char a, char b) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
        return pattern.caseless ? lower(a) == lower(b) : a == b;
      };
      for (std::size_t from = 0; from + pattern.expression.size() <= text.size(); ++from) {
        const std::size_t to = from + pattern.expression.size();
        if (std::ranges::equal(std::string_view(text).substr(from, to - from), pattern.expression, same) &&
            !(pattern.word_begin && from > 0 && is_word(text[from - 1])) &&
            !(pattern.word_end && to < text.size() && is_word(text[to]))) {
          expected.push_back({to, i});
        }
      }
    }
    std::ranges::sort(expected);
    CHECK(events_in(literals, text) == expected);
  }
}

TEST_CASE("blanks are looked for inside of the text only") {
  const Literals literals({{.expression = "    ", .literal = true}, {.expression = "  x", .literal = true}});
  const std::string text = "ab  x    ";  // on the heap, with nothing behind it
  const std::vector<char> exact(text.begin(), text.end());
  CHECK((events_in(literals, {exact.data(), exact.size()}) == std::vector<Event>{{5, 1}, {9, 0}}));
}

TEST_CASE("a flood of places stops at its cap and says how far it came") {
  const Literals literals({{.expression = "ab", .literal = true}, {.expression = "ba", .literal = true}});
  std::string text;
  while (text.size() < 2 * k_events_max) {
    text += "abab";
  }
  std::vector<Event> events;
  const auto scanned = literals.scan(text, 5, 0, events);
  CHECK(scanned.upto < 5 + text.size());
  const auto within = std::ranges::count_if(events, [&](const Event& event) { return event.end <= scanned.upto; });
  CHECK(static_cast<std::uint64_t>(within) == scanned.upto - 5 - 1);  // an end at each byte but the first
}

TEST_CASE("texts and sets of any size are fine") {
  CHECK(Literals({}).empty());
  CHECK(events_in(Literals({}), "abc").empty());
  const Literals literals({{.expression = "abc", .literal = true}});
  CHECK(events_in(literals, "").empty());
  CHECK(events_in(literals, "ab").empty());
  CHECK(events_in(literals, "xxab").empty());
}
