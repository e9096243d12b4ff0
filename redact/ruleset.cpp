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

// Parents of home directories: the name that follows is a user's.
constexpr std::string_view k_homes[] = {"/home/", "/Users/", "\\Users\\"};

Part part_of(const Rule& rule) {
  if (rule.kind == RuleKind::finding) {
    return Part::findings;
  }
  return rule.tier == 2 && rule.keywords.empty() ? Part::context : Part::always;
}

// Engines by digest: a second pipeline in one process costs nothing.
std::shared_ptr<const Engine>& known_engine(const std::string& digest) {
  static std::map<std::string, std::shared_ptr<const Engine>> engines;
  return engines[digest];
}
std::mutex& known_engines_lock() {
  static std::mutex lock;
  return lock;
}

// The engine has no named groups, and refuses patterns of many hundred names. Of such a pattern it
// gets what stands up to the end of its widest alternation: every match begins with that.
std::string for_engine(std::string_view pattern) {
  constexpr std::string_view named = "(?P<secret>";
  constexpr std::size_t k_whole_bytes_max = 2000;
  if (pattern.size() > k_whole_bytes_max) {
    std::size_t widest = 0;
    std::size_t cut = pattern.size();
    std::size_t begin = 0;
    int depth = 0;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
      if (pattern[at] == '\\') {
        ++at;
      } else if (pattern[at] == '[') {
        at = pattern.find(']', at + 2);
      } else if (pattern[at] == '(' && depth++ == 0) {
        begin = at;
      } else if (pattern[at] == ')' && --depth == 0 && at - begin > widest) {
        widest = at - begin;
        cut = at + 1;
      }
    }
    pattern = pattern.substr(0, cut);
  }
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
    SOURCEOS_TRY(set->prepare_engines(options));
  }
  if (scalar || set->degraded_) {
    set->make_triggers(true);
    for (Compiled& part : set->parts_) {
      part.engine = nullptr;
      part.literals = std::make_unique<Literals>(part.patterns);
    }
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
  std::array<std::map<std::string, std::size_t, std::less<>>, k_parts> keywords;
  for (Compiled& part : parts_) {
    part = {};
  }
  for (std::uint32_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = rules_[i];
    const std::size_t index = static_cast<std::size_t>(part_of(rule));
    Compiled& part = parts_[index];
    if (!scalar) {
      part.patterns.push_back({.expression = for_engine(rule.pattern)});
      part.triggers.push_back({Trigger::Kind::rules, {i}});
      continue;
    }
    const bool fit = !rule.keywords.empty() && std::ranges::all_of(rule.keywords, [](auto word) {
      return word.size() >= k_literal_bytes_min;
    });
    if (!fit) {
      part.untriggered.push_back(i);
      continue;
    }
    for (const std::string_view keyword : rule.keywords) {
      const auto [place, added] =
          keywords[index].try_emplace(std::string(keyword), part.triggers.size());
      if (added) {
        part.patterns.push_back(
            {.expression = std::string(keyword), .literal = true, .caseless = true});
        part.triggers.emplace_back();
      }
      part.triggers[place->second].rules.push_back(i);
    }
  }
  Compiled& part = parts_[0];
  const auto add = [&](std::string_view literal, Trigger::Kind kind) {
    part.patterns.push_back({.expression = std::string(literal), .literal = true});
    part.triggers.push_back({kind, {}});
  };
  add("REDACTED-", Trigger::Kind::placeholder);
  for (const std::string_view begin : k_key_begins) {
    add(begin, Trigger::Kind::key_block);
  }
  for (const std::string_view home : k_homes) {
    add(home, Trigger::Kind::home);
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

Status Ruleset::prepare_engines(const PipelineOptions& options) {
  cached_ = true;
  for (const Part part : {Part::always, Part::context, Part::findings}) {
    if (!parts_[static_cast<std::size_t>(part)].patterns.empty()) {
      SOURCEOS_TRY(prepare_engine(options, part));
    }
  }
  return {};
}

Status Ruleset::prepare_engine(const PipelineOptions& options, Part which) {
  Compiled& part = parts_[static_cast<std::size_t>(which)];
  const RuleCacheKey key{fmt::format("{}-{}", engine_digest_.hex(), static_cast<int>(which)),
                         Engine::library(), Engine::cpu_features()};
  const std::scoped_lock lock(known_engines_lock());
  auto& known = known_engine(key.rules);
  if (known != nullptr) {
    part.engine = known;
    return {};
  }
  const bool caching = options.keys && options.cache_directory;
  if (caching) {
    if (const auto bytes = read_rule_cache(*options.cache_directory, options.keys, key)) {
      if (auto loaded = Engine::load(*bytes)) {
        part.engine = std::move(*loaded);
        if (probe(which)) {
          known = part.engine;
          return {};
        }
      }
    }
  }
  cached_ = false;
  auto compiled = Engine::compile(part.patterns);
  if (!compiled && !files_.empty()) {
    return std::unexpected(std::move(compiled).error());  // a user's pattern, most likely
  }
  part.engine = compiled ? *compiled : nullptr;
  if (part.engine == nullptr || !probe(which)) {
    degraded_ = true;
    return {};
  }
  if (caching) {
    if (const auto bytes = part.engine->serialise()) {
      write_rule_cache(*options.cache_directory, options.keys, key, *bytes);
    }
  }
  known = part.engine;
  return {};
}

// One example of every rule, one scan: a database that misses one is not ours.
bool Ruleset::probe(Part which) const {
  const Compiled& part = parts_[static_cast<std::size_t>(which)];
  std::string text;
  std::vector<std::size_t> begins;
  for (const Rule& rule : rules_) {
    begins.push_back(text.size());
    if (!rule.examples.empty() && part_of(rule) == which) {
      text += expand_example(rule.examples.front(), 1).text;
    }
    text += "\n\n";
  }
  begins.push_back(text.size());
  Engine::Scratch scratch;
  std::vector<Event> events;
  if (!scratch.fit(*part.engine) || !part.engine->scan(text, 0, 0, scratch, events).ok) {
    return false;
  }
  std::vector<bool> seen(rules_.size(), false);
  for (const Event& event : events) {
    for (const std::uint32_t rule : part.triggers[event.pattern].rules) {
      if (event.end > begins[rule] && event.end <= begins[rule + 1]) {
        seen[rule] = true;
      }
    }
  }
  for (std::size_t rule = 0; rule < rules_.size(); ++rule) {
    if (!seen[rule] && !rules_[rule].examples.empty() && part_of(rules_[rule]) == which) {
      return false;
    }
  }
  return true;
}

Engine::Scanned Ruleset::scan(Part which, std::string_view block, std::uint64_t base,
                              std::uint64_t after, Engine::Scratch& scratch,
                              std::vector<Event>& events) const {
  const Compiled& part = parts_[static_cast<std::size_t>(which)];
  if (part.engine != nullptr) {
    return part.engine->scan(block, base, after, scratch, events);
  }
  if (part.literals != nullptr) {
    part.literals->scan(block, base, after, events);
  }
  return {};
}

std::string Ruleset::engine_name() const {
  return parts_[0].engine != nullptr ? Engine::library() : std::string("scalar");
}

}  // namespace sourceos::redact
