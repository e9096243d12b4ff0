#include "redact/rules.hpp"

#include <doctest/doctest.h>

#include <set>

#include "redact/confirm.hpp"
#include "redact/matcher.hpp"

using namespace sourceos;
using namespace sourceos::redact;

namespace {

// The scalar path of one rule over one text: what it masks.
std::vector<std::string> masked_by(const Rule& rule, std::string_view text) {
  const Matcher matcher(rule.pattern, rule.secret_group);
  std::vector<std::string> out;
  Match match;
  for (std::size_t at = 0; at <= text.size() && matcher.find(text, at, text.size(), match);) {
    const std::size_t before = match.from - std::min<std::size_t>(match.from, k_rule_before_bytes);
    const Confirmed confirmed = confirm(rule, {.before = text.substr(before, match.from - before),
                                               .match = text.substr(match.from, match.to - match.from),
                                               .after = text.substr(match.to, rule.tail),
                                               .from = match.secret_from - match.from,
                                               .to = match.secret_to - match.from});
    if (confirmed.masks()) {
      out.emplace_back(text.substr(match.from + confirmed.from, confirmed.to - confirmed.from));
    }
    at = std::max(match.from + 1, confirmed.masks() ? match.from + confirmed.to : 0);
  }
  return out;
}

std::string rule_text(std::string_view pattern) {
  return "[[rule]]\nid = \"acme.key\"\ndescription = \"a key\"\nclass = \"key\"\npattern = '" +
         std::string(pattern) + "'\nkeywords = [\"acme_\"]\nexamples = [\"acme_{{hex:8}}\"]\n";
}

Error error_of(std::string_view text) { return parse_rule_file(text, "own.toml").error(); }

}  // namespace

TEST_CASE("there are more than two hundred rules, each with a name of its own") {
  std::set<std::string_view> ids;
  for (const Rule& rule : builtin_rules()) {
    CHECK_MESSAGE(ids.insert(rule.id).second, rule.id);
  }
  CHECK(ids.size() >= 200);
}

TEST_CASE("every rule masks what its examples say and leaves its counter-examples") {
  constexpr std::uint64_t k_seeds = 3;
  for (const Rule& rule : builtin_rules()) {
    REQUIRE_MESSAGE(Matcher(rule.pattern, rule.secret_group).check().has_value(), rule.id);
    for (const std::string_view text : rule.examples) {
      for (std::uint64_t seed = 1; seed <= k_seeds; ++seed) {
        const Example example = expand_example(text, seed);
        const auto masked = masked_by(rule, example.text);
        CHECK_MESSAGE(!masked.empty(), rule.id << ": " << text);
        const bool exact = example.secret.empty() || std::ranges::find(masked, example.secret) != masked.end();
        CHECK_MESSAGE(exact, rule.id << ": " << text);
      }
    }
    for (const std::string_view text : rule.counter_examples) {
      CHECK_MESSAGE(masked_by(rule, expand_example(text, 1).text).empty(), rule.id << ": " << text);
    }
  }
}

TEST_CASE("a carriage return at a line's end hides nothing") {
  for (const Rule& rule : builtin_rules()) {
    for (const std::string_view text : rule.examples) {
      const Example example = expand_example(text, 1);
      if (!example.text.contains('\n')) {
        CHECK_MESSAGE(!masked_by(rule, example.text + "\r\n").empty(), rule.id << ": " << text);
      }
    }
  }
}

TEST_CASE("every match holds a keyword of its rule") {
  for (const Rule& rule : builtin_rules()) {
    for (const std::string_view text : rule.examples) {
      std::string lower = expand_example(text, 1).text;
      std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      const bool held = rule.keywords.empty() || std::ranges::any_of(rule.keywords, [&lower](std::string_view keyword) {
                          return lower.find(keyword) != std::string::npos;
                        });
      CHECK_MESSAGE(held, rule.id << ": " << text);
    }
  }
}

TEST_CASE("a rule file of a user is read") {
  const RuleFile file = parse_rule_file(rule_text("acme_[0-9a-f]{8}"), "own.toml").value();
  REQUIRE(file.rules().size() == 1);
  CHECK(file.rules()[0].id == "acme.key");
  CHECK(file.rules()[0].width_max == 13);
  CHECK(masked_by(file.rules()[0], "x acme_0123abcd y") == std::vector<std::string>{"acme_0123abcd"});
}

TEST_CASE("a rule that is not fit is refused with file, line, column and reason") {
  CHECK(error_of(rule_text("acme_[0-9]*")).reason == "rule-unbounded");
  CHECK(error_of(rule_text("acme_[0-9]*")).message.starts_with("own.toml:5:"));
  CHECK(error_of(rule_text("acme_(?=x)")).reason == "rule-pattern");
  CHECK(error_of(rule_text("[a-z]{3}")).reason == "rule-literal");
  CHECK(error_of(rule_text("(?:acme_)?")).reason == "rule-empty-match");
  CHECK(error_of(rule_text("acme_") + rule_text("acme_")).reason == "rule-duplicate");
  CHECK(error_of("[[rule]]\nid = \"x\"\n").reason == "rule-malformed");
  CHECK(error_of("rule = 1\n").reason == "rule-malformed");
  CHECK(error_of(rule_text("acme_") + "shape = 1\n").reason == "rule-malformed");
}

TEST_CASE("a match wider than what readers hold back is refused") {
  std::string wide;
  for (int part = 0; part < 20; ++part) {
    wide += "[a-f]{1000}";
  }
  CHECK(error_of(rule_text("acme_" + wide)).reason == "rule-unbounded");
}
