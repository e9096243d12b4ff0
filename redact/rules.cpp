#include "redact/rules.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/text.hpp"
#include "core/toml.hpp"
#include "redact/pattern.hpp"
#include "redact/pattern_needs.hpp"

namespace sourceos::redact {

namespace {

constexpr std::array k_kinds{"secret", "finding"};
constexpr std::array k_formats{"issuer", "free"};
constexpr std::array k_severities{"low", "medium", "high"};
constexpr std::array k_checks{"none",    "github",     "jwt",   "luhn",     "aws-key-id", "basic-auth",
                              "service", "mixed",      "pem-base64", "digit", "password",   "assignment",
                              "option",  "header",     "identity",   "prose", "command",    "spelled"};
constexpr std::array k_extends{"none", "b64", "b64url", "word", "graph"};
constexpr std::array k_fields{"id",     "description", "class",    "kind",     "severity",
                              "tier",   "pattern",     "extend",   "tail",     "keywords",
                              "entropy", "check",      "format",   "repeat",   "examples",
                              "counter_examples"};
constexpr std::size_t k_rules_in_file_max = 2'000;
constexpr std::size_t k_keyword_bytes_min = 2;
constexpr std::size_t k_literal_bytes_min = 3;

bool made_of(std::string_view text, std::string_view more) {
  return !text.empty() && std::ranges::all_of(text, [more](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || more.contains(c);
  });
}

// Checks that look at the value behind the match say so by having a tail.
std::uint32_t tail_by_default(Check check, Extend extend) {
  constexpr std::uint32_t k_value_tail_bytes = 8 * 1024;
  constexpr std::uint32_t k_token_tail_bytes = 8 * 1024;
  if (check >= Check::assignment) {
    return k_value_tail_bytes;
  }
  return extend == Extend::none ? 0 : k_token_tail_bytes;
}

// Finds the lines of a file again, since values carry no positions: the n-th [[rule]] and in it a
// key's line.
class Places {
 public:
  Places(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  [[nodiscard]] std::string of(std::size_t rule, std::string_view key, std::size_t into = 0) const {
    std::size_t line_number = 0;
    std::size_t rules_seen = 0;
    std::size_t header_line = 1;
    for (const std::string_view line : text::lines(text_)) {
      ++line_number;
      const std::string_view trimmed = text::trim(line);
      if (trimmed.starts_with("[[rule]]")) {
        if (++rules_seen > rule + 1) {
          break;
        }
        header_line = line_number;
      } else if (rules_seen == rule + 1 && is_assignment_of(trimmed, key)) {
        const std::size_t quote = line.find_first_of("'\"");
        const std::size_t column = quote == std::string_view::npos ? 1 : quote_end(line, quote) + into + 1;
        return fmt::format("{}:{}:{}", name_, line_number, column);
      }
    }
    return fmt::format("{}:{}:1", name_, header_line);
  }

 private:
  static bool is_assignment_of(std::string_view line, std::string_view key) {
    return line.starts_with(key) && text::trim(line.substr(key.size())).starts_with("=");
  }
  static std::size_t quote_end(std::string_view line, std::size_t quote) {
    return std::min(line.find_first_not_of(line[quote], quote), line.size());
  }

  std::string_view text_;
  std::string_view name_;
};

}  // namespace

// Fills a RuleFile; its own class because only it may write there.
class RuleFileReader {
 public:
  RuleFileReader(std::string_view text, std::string_view name) : places_(text, name) {
    file_.text_ = std::make_unique<std::deque<std::string>>();
    file_.lists_ = std::make_unique<std::deque<std::vector<std::string_view>>>();
    file_.anchors_ = std::make_unique<std::deque<std::vector<RuleAnchor>>>();
  }

  Result<RuleFile> read(const json::Value& document) {
    if (!document.is_object() || document.size() != 1 || !document.contains("rule") ||
        !document["rule"].is_array()) {
      return refuse("", "expected [[rule]] blocks and nothing else");
    }
    const json::Value& blocks = document["rule"];
    if (blocks.size() > k_rules_in_file_max) {
      return fail(ErrorKind::limit, "rule-count", fmt::format("more than {} rules", k_rules_in_file_max));
    }
    for (const json::Value& block : blocks) {
      SOURCEOS_TRY(read_rule(block));
      ++index_;
    }
    return std::move(file_);
  }

 private:
  std::unexpected<Error> refuse(std::string_view key, std::string message,
                                std::string_view reason = "rule-malformed", std::size_t into = 0) {
    return fail(ErrorKind::malformed, reason,
                fmt::format("{}: {}", places_.of(index_, key, into), message));
  }

  std::string_view keep(const std::string& text) { return file_.text_->emplace_back(text); }

  Result<std::string> string_of(const json::Value& block, const char* key, const char* otherwise) {
    if (!block.contains(key)) {
      if (otherwise == nullptr) {
        return refuse(key, fmt::format("'{}' is missing", key));
      }
      return otherwise;
    }
    if (!block[key].is_string()) {
      return refuse(key, fmt::format("'{}' is not a string", key));
    }
    return block[key].get<std::string>();
  }

  Result<double> number_of(const json::Value& block, const char* key, double otherwise, double most) {
    if (!block.contains(key)) {
      return otherwise;
    }
    const double value = block[key].is_number() ? block[key].get<double>() : -1;
    if (value < 0 || value > most) {
      return refuse(key, fmt::format("'{}' is not a number from 0 to {}", key, most));
    }
    return value;
  }

  template <class Names>
  Result<std::uint8_t> choice_of(const json::Value& block, const char* key, const Names& names,
                                 const char* otherwise) {
    SOURCEOS_TRY_ASSIGN(const std::string text, string_of(block, key, otherwise));
    const auto found = std::ranges::find(names, std::string_view(text));
    if (found == names.end()) {
      return refuse(key, fmt::format("'{}' is none of: {}", key, fmt::join(names, ", ")));
    }
    return static_cast<std::uint8_t>(found - names.begin());
  }

  Result<std::span<const std::string_view>> list_of(const json::Value& block, const char* key) {
    if (!block.contains(key)) {
      return std::span<const std::string_view>();
    }
    if (!block[key].is_array()) {
      return refuse(key, fmt::format("'{}' is not a list of strings", key));
    }
    std::vector<std::string_view> items;
    for (const json::Value& item : block[key]) {
      if (!item.is_string()) {
        return refuse(key, fmt::format("'{}' is not a list of strings", key));
      }
      items.push_back(keep(item.get<std::string>()));
    }
    return std::span<const std::string_view>(file_.lists_->emplace_back(std::move(items)));
  }

  Status read_rule(const json::Value& block) {
    if (!block.is_object()) {
      return refuse("", "a rule is a table");
    }
    for (const auto& [key, value] : block.items()) {
      if (std::ranges::find(k_fields, std::string_view(key)) == k_fields.end()) {
        return refuse(key, fmt::format("unknown key '{}'", key));
      }
    }
    Rule rule;
    SOURCEOS_TRY(read_names(block, rule));
    SOURCEOS_TRY(read_choices(block, rule));
    SOURCEOS_TRY(read_pattern_of(block, rule));
    SOURCEOS_TRY_ASSIGN(rule.examples, list_of(block, "examples"));
    SOURCEOS_TRY_ASSIGN(rule.counter_examples, list_of(block, "counter_examples"));
    if (rule.examples.empty()) {
      return refuse("examples", "a rule needs an example");
    }
    file_.rules_.push_back(rule);
    return {};
  }

  Status read_names(const json::Value& block, Rule& rule) {
    SOURCEOS_TRY_ASSIGN(const std::string id, string_of(block, "id", nullptr));
    SOURCEOS_TRY_ASSIGN(const std::string description, string_of(block, "description", nullptr));
    SOURCEOS_TRY_ASSIGN(const std::string klass, string_of(block, "class", nullptr));
    if (!made_of(id, ".-") || id.size() > 64) {
      return refuse("id", "an id is up to 64 of a-z, 0-9, '.' and '-'");
    }
    if (!made_of(klass, "-") || klass.size() > 32) {
      return refuse("class", "a class is up to 32 of a-z, 0-9 and '-'");
    }
    if (!ids_.insert(id).second) {
      return refuse("id", "an id that an earlier rule has", "rule-duplicate");
    }
    rule.id = keep(id);
    rule.klass = keep(klass);
    rule.description = keep(description);
    return {};
  }

  Status read_choices(const json::Value& block, Rule& rule) {
    SOURCEOS_TRY_ASSIGN(const std::uint8_t kind, choice_of(block, "kind", k_kinds, "secret"));
    SOURCEOS_TRY_ASSIGN(const std::uint8_t severity, choice_of(block, "severity", k_severities, "high"));
    SOURCEOS_TRY_ASSIGN(const std::uint8_t check, choice_of(block, "check", k_checks, "none"));
    SOURCEOS_TRY_ASSIGN(const std::uint8_t extend, choice_of(block, "extend", k_extends, "none"));
    SOURCEOS_TRY_ASSIGN(const double tier, number_of(block, "tier", 1, 2));
    SOURCEOS_TRY_ASSIGN(const std::uint8_t format,
                        choice_of(block, "format", k_formats, tier >= 2 ? "free" : "issuer"));
    SOURCEOS_TRY_ASSIGN(const double entropy, number_of(block, "entropy", 0, 8));
    SOURCEOS_TRY_ASSIGN(const double repeat, number_of(block, "repeat", 1, 1'000'000));
    rule.kind = static_cast<RuleKind>(kind);
    rule.severity = static_cast<bundle::Severity>(severity);
    rule.check = static_cast<Check>(check);
    rule.extend = static_cast<Extend>(extend);
    rule.format = static_cast<RuleFormat>(format);
    SOURCEOS_TRY_ASSIGN(const double tail, number_of(block, "tail", tail_by_default(rule.check, rule.extend),
                                                     k_rule_width_max));
    rule.tier = tier >= 2 ? 2 : 1;
    rule.entropy_min = static_cast<float>(entropy);
    rule.repeat = std::max(1U, static_cast<std::uint32_t>(repeat));
    rule.tail = static_cast<std::uint32_t>(tail);
    return {};
  }

  Status read_pattern_of(const json::Value& block, Rule& rule) {
    SOURCEOS_TRY_ASSIGN(const std::string pattern, string_of(block, "pattern", nullptr));
    SOURCEOS_TRY_ASSIGN(rule.keywords, list_of(block, "keywords"));
    const auto facts = read_pattern(pattern);
    if (!facts) {
      return refuse("pattern", facts.error().message, facts.error().reason, facts.error().at);
    }
    if (facts->width_min == 0) {
      return refuse("pattern", "the pattern matches nothing at all", "rule-empty-match");
    }
    if (k_rule_before_bytes + facts->width_max + rule.tail > k_rule_width_max) {
      return refuse("pattern",
                    fmt::format("a match may be {} bytes wide with its tail, at most {} are allowed",
                                facts->width_max + rule.tail, k_rule_width_max - k_rule_before_bytes),
                    "rule-unbounded");
    }
    for (const std::string_view keyword : rule.keywords) {
      if (keyword.size() < k_keyword_bytes_min || text::ascii_lower(keyword) != keyword) {
        return refuse("keywords", "a keyword is lower case and two bytes or longer");
      }
    }
    if (rule.tier == 1 && facts->literal_min < k_literal_bytes_min) {
      return refuse("pattern",
                    fmt::format("a rule of tier 1 needs a literal of {} bytes in every match", k_literal_bytes_min),
                    "rule-literal");
    }
    if (rule.keywords.empty() && rule.tier == 1) {
      return refuse("keywords", "a rule of tier 1 needs a keyword", "rule-literal");
    }
    rule.pattern = keep(pattern);
    rule.secret_group = static_cast<std::uint8_t>(facts->secret_group);
    rule.width_min = static_cast<std::uint32_t>(facts->width_min);
    rule.width_max = static_cast<std::uint32_t>(facts->width_max);
    add_needs(rule);
    return {};
  }

  void add_needs(Rule& rule) {
    const PatternNeeds needs = needs_of(rule.pattern);
    std::vector<RuleAnchor>& anchors = file_.anchors_->emplace_back();
    for (const Anchor& anchor : needs.anchors) {
      anchors.push_back({keep(anchor.bytes), anchor.word_begin, anchor.word_end, anchor.offset_min,
                         anchor.offset_max});
    }
    rule.anchors = anchors;
    rule.anchor_cost = static_cast<float>(needs.anchor_cost);
    rule.token_run = needs.token_run;
    rule.newline = needs.newline;
  }

  Places places_;
  RuleFile file_;
  std::set<std::string> ids_;
  std::size_t index_ = 0;
};

Result<RuleFile> parse_rule_file(std::string_view text, std::string_view file_name) {
  auto document = toml::parse(text);
  if (!document) {
    return fail(std::move(document.error()).with_context(fmt::format("read '{}'", file_name)));
  }
  return RuleFileReader(text, file_name).read(*document);
}

bool is_personal(const Rule& rule) {
  static constexpr auto k_classes = std::to_array<std::string_view>({"user", "host", "id", "endpoint", "aws-account"});
  return std::ranges::find(k_classes, rule.klass) != k_classes.end();
}

std::string_view to_string(RuleKind kind) { return k_kinds[static_cast<std::size_t>(kind)]; }
std::string_view to_string(Check check) { return k_checks[static_cast<std::size_t>(check)]; }

}  // namespace sourceos::redact
