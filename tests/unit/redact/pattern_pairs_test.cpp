#include "redact/pattern_pairs.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include <fmt/format.h>

#include "redact/matcher.hpp"
#include "redact/rules.hpp"

using namespace sourceos::redact;

namespace {

bool may_match(std::string_view pattern, std::string_view text) {
  TextPairs pairs;
  pairs.read(text);
  return PatternPairs(pattern).may_match(pairs);
}

// `text` with some of its bytes in another case, cut, doubled or made another.
std::string changed(std::string text, std::mt19937& random) {
  for (int times = static_cast<int>(random() % 4); times > 0 && !text.empty(); --times) {
    const std::size_t at = random() % text.size();
    switch (random() % 4) {
      case 0: text[at] = static_cast<char>(text[at] ^ 0x20); break;
      case 1: text.erase(at, random() % 8); break;
      case 2: text.insert(at, text.substr(at, random() % 8)); break;
      default: text[at] = static_cast<char>(random()); break;
    }
  }
  return text;
}

}  // namespace

TEST_CASE("a text without what the pattern holds is refused") {
  CHECK(may_match("(?i)\\bsecret[ =]{1,3}\\w{4,9}", "Secret = abcd"));
  CHECK_FALSE(may_match("(?i)\\bsecret[ =]{1,3}\\w{4,9}", "sec ret = abcd"));
  CHECK_FALSE(may_match("secret:[a-f]{8}", "secret: abcdef"));
  CHECK_FALSE(may_match("ab", ""));
  CHECK_FALSE(may_match("ab", "a"));
}

TEST_CASE("one of the alternatives is enough") {
  const std::string_view pattern = "(?:login \\S{1,9} with|set (?:auth|key)) pass";
  CHECK(may_match(pattern, "login me with pass"));
  CHECK(may_match(pattern, "set key pass"));
  CHECK_FALSE(may_match(pattern, "set pin pass"));
  CHECK_FALSE(may_match(pattern, "key auth pass"));
  CHECK(may_match("(?:xy|)z", "z"));
}

TEST_CASE("what may be left out is not wanted") {
  CHECK(may_match("ab(?:cd)?e", "abe"));
  CHECK(may_match("abc?d{0,2}e", "abe"));
  CHECK(may_match("(?:ab)?(?:cd)?", ""));
  CHECK(may_match("ab(?:c?d?){2}e", "abe"));
  CHECK(may_match("x{0}ab", "ab"));
  CHECK_FALSE(may_match("ab(?:cd)?e", "abxe"));
  CHECK_FALSE(may_match("a{2}b", "ab"));
}

TEST_CASE("assertions and flags want nothing, and bytes past ASCII count") {
  CHECK(may_match("(?m)^ab$\\b", "ab"));
  CHECK(may_match("(?s)a.b", "a\nb"));
  CHECK(may_match("\\xe2\\x80\\x94[^a]", "\xe2\x80\x94z"));
  CHECK_FALSE(may_match("\\xe2\\x80\\x94[^a]", "\xe2\x80z"));
}

TEST_CASE("no match of any rule is refused") {
  std::mt19937 random(20);
  TextPairs pairs;
  std::size_t seen = 0;
  for (const Rule& rule : builtin_rules()) {
    const Matcher matcher(rule.pattern, rule.secret_group);
    for (const std::string_view example : rule.examples) {
      for (std::uint64_t seed = 0; seed < 12; ++seed) {
        const std::string whole = changed("\n " + expand_example(example, seed).text + "\n", random);
        Match match;
        if (matcher.find(whole, 0, whole.size(), match)) {
          CAPTURE(rule.id);
          CAPTURE(whole);
          pairs.read(std::string_view(whole).substr(match.from, match.to - match.from));
          CHECK(matcher.may_match(pairs));
          ++seen;
        }
      }
    }
  }
  CHECK(seen > 4000);
}

TEST_CASE("every byte is known in a class, by its escape and alone") {
  for (unsigned byte = 0; byte < 256; ++byte) {
    const std::string text = {'x', static_cast<char>(byte)};
    CAPTURE(byte);
    CHECK(may_match(fmt::format("x[\\x{:02x}]", byte), text));
    CHECK(may_match(fmt::format("x\\x{:02x}", byte), text));
    CHECK_FALSE(may_match(fmt::format("x[^\\x{:02x}]", byte ^ 0x11), {text.data(), 1}));
    CHECK_FALSE(may_match(fmt::format("x\\x{:02x}", byte ^ 0x11), text));
  }
}
