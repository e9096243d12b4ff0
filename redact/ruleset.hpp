// All rules of one run in the form that scanning wants: engines over patterns or keywords, a
// matcher for each rule, and the labels under which masked places are counted.
//
// An engine only says "this trigger ends here"; what a trigger starts is told by its kind. The
// scalar path has triggers made of literals alone. Built-in rules and those of rule
// files have engines of their own: the former were compiled when the program was built, so that
// only the latter cost time here.
#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "core/result.hpp"
#include "redact/context_gate.hpp"
#include "redact/engine.hpp"
#include "redact/literals.hpp"
#include "redact/matcher.hpp"
#include "redact/pipeline.hpp"
#include "redact/rules.hpp"
#include "redact/ruleset_parts.hpp"

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
  // Rules of the part that no trigger starts (the scalar path has literals only).
  [[nodiscard]] const std::vector<std::uint32_t>& untriggered(Part part) const {
    return parts_[static_cast<std::size_t>(part)].untriggered;
  }
  // Makes working memory fit for scan(); nothing to do on the scalar path.
  [[nodiscard]] bool fit(Engine::Scratch& scratch) const;
  // Appends (trigger, end) events for ends past `after`, in ascending order.
  [[nodiscard]] Engine::Scanned scan(Part part, std::string_view block, std::uint64_t base,
                                     std::uint64_t after, Engine::Scratch& scratch,
                                     std::vector<Event>& events) const;
  // False: no rule of Part::context, which is looked for by an engine, matches in the text.
  [[nodiscard]] bool context_may_hold(std::string_view text) const;
  // No anchor is longer.
  [[nodiscard]] std::uint64_t anchor_width_max() const {
    return parts_[static_cast<std::size_t>(Part::anchors)].literals->width_max();
  }
  // No match, with what confirm() sees around it, is wider.
  [[nodiscard]] std::uint64_t width_max() const { return width_max_; }
  // The widest match of Part::runs.
  [[nodiscard]] std::uint64_t run_width_max() const { return run_width_max_; }
  [[nodiscard]] bool has(Part part) const {
    return !triggers(part).empty() || !untriggered(part).empty();
  }

  [[nodiscard]] const bundle::Digest& digest() const { return digest_; }
  // Nothing had to be compiled.
  [[nodiscard]] bool cached() const { return cached_; }
  [[nodiscard]] bool degraded() const { return degraded_; }
  [[nodiscard]] std::string engine_name() const;

 private:
  Ruleset() = default;
  Status add_rules(const PipelineOptions& options);
  void add_labels();
  // One engine's share of a part's triggers, from `first` on.
  struct Shard {
    std::size_t first = 0;
    std::shared_ptr<const Engine> engine;
  };
  struct Compiled {
    std::vector<Trigger> triggers;
    std::vector<std::uint32_t> untriggered;
    std::vector<Shard> shards;
    std::unique_ptr<Literals> literals;
  };
  [[nodiscard]] std::span<const Rule> own_rules() const;
  [[nodiscard]] std::span<const Rule> file_rules() const;
  void make_digest(const PipelineOptions& options);
  Status prepare_engines(const PipelineOptions& options);
  void prepare_scalar();
  void append(Part part, PartPatterns patterns, std::shared_ptr<const Engine> engine);

  std::vector<RuleFile> files_;
  std::vector<Rule> rules_;
  std::vector<bool> enabled_;
  std::deque<Matcher> matchers_;
  std::vector<Label> labels_;
  std::array<Compiled, k_parts> parts_;
  mutable std::atomic<unsigned> gate_asked_{0};  // made when it is asked often: that takes milliseconds
  mutable std::once_flag gate_once_;
  mutable std::unique_ptr<const ContextGate> gate_;
  bundle::Digest digest_;
  std::size_t builtin_ = 0;  // that many rules come first
  bool cached_ = true;
  bool degraded_ = false;
  std::uint64_t width_max_ = 0;
  std::uint64_t run_width_max_ = 0;
};

}  // namespace sourceos::redact
