#include "redact/context_gate.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "redact/matcher.hpp"
#include "redact/ruleset_parts.hpp"

using namespace sourceos::redact;

TEST_CASE("no example of a context rule is held back, wherever it stands") {
  const ContextGate gate(builtin_rules());
  std::size_t seen = 0;
  for (const Rule& rule : builtin_rules()) {
    if (part_of(rule) != Part::context) {
      continue;
    }
    const Matcher matcher(rule.pattern, rule.secret_group);
    for (const std::string_view example : rule.examples) {
      const std::string text = expand_example(example, 7).text;
      for (const std::string& around : {std::string(), std::string("\n"), "\n" + std::string(90, ' ') + "\n"}) {
        const std::string whole = around + text + around;
        Match match;
        if (!matcher.find(whole, 0, whole.size(), match)) {
          continue;
        }
        const std::size_t before = whole.rfind('\n', match.from);
        const std::size_t begin = before == std::string::npos ? 0 : before;
        CAPTURE(whole);
        CHECK(gate.may_hold(std::string_view(whole).substr(begin, whole.find('\n', match.to) - begin)));
        ++seen;
      }
    }
  }
  CHECK(seen > 10);
}

TEST_CASE("lines of plain logs are held back") {
  const ContextGate gate(builtin_rules());
  CHECK_FALSE(gate.may_hold("\n10:25:00 INFO request finished method=GET path=/v1/things/0123456789 status=200\n"));
  CHECK_FALSE(gate.may_hold("\n10:25:00 INFO moved /var/lib/things/part-0001/subdir/blk_3886504906413 to the store of old ones\n"));
}

TEST_CASE("a rule of which nothing is known lets everything through") {
  const auto file = parse_rule_file(R"(
[[rule]]
id = "test.open"
description = "x"
class = "token"
severity = "low"
tier = 2
pattern = '(?:q|Q)[A-Za-z0-9]{6,9};'
keywords = []
examples = ['q{{b62:8}};']
)", "open.toml");
  REQUIRE(file);
  CHECK(ContextGate(file->rules()).may_hold(std::string(100, ' ')));
  CHECK_FALSE(ContextGate({}).may_hold(std::string(100, ' ')));
}
