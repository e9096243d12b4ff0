#include "redact/ruleset.hpp"

#include "redact/engine_source.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace sourceos::redact {

namespace {

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

// One example of every rule, one scan: an engine that misses one is not ours.
bool finds_examples(const Engine& engine, const std::vector<Trigger>& triggers,
                    std::span<const Rule> rules) {
  std::string text;
  std::vector<std::size_t> begins;
  std::vector<bool> seen;
  for (const Trigger& trigger : triggers) {
    begins.push_back(text.size());
    const Rule* rule = trigger.rules.empty() ? nullptr : &rules[trigger.rules.front().rule];
    const bool has_example = rule != nullptr && !rule->examples.empty();
    if (has_example) {
      text += expand_example(rule->examples.front(), 1).text;
    }
    seen.push_back(!has_example);
    text += "\n\n";
  }
  begins.push_back(text.size());
  Engine::Scratch scratch;
  std::vector<Event> events;
  if (!scratch.fit(engine) || !engine.scan(text, 0, 0, scratch, events).ok) {
    return false;
  }
  for (const Event& event : events) {
    if (event.end > begins[event.pattern] && event.end <= begins[event.pattern + 1]) {
      seen[event.pattern] = true;
    }
  }
  return std::ranges::find(seen, false) == seen.end();
}

}  // namespace

Result<std::shared_ptr<const Ruleset>> Ruleset::create(const PipelineOptions& options) {
  std::shared_ptr<Ruleset> set(new Ruleset);
  SOURCEOS_TRY(set->add_rules(options));
  set->add_labels();
  set->make_digest(options);
  const bool scalar = options.scalar || !Engine::usable();
  if (!scalar) {
    SOURCEOS_TRY(set->prepare_engines(options));
  }
  if (scalar || set->degraded_) {
    set->prepare_scalar();
  }
  return std::shared_ptr<const Ruleset>(std::move(set));
}

Status Ruleset::add_rules(const PipelineOptions& options) {
  const auto builtin = builtin_rules();
  rules_.assign(builtin.begin(), builtin.end());
  builtin_ = rules_.size();
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
  for (const Rule& rule : rules_) {
    enabled_.push_back(options.personal_data || !is_personal(rule));
  }
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
    if (part_of(rule) == Part::runs) {
      run_width_max_ = std::max<std::uint64_t>(run_width_max_, rule.width_max);
    }
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

void Ruleset::make_digest(const PipelineOptions& options) {
  bundle::Sha256 all;
  for (const Rule& rule : rules_) {
    all.update(fmt::format("{}\n{}\n{}\n", rule.tier, rule.pattern, fmt::join(rule.keywords, "\n")));
    all.update(fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n", rule.id, rule.klass,
                           static_cast<int>(rule.severity), to_string(rule.kind),
                           static_cast<int>(rule.format), to_string(rule.check), rule.entropy_min,
                           static_cast<int>(rule.extend), rule.tail, rule.repeat));
  }
  std::vector<std::string> disabled = options.disabled_rules;
  std::ranges::sort(disabled);
  all.update(fmt::format("disabled\n{}\n", fmt::join(disabled, "\n")));
  digest_ = all.finish();
}

std::span<const Rule> Ruleset::own_rules() const { return std::span(rules_).first(builtin_); }
std::span<const Rule> Ruleset::file_rules() const { return std::span(rules_).subspan(builtin_); }

void Ruleset::append(Part which, PartPatterns patterns, std::shared_ptr<const Engine> engine) {
  Compiled& part = parts_[static_cast<std::size_t>(which)];
  if (engine != nullptr) {
    part.shards.push_back({part.triggers.size(), std::move(engine)});
  }
  std::ranges::move(patterns.triggers, std::back_inserter(part.triggers));
  std::ranges::move(patterns.untriggered, std::back_inserter(part.untriggered));
}

Status Ruleset::prepare_engines(const PipelineOptions& options) {
  std::vector<EnginePattern> anchors;
  for (const bool own : {true, false}) {
    auto parts = make_parts(own ? own_rules() : file_rules(),
                            static_cast<std::uint32_t>(own ? 0 : builtin_), PatternForm::vector);
    if (own) {
      add_own_patterns(parts.front());
    }
    for (const Part which : k_every_part) {
      PartPatterns& part = parts[static_cast<std::size_t>(which)];
      if (part.patterns.empty()) {
        continue;
      }
      if (which == Part::anchors) {
        std::ranges::copy(part.patterns, std::back_inserter(anchors));
        append(which, std::move(part), nullptr);
        continue;
      }
      auto sourced = source_engine(
          {.patterns = &part.patterns,
           .probe = [&](const Engine& engine) {
             return finds_examples(engine, part.triggers, rules_);
           },
           .keys = options.keys,
           .cache_directory = options.cache_directory});
      if (!sourced && !own) {
        return std::unexpected(std::move(sourced).error());  // a user's pattern
      }
      if (!sourced || sourced->engine == nullptr) {
        degraded_ = true;
        return {};
      }
      cached_ = cached_ && !sourced->compiled;
      append(which, std::move(part), std::move(sourced->engine));
    }
  }
  parts_[static_cast<std::size_t>(Part::anchors)].literals = std::make_unique<Literals>(anchors);
  return {};
}

void Ruleset::prepare_scalar() {
  auto parts = make_parts(rules_, 0, PatternForm::scalar);
  add_own_patterns(parts.front());
  cached_ = false;
  for (const Part which : k_every_part) {
    Compiled& part = parts_[static_cast<std::size_t>(which)];
    part = {};
    part.literals = std::make_unique<Literals>(parts[static_cast<std::size_t>(which)].patterns);
    append(which, std::move(parts[static_cast<std::size_t>(which)]), nullptr);
  }
}

bool Ruleset::fit(Engine::Scratch& scratch) const {
  for (const Compiled& part : parts_) {
    for (const Shard& shard : part.shards) {
      if (!scratch.fit(*shard.engine)) {
        return false;
      }
    }
  }
  return true;
}

Engine::Scanned Ruleset::scan(Part which, std::string_view block, std::uint64_t base,
                              std::uint64_t after, Engine::Scratch& scratch,
                              std::vector<Event>& events) const {
  const Compiled& part = parts_[static_cast<std::size_t>(which)];
  Engine::Scanned all{true, base + block.size()};
  for (const Shard& shard : part.shards) {
    const std::size_t before = events.size();
    const auto scanned = shard.engine->scan(block, base, after, scratch, events);
    all.ok = all.ok && scanned.ok;
    all.upto = std::min(all.upto, scanned.upto);
    if (shard.first != 0) {
      for (std::size_t i = before; i < events.size(); ++i) {
        events[i].pattern += static_cast<std::uint32_t>(shard.first);
      }
    }
  }
  if (part.literals != nullptr) {
    all.upto = std::min(all.upto, part.literals->scan(block, base, after, events).upto);
  }
  if (!std::ranges::is_sorted(events)) {
    std::ranges::sort(events);
  }
  return all;
}

bool Ruleset::context_may_hold(std::string_view text) const {
  constexpr unsigned k_asked_min = 500;
  if (gate_asked_.load(std::memory_order_relaxed) < k_asked_min) {
    gate_asked_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  std::call_once(gate_once_, [this] { gate_ = std::make_unique<const ContextGate>(rules_); });
  return gate_->may_hold(text);
}

std::string Ruleset::engine_name() const {
  return parts_[static_cast<std::size_t>(Part::runs)].shards.empty() ? std::string("scalar")
                                                                     : Engine::library();
}

}  // namespace sourceos::redact
