// All rules of one run in the form that scanning wants: one engine over patterns and keywords, a
// matcher for each rule, and the labels under which masked places are counted.
//
// The engine only says "this trigger ends here"; what a trigger starts is told by its kind. The
// scalar path has the same triggers made of the rules' keywords alone.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "core/result.hpp"
#include "redact/engine.hpp"
#include "redact/literals.hpp"
#include "redact/matcher.hpp"
#include "redact/pipeline.hpp"
#include "redact/rules.hpp"

namespace sourceos::redact {

// What masks, beside rules. Their labels follow those of the rules, in this order, which is also
// their precedence.
enum class Own : std::uint8_t {
  key_block, structured, known, home, user, host, email, ip, mac, undecoded, budget
};
inline constexpr std::size_t k_own_labels = 11;

// The name under which a masked place is counted and the class in its placeholder.
struct Label {
  std::string id;
  std::string klass;
  bundle::Severity severity = bundle::Severity::high;
  Found found = Found::rule;
  std::uint8_t tier = 0;
  bool issuer = true;  // S-16: comparable across bundles
};

// What the engine is asked about: rules that always run; those that only run beside a token-like
// run of characters (tier 2 without keywords: they would slow all the rest); findings.
enum class Part : std::uint8_t { always, context, findings };
inline constexpr std::size_t k_parts = 3;

struct Trigger {
  enum class Kind : std::uint8_t { rules, placeholder, key_block, home };
  Kind kind = Kind::rules;
  std::vector<std::uint32_t> rules;
};

class Ruleset {
 public:
  // `keys` empty: no cache. Errors are those of the rule files.
  [[nodiscard]] static Result<std::shared_ptr<const Ruleset>> create(const PipelineOptions& options);

  [[nodiscard]] std::span<const Rule> rules() const { return rules_; }
  [[nodiscard]] const Matcher& matcher(std::size_t rule) const { return matchers_[rule]; }
  [[nodiscard]] const std::vector<Label>& labels() const { return labels_; }
  [[nodiscard]] std::uint32_t label(Own own) const {
    return static_cast<std::uint32_t>(rules_.size()) + static_cast<std::uint32_t>(own);
  }
  [[nodiscard]] bool enabled(std::size_t rule) const { return enabled_[rule]; }
  [[nodiscard]] const std::vector<Trigger>& triggers(Part part) const {
    return parts_[static_cast<std::size_t>(part)].triggers;
  }
  // Rules of the part that no trigger starts (the scalar path has keywords only).
  [[nodiscard]] const std::vector<std::uint32_t>& untriggered(Part part) const {
    return parts_[static_cast<std::size_t>(part)].untriggered;
  }
  // Null on the scalar path.
  [[nodiscard]] const Engine* engine(Part part) const {
    return parts_[static_cast<std::size_t>(part)].engine.get();
  }
  // Appends (trigger, end) events for ends past `after`.
  [[nodiscard]] Engine::Scanned scan(Part part, std::string_view block, std::uint64_t base,
                                     std::uint64_t after, Engine::Scratch& scratch,
                                     std::vector<Event>& events) const;
  // No match, with what confirm() sees around it, is wider.
  [[nodiscard]] std::uint64_t width_max() const { return width_max_; }

  [[nodiscard]] const bundle::Digest& digest() const { return digest_; }
  [[nodiscard]] bool cached() const { return cached_; }
  [[nodiscard]] bool degraded() const { return degraded_; }
  [[nodiscard]] std::string engine_name() const;

 private:
  Ruleset() = default;
  Status add_rules(const PipelineOptions& options);
  void add_labels();
  struct Compiled {
    std::vector<Trigger> triggers;
    std::vector<EnginePattern> patterns;  // one for each trigger
    std::vector<std::uint32_t> untriggered;
    std::shared_ptr<const Engine> engine;
    std::unique_ptr<Literals> literals;
  };
  void make_triggers(bool scalar);
  void make_digest(const PipelineOptions& options);
  Status prepare_engines(const PipelineOptions& options);
  Status prepare_engine(const PipelineOptions& options, Part part);
  [[nodiscard]] bool probe(Part part) const;

  std::vector<RuleFile> files_;
  std::vector<Rule> rules_;
  std::vector<bool> enabled_;
  std::deque<Matcher> matchers_;
  std::vector<Label> labels_;
  std::array<Compiled, k_parts> parts_;
  bundle::Digest digest_;
  bundle::Digest engine_digest_;
  bool cached_ = false;
  bool degraded_ = false;
  std::uint64_t width_max_ = 0;
};

}  // namespace sourceos::redact
