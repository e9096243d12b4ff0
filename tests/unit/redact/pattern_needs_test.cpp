#include "redact/pattern_needs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "redact/matcher.hpp"
#include "redact/rules.hpp"

using namespace sourceos;
using namespace sourceos::redact;

namespace {

std::vector<std::string> anchors_of(std::string_view pattern) {
  std::vector<std::string> out;
  for (const Anchor& anchor : needs_of(pattern).anchors) {
    out.push_back((anchor.word_begin ? "<" : "") + anchor.bytes + (anchor.word_end ? ">" : ""));
  }
  return out;
}

using Strings = std::vector<std::string>;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Whether one of the anchors stands in the match where it says.
bool holds_anchor(const Rule& rule, std::string_view text, const Match& match) {
  const std::string lower = text::ascii_lower(text);
  return std::ranges::any_of(rule.anchors, [&](const RuleAnchor& anchor) {
    for (std::size_t at = match.from + anchor.offset_min; at <= match.from + anchor.offset_max; ++at) {
      const std::size_t end = at + anchor.bytes.size();
      if (end <= match.to && lower.substr(at, anchor.bytes.size()) == anchor.bytes &&
          !(anchor.word_begin && at > 0 && is_word(text[at - 1])) &&
          !(anchor.word_end && end < text.size() && is_word(text[end]))) {
        return true;
      }
    }
    return false;
  });
}

std::size_t longest_run(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = is_word(c) || c == '-' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

TEST_CASE("anchors are the texts of a part that each match holds") {
  CHECK(anchors_of("zyx_[a-z]{20}") == Strings{"zyx_"});
  CHECK(anchors_of("(?i)(?:Zyx|wvut)[=:]x") == Strings{"wvut", "zyx"});
  CHECK(anchors_of("[a-z]{0,9}\\bqzx\\b.{3}") == Strings{"<qzx>"});
  CHECK(anchors_of("(?:qz){2,3}[a-z]") == Strings{"qzqz"});
  CHECK(anchors_of("qx?z!") == Strings{"qxz!", "qz!"});
}

TEST_CASE("of several parts the rarest is taken, with its distance") {
  const PatternNeeds needs = needs_of("user [a-z]{2,5}qzx_[0-9]{3}");
  REQUIRE(needs.anchors.size() == 1);
  CHECK(needs.anchors[0].bytes == "qzx_");
  CHECK(needs.anchors[0].offset_min == 7);
  CHECK(needs.anchors[0].offset_max == 10);
}

TEST_CASE("where nothing is sure, nothing is told") {
  CHECK(anchors_of("[a-z]{3}").empty());
  CHECK(anchors_of("zyx_|[a-z]{3}").empty());
  CHECK(anchors_of("(?:zyx_)?[a-z]{3}").empty());
  CHECK(anchors_of("a[0-9]{3}").empty());
}

TEST_CASE("runs go over the parts of a pattern, and are as long as the shortest way through it") {
  CHECK(needs_of("ab_[a-z0-9]{20}").token_run == 23);
  CHECK(needs_of("ab[-_]?[a-z0-9]{20,40}").token_run == 22);
  CHECK(needs_of("ab=[a-z0-9]{20}").token_run == 20);
  CHECK(needs_of("ab(?:[a-z]{20}|[a-z.]{30})").token_run == 2);
  CHECK(needs_of("(?:[a-z]{4}-){3}x").token_run == 16);
  CHECK(needs_of("[^ ]{20}").token_run == 0);
}

TEST_CASE("what may go over a line's end says so") {
  CHECK(needs_of("a\\sb").newline);
  CHECK(needs_of("a[^x]b").newline);
  CHECK_FALSE(needs_of("a[ \\t]b[^\\n]").newline);
}

TEST_CASE("each match of each built-in rule's examples holds what the rule says") {
  for (const Rule& rule : builtin_rules()) {
    const Matcher matcher(rule.pattern, 0);
    for (const std::string_view example : rule.examples) {
      for (std::uint64_t seed = 1; seed < 4; ++seed) {
        const std::string text = "\n" + expand_example(example, seed).text + "\n";
        Match match;
        for (std::size_t from = 0; matcher.find(text, from, text.size(), match); from = match.from + 1) {
          CHECK_MESSAGE((rule.anchors.empty() || holds_anchor(rule, text, match)), rule.id << ": " << text);
          const std::string_view matched = std::string_view(text).substr(match.from, match.to - match.from);
          CHECK_MESSAGE(longest_run(matched) >= rule.token_run, rule.id << ": " << text);
          CHECK_MESSAGE((rule.newline || matched.find('\n') == std::string_view::npos), rule.id);
        }
      }
    }
  }
}
