#include "cli/rule_trial.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "redact/pipeline.hpp"

namespace sourceos::cli {

namespace {

constexpr std::uint64_t k_seed = 1;

struct Outcome {
  std::string text;
  bool is_found = false;  // by the rule itself
};

Outcome run(const redact::Rule& rule, std::string_view text, const redact::Pipeline& pipeline) {
  redact::DocumentOptions options;
  options.format = redact::Format::text;
  options.hits = true;
  std::vector<redact::Hit> hits;
  const bundle::Redacted redacted = pipeline.document(text, options, &hits);
  Outcome outcome{redacted.bytes(), false};
  for (const redact::Hit& hit : hits) {
    outcome.is_found |= hit.rule == rule.id;
  }
  for (const bundle::Finding& finding : redacted.findings()) {
    outcome.is_found |= finding.rule_id.str() == rule.id;
  }
  return outcome;
}

// A secret may be taken by an earlier rule; what counts is that it is gone. An example that marks no
// secret is good when something in it was masked.
bool is_good(const redact::Rule& rule, const redact::Example& example, const Outcome& outcome) {
  if (outcome.is_found) {
    return true;
  }
  const bool is_gone = example.secret.empty() ? outcome.text.find(example.text) == std::string::npos
                                              : outcome.text.find(example.secret) == std::string::npos;
  return rule.kind == redact::RuleKind::secret && is_gone;
}

// A finding that is told from the n-th match on needs n of them.
std::string repeated(const redact::Rule& rule, const std::string& text) {
  std::string all;
  for (std::uint32_t i = 0; i < std::max(1U, rule.repeat); ++i) {
    all += text + "\n";
  }
  return all;
}

}  // namespace

Trial try_rules(std::span<const redact::Rule> rules, const redact::Pipeline& pipeline) {
  Trial trial;
  for (const redact::Rule& rule : rules) {
    ++trial.rules;
    for (std::size_t i = 0; i < rule.examples.size(); ++i, ++trial.examples) {
      const redact::Example example = redact::expand_example(rule.examples[i], k_seed + i);
      if (!is_good(rule, example, run(rule, repeated(rule, example.text), pipeline))) {
        trial.failures.push_back({std::string(rule.id), fmt::format("example {} is not found", i + 1)});
      }
    }
    for (std::size_t i = 0; i < rule.counter_examples.size(); ++i, ++trial.examples) {
      const redact::Example example = redact::expand_example(rule.counter_examples[i], k_seed + i);
      if (run(rule, repeated(rule, example.text), pipeline).is_found) {
        trial.failures.push_back({std::string(rule.id), fmt::format("counter-example {} is found", i + 1)});
      }
    }
  }
  return trial;
}

Trial compare_engines(std::span<const redact::Rule> rules, const redact::Pipeline& engine,
                      const redact::Pipeline& scalar) {
  Trial trial;
  for (const redact::Rule& rule : rules) {
    ++trial.rules;
    for (std::size_t i = 0; i < rule.examples.size(); ++i, ++trial.examples) {
      const std::string text = repeated(rule, redact::expand_example(rule.examples[i], k_seed + i).text);
      if (run(rule, text, engine).text != run(rule, text, scalar).text) {
        trial.failures.push_back(
            {std::string(rule.id), fmt::format("example {}: the engines differ", i + 1)});
      }
    }
  }
  return trial;
}

}  // namespace sourceos::cli
