#include "cli/rule_trial.hpp"

#include "redact/pipeline.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

std::unique_ptr<redact::Pipeline> pipeline_with(const std::string& rules) {
  redact::PipelineOptions options;
  options.run_id = std::string(32, '0');
  options.scalar = true;
  options.personal_data = false;
  options.rule_files = {{"rules.toml", rules}};
  auto pipeline = redact::Pipeline::create(std::move(options));
  REQUIRE_MESSAGE(pipeline.has_value(), pipeline.error().message);
  (*pipeline)->freeze();
  return std::move(*pipeline);
}

const std::string k_rules = R"(
[[rule]]
id = "acme-token"
description = "Token of Acme"
class = "acme"
severity = "high"
tier = 1
pattern = '\bacme_[a-z0-9]{20}\b'
keywords = ["acme_"]
examples = ["key acme_{{alnum:20}} here"]
counter_examples = ["acme_short"]
)";

}  // namespace

TEST_CASE("a rule whose examples match and whose counter-examples do not passes") {
  const std::string rules = k_rules;
  const auto file = redact::parse_rule_file(rules, "rules.toml");
  REQUIRE_MESSAGE(file.has_value(), file.error().message);
  std::string lower = rules;
  lower.replace(lower.find("{{alnum:20}}"), 12, "{{hex:20}}");
  const auto parsed = redact::parse_rule_file(lower, "rules.toml");
  REQUIRE(parsed.has_value());
  const Trial trial = try_rules(parsed->rules(), *pipeline_with(lower));
  CHECK(trial.rules == 1);
  CHECK(trial.examples == 2);
  CHECK(trial.failures.empty());
}

TEST_CASE("an example that is not found and a counter-example that is are failures, unquoted") {
  std::string rules = k_rules;
  rules.replace(rules.find("key acme_{{alnum:20}} here"), 26, "nothing of that kind");
  rules.replace(rules.find("acme_short"), 10, "acme_{{hex:20}}");
  const auto parsed = redact::parse_rule_file(rules, "rules.toml");
  REQUIRE(parsed.has_value());
  const Trial trial = try_rules(parsed->rules(), *pipeline_with(k_rules));
  REQUIRE(trial.failures.size() == 2);
  CHECK(trial.failures[0].what == "example 1 is not found");
  CHECK(trial.failures[1].what == "counter-example 1 is found");
}
