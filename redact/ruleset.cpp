#include "redact/ruleset.hpp"

#include "redact/rule_cache.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include <fmt/format.h>

namespace sourceos::redact {

namespace {

// Begins of private keys in text (key_block.hpp).
constexpr std::string_view k_key_begins[] = {"-----BEGIN ", "---- BEGIN ", "PuTTY-User-Key-File-"};

// The engine refuses patterns of many hundred names; as a filter it takes them.
constexpr std::size_t k_exact_pattern_bytes_max = 2000;

// Engines by digest: a second pipeline in one process costs nothing.
std::shared_ptr<const Engine>& known_engine(const std::string& digest) {
  static std::map<std::string, std::shared_ptr<const Engine>> engines;
  return engines[digest];
}
std::mutex& known_engines_lock() {
  static std::mutex lock;
  return lock;
}

// The engine's dialect: it has no named groups.
std::string for_engine(std::string_view pattern) {
  constexpr std::string_view named = "(?P<secret>";
  std::string out(pattern);
  for (std::size_t at = out.find(named); at != std::string::npos; at = out.find(named)) {
    out.replace(at, named.size(), "(?:");
  }
  return out;
}

const std::string_view k_own_names[k_own_labels][2] = {
    {"key-block", "private-key"}, {"structured", "secret"}, {"known", "known"},
    {"identity.home", "home"},    {"identity.user", "user"}, {"identity.host", "host"},
    {"identity.email", "email"},  {"identity.ip", "ip"},     {"identity.mac", "mac"},
    {"undecoded", "undecoded"},   {"budget", "budget"}};

Found found_by(Own own) {
  switch (own) {
    case Own::key_block: return Found::key_block;
    case Own::structured: return Found::structured;
    case Own::known: return Found::known;
    case Own::undecoded: return Found::undecoded;
    case Own::budget: return Found::budget;
    default: return Found::identity;
  }
}

bundle::Severity severity_of(Own own) {
  switch (own) {
    case Own::key_block:
    case Own::structured:
    case Own::known: return bundle::Severity::high;
    case Own::undecoded:
    case Own::budget: return bundle::Severity::medium;
    default: return bundle::Severity::low;
  }
}

}  // namespace

Result<std::shared_ptr<const Ruleset>> Ruleset::create(const PipelineOptions& options) {
  std::shared_ptr<Ruleset> set(new Ruleset);
  SOURCEOS_TRY(set->add_rules(options));
  set->add_labels();
  set->make_digest(options);
  const bool scalar = options.scalar || !Engine::usable();
  set->make_triggers(scalar);
  if (!scalar) {
    SOURCEOS_TRY(set->prepare_engine(options));
  }
  if (set->engine_ == nullptr) {
    set->make_triggers(true);
    set->literals_ = std::make_unique<Literals>(set->patterns_);
  }
  return std::shared_ptr<const Ruleset>(std::move(set));
}

Status Ruleset::add_rules(const PipelineOptions& options) {
  const auto builtin = builtin_rules();
  rules_.assign(builtin.begin(), builtin.end());
  std::set<std::string_view> ids;
  for (const Rule& rule : rules_) {
    ids.insert(rule.id);
  }
  for (const NamedText& file : options.rule_files) {
    SOURCEOS_TRY_ASSIGN(RuleFile read, parse_rule_file(file.text, file.name));
    for (const Rule& rule : read.rules()) {
      if (!ids.insert(rule.id).second) {
        return fail(ErrorKind::malformed, "rule-duplicate",
                    fmt::format("{}: rule '{}' exists already", file.name, rule.id));
      }
      const Matcher matcher(rule.pattern, rule.secret_group);
      SOURCEOS_TRY_CONTEXT(matcher.check(), fmt::format("{}: rule '{}'", file.name, rule.id));
      rules_.push_back(rule);
    }
    files_.push_back(std::move(read));
  }
  enabled_.assign(rules_.size(), true);
  for (const std::string& id : options.disabled_rules) {
    const auto rule = std::ranges::find(rules_, std::string_view(id), &Rule::id);
    if (rule == rules_.end()) {
      return fail(ErrorKind::usage, "rule-unknown", fmt::format("there is no rule '{}'", id));
    }
    enabled_[static_cast<std::size_t>(rule - rules_.begin())] = false;
  }
  for (const Rule& rule : rules_) {
    matchers_.emplace_back(rule.pattern, rule.secret_group);
    width_max_ = std::max<std::uint64_t>(width_max_,
                                         k_rule_before_bytes + rule.width_max + rule.tail);
  }
  return {};
}

void Ruleset::add_labels() {
  for (const Rule& rule : rules_) {
    labels_.push_back({std::string(rule.id), std::string(rule.klass), rule.severity, Found::rule,
                       rule.tier, rule.format == RuleFormat::issuer});
  }
  for (std::size_t i = 0; i < k_own_labels; ++i) {
    const Own own = static_cast<Own>(i);
    labels_.push_back({std::string(k_own_names[i][0]), std::string(k_own_names[i][1]),
                       severity_of(own), found_by(own), 0, own == Own::key_block});
  }
}

void Ruleset::make_triggers(bool scalar) {
  triggers_.clear();
  patterns_.clear();
  always_.clear();
  std::map<std::string, std::size_t, std::less<>> keywords;
  const auto on_keyword = [&](std::string_view keyword, std::uint32_t rule) {
    const auto [place, added] = keywords.try_emplace(std::string(keyword), triggers_.size());
    if (added) {
      patterns_.push_back({.expression = std::string(keyword), .literal = true, .caseless = true});
      triggers_.emplace_back();
    }
    triggers_[place->second].rules.push_back(rule);
  };
  for (std::uint32_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = rules_[i];
    const bool fit = !rule.keywords.empty() && std::ranges::all_of(rule.keywords, [](auto word) {
      return word.size() >= k_literal_bytes_min;
    });
    if (!scalar && (rule.tier == 1 || !fit)) {
      patterns_.push_back({.expression = for_engine(rule.pattern),
                           .approximate = rule.pattern.size() > k_exact_pattern_bytes_max});
      triggers_.push_back({Trigger::Kind::rules, {i}});
    } else if (fit) {
      for (const std::string_view keyword : rule.keywords) {
        on_keyword(keyword, i);
      }
    } else {
      always_.push_back(i);
    }
  }
  patterns_.push_back({.expression = "REDACTED-", .literal = true});
  triggers_.push_back({Trigger::Kind::placeholder, {}});
  for (const std::string_view begin : k_key_begins) {
    patterns_.push_back({.expression = std::string(begin), .literal = true});
    triggers_.push_back({Trigger::Kind::key_block, {}});
  }
}

void Ruleset::make_digest(const PipelineOptions& options) {
  bundle::Sha256 patterns;
  bundle::Sha256 all;
  for (const Rule& rule : rules_) {
    const std::string text = fmt::format("{}\n{}\n{}\n", rule.tier, rule.pattern,
                                         fmt::join(rule.keywords, "\n"));
    patterns.update(text);
    all.update(text);
    all.update(fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n", rule.id, rule.klass,
                           static_cast<int>(rule.severity), to_string(rule.kind),
                           static_cast<int>(rule.format), to_string(rule.check), rule.entropy_min,
                           rule.tail, rule.repeat));
  }
  std::vector<std::string> disabled = options.disabled_rules;
  std::ranges::sort(disabled);
  all.update(fmt::format("disabled\n{}\n", fmt::join(disabled, "\n")));
  digest_ = all.finish();
  engine_digest_ = patterns.finish();
}

Status Ruleset::prepare_engine(const PipelineOptions& options) {
  const RuleCacheKey key{engine_digest_.hex(), Engine::library(), Engine::cpu_features()};
  const std::scoped_lock lock(known_engines_lock());
  auto& known = known_engine(key.rules);
  if (known != nullptr) {
    engine_ = known;
    return {};
  }
  const bool caching = options.keys && options.cache_directory;
  if (caching) {
    if (const auto bytes = read_rule_cache(*options.cache_directory, options.keys, key)) {
      if (auto loaded = Engine::load(*bytes)) {
        engine_ = std::move(*loaded);
        cached_ = probe();
      }
    }
  }
  if (!cached_) {
    auto compiled = Engine::compile(patterns_);
    if (!compiled && !files_.empty()) {
      return std::unexpected(std::move(compiled).error());  // a user's pattern, most likely
    }
    engine_ = compiled ? *compiled : nullptr;
    if (engine_ == nullptr || !probe()) {
      engine_ = nullptr;
      degraded_ = true;
      return {};
    }
    if (caching) {
      if (const auto bytes = engine_->serialise()) {
        write_rule_cache(*options.cache_directory, options.keys, key, *bytes);
      }
    }
  }
  known = engine_;
  return {};
}

// One example of every rule, one scan: a database that misses one is not ours.
bool Ruleset::probe() const {
  std::string text;
  std::vector<std::size_t> begins;
  for (const Rule& rule : rules_) {
    begins.push_back(text.size());
    if (!rule.examples.empty()) {
      text += expand_example(rule.examples.front(), 1).text;
    }
    text += "\n\n";
  }
  begins.push_back(text.size());
  Engine::Scratch scratch;
  std::vector<Event> events;
  if (!scratch.fit(*engine_) || !engine_->scan(text, 0, 0, scratch, events).ok) {
    return false;
  }
  std::vector<bool> seen(rules_.size(), false);
  for (const Event& event : events) {
    for (const std::uint32_t rule : triggers_[event.pattern].rules) {
      if (event.end > begins[rule] && event.end <= begins[rule + 1]) {
        seen[rule] = true;
      }
    }
  }
  for (std::size_t rule = 0; rule < rules_.size(); ++rule) {
    if (!seen[rule] && !rules_[rule].examples.empty()) {
      return false;
    }
  }
  return true;
}

Engine::Scanned Ruleset::scan(std::string_view block, std::uint64_t base, std::uint64_t after,
                              Engine::Scratch& scratch, std::vector<Event>& events) const {
  if (engine_ != nullptr) {
    return engine_->scan(block, base, after, scratch, events);
  }
  literals_->scan(block, base, after, events);
  return {};
}

std::string Ruleset::engine_name() const {
  return engine_ != nullptr ? Engine::library() : std::string("scalar");
}

}  // namespace sourceos::redact
