// Finds every place to mask in a document that comes in parts. What is found depends on the
// document alone: an event (a trigger's end) is looked at once, when all bytes that can bear on it
// are there, and matches of one rule follow each other from the document's begin.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/limits.hpp"
#include "redact/addresses.hpp"
#include "redact/byte_marks.hpp"
#include "redact/confirm.hpp"
#include "redact/known_values.hpp"
#include "redact/pseudonym.hpp"
#include "redact/ruleset.hpp"
#include "redact/shadow_text.hpp"
#include "redact/span.hpp"

namespace sourceos::redact {

// How far a decision may look ahead, and how far back a place found later may begin.
inline constexpr std::uint64_t k_look_bytes = 64 * 1024;

// What all scans of a run share. Null or empty parts are off.
struct ScanSetup {
  const Ruleset* rules = nullptr;
  const Pseudonyms* pseudonyms = nullptr;
  const KnownValues* known = nullptr;
  bool personal_data = true;
  bool private_addresses = false;
  bool hostile = false;
  const std::vector<std::string>* allowed_tags = nullptr;

  // Fills in tag and whether it shows. False: this value is on the allow list.
  [[nodiscard]] bool name_span(Span& span, std::string_view value, bool issuer) const;
};

// Told of every value that is masked, with how sure its rule is; for teachers.
using ValueSink = std::function<void(const Span&, std::string_view value, Verdict verdict)>;

// Working memory of one thread; made once, used for document after document.
struct Worker {
  explicit Worker(const ScanSetup& setup);
  // What is known of one rule.
  struct Progress {
    std::uint64_t resume = 0;  // where its next match may begin
    std::uint64_t clean_from = 0, clean_to = 0;  // none begins in there
    std::uint64_t judged_to = 0;  // up to there values were judged
  };
  // The pairs of the bytes that a rule was last looked for in: the next one often is in the same.
  struct SeenPairs {
    std::uint64_t from = 0, to = 0;
    TextPairs pairs;
  };
  struct Level {
    std::array<std::vector<Event>, k_parts> events;
    std::vector<Event> known;
    std::vector<Progress> progress;  // by rule
    std::vector<std::uint32_t> touched;
    std::string neutral;                // a window with placeholders made plain
    SeenPairs line, window;             // of rules that stay on a line, of others
    ByteMarks marks;
  };
  // Of a rule: how often its pairs were asked for, and said that it has no match.
  struct Asked {
    std::uint32_t times = 0, refused = 0;
    [[nodiscard]] bool pays() const { return times < 32 || refused > times / 2; }
  };
  Engine::Scratch scratch;
  std::vector<Asked> asked;             // by rule
  std::array<Level, limits::k_decode_depth_max + 2> levels;
};

struct ScanOptions {
  std::uint8_t depth = 0;                     // of decoding
  bool findings = false;
  const std::vector<bool>* skip = nullptr;    // by label: hits that stay (allow list)
  const ValueSink* values = nullptr;
  std::uint64_t decode_bytes_max = 0;         // below depth 0: how much may be decoded in all
};

class Scan {
 public:
  Scan(const ScanSetup& setup, Worker& worker, ScanOptions options);
  ~Scan();
  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;

  // `text` begins at document offset `base` and holds all from needed_from() on; `final`: it ends
  // where the document ends. Places found go to spans and findings, in no order.
  void advance(std::string_view text, std::uint64_t base, bool final);

  // No place found later begins before this.
  [[nodiscard]] std::uint64_t settled() const { return settled_; }
  // Bytes before this will not be looked at again.
  [[nodiscard]] std::uint64_t needed_from() const;
  [[nodiscard]] std::uint64_t foreign() const { return foreign_; }

  std::vector<Span> spans;
  std::vector<FindingSpan> findings;
  // Names of limits that were reached, in order of first reach.
  std::vector<std::string> limits_reached;

 private:
  struct Placeholder {
    std::uint64_t from, to;
  };
  // Text with an offset: one view for windows into the document or into a neutral copy.
  struct Window {
    std::string_view text;
    std::uint64_t base;
  };

  struct Extent {
    std::uint64_t from, to;
  };

  void step(std::uint64_t limit, std::uint64_t end);
  // Collects a part's events past done_; `limit` moves down when there are too many.
  bool collect(Part part, Extent where, std::uint64_t& limit);
  bool collect_anchors(Extent where, std::uint64_t& limit);
  bool collect_runs(Extent where, std::uint64_t& limit);
  void collect_known(std::uint64_t& limit);
  void find_runs(Extent where, std::uint64_t limit);
  void run_events(Part part, std::uint64_t after, std::uint64_t limit);
  void find_placeholders();
  void on_event(const Trigger& trigger, std::uint64_t end);
  void try_rule(const TriggeredRule& start, std::uint64_t end);
  // The next match in [from, to), which begins before `end`.
  bool find_match(const TriggeredRule& start, Extent where, std::uint64_t end, Window& view, Match& match);
  [[nodiscard]] Extent on_its_line(const Rule& rule, Extent where, std::uint64_t end) const;
  // False: no match of the rule lies in there. `end`: its trigger's.
  [[nodiscard]] bool may_match(std::uint32_t rule, Extent where, std::uint64_t end);
  bool find_ahead(const TriggeredRule& start, Extent where, std::uint64_t end, Window& view, Match& match);
  Worker::Progress& touch(std::uint32_t rule);
  void take_match(std::uint32_t rule, const Window& view, const Match& match);
  void try_everywhere(std::uint32_t rule, std::uint64_t after, std::uint64_t limit);
  void on_key_block(std::uint64_t end);
  void add_key_block(std::uint64_t from, std::uint64_t to, bool cut, std::string_view body);
  void on_known(const Event& event);
  void on_home(std::uint64_t end);
  [[nodiscard]] bool ends_own_home(std::uint64_t end) const;
  // scan_marks.cpp: what the byte marks tell.
  void find_marks_to(std::uint64_t limit);
  void look_at_marks(std::uint64_t limit);
  void on_run(std::uint64_t at);
  // scan_lines.cpp
  void mask_repeats(const Span& span, std::string_view value);
  void on_line_end(std::uint64_t end);
  void on_encoded(std::uint64_t from, std::uint64_t to, bool cut);
  void on_context(std::uint64_t from, std::uint64_t to);
  void on_address(std::uint64_t at, Own own);
  void on_special(std::uint64_t at);
  void on_spelled(std::uint64_t at);
  void on_packed(std::uint64_t at);
  void follow_packed(std::uint64_t limit);
  void mask_undecoded(std::uint64_t from, std::uint64_t to);
  void mask_as(const std::vector<Span>& inside, std::uint64_t from, std::uint64_t to);
  [[nodiscard]] std::uint64_t decode_left(std::uint64_t at) const;
  [[nodiscard]] Extent line_around(std::uint64_t at) const;
  [[nodiscard]] std::optional<TextRange> find_address(std::string_view near, std::size_t at,
                                                      Own& own) const;
  void add_mapped(std::vector<Span> inside, const ShadowText& shadow, std::uint64_t from);
  // Spans of text that was decoded; level depth + 1 of the worker.
  [[nodiscard]] std::vector<Span> look_inside(std::string_view text, std::uint64_t at);
  void add_finding(std::uint32_t rule, std::uint64_t at, std::string_view match);
  void note_limit(std::string_view name);
  void mask_line(std::uint64_t at);
  // One look more at `at`; `found`: it found something, which costs more.
  [[nodiscard]] bool within_budget(std::uint64_t at, bool found);
  // Whether the budget of the place was used up before.
  [[nodiscard]] bool is_spent(std::uint64_t at) const;
  [[nodiscard]] Window window(std::uint64_t from, std::uint64_t to);
  // Adds the span but for the placeholders in it; fills tag and scope from `value`.
  void push(Span span, std::string_view value, bool issuer, Verdict verdict);
  // The same for a span that has its tag.
  void add_named(const Span& span);
  // Calls take(from, to) for the parts of [from, to) that no placeholder covers.
  template <class Take>
  void uncovered(std::uint64_t from, std::uint64_t to, Take take) const;
  [[nodiscard]] std::string_view bytes(std::uint64_t from, std::uint64_t to) const {
    return text_.substr(from - base_, to - from);
  }
  [[nodiscard]] std::uint64_t end_of_text() const { return base_ + text_.size(); }

  const ScanSetup* setup_;
  Worker* worker_;
  Worker::Level* level_;
  ScanOptions options_;
  std::string_view text_;
  std::uint64_t base_ = 0;
  std::uint64_t done_ = 0;      // events up to here were looked at
  std::uint64_t anchors_to_ = 0;  // those that end up to here were found
  std::uint64_t settled_ = 0;
  std::uint64_t foreign_ = 0;
  std::vector<Placeholder> placeholders_;  // those that windows may still meet
  std::uint64_t placeholders_to_ = 0;      // begins up to here were looked at
  struct Budget {
    std::uint64_t block = ~std::uint64_t{0};
    std::size_t used = 0;
  };
  std::array<Budget, k_parts> budgets_;    // of each part: its looks come in document order
  Part part_ = Part::anchors;              // whose events are run
  std::vector<Extent> run_lines_;          // where Part::runs is looked for, ascending, apart
  std::uint64_t masked_line_to_ = 0;
  std::uint64_t marks_from_ = 0;           // where those of this step begin
  std::uint64_t marks_to_ = 0;             // runs and addresses up to here were looked at
  std::uint64_t run_to_ = 0;               // the last run, or part of a long one, ends here
  bool run_goes_on_ = false;               // a long run's next part begins there
  bool run_undecoded_ = false;             // and is masked, whatever it holds
  std::uint64_t joined_to_ = 0;            // lines up to here were joined with those before
  std::uint64_t packed_to_ = 0;            // the last compressed stream ends here
  bool packed_open_ = false;               // and all that follows belongs to it
  std::uint64_t decoded_ = 0;              // bytes, by whatever encoding
  std::uint64_t context_to_ = 0;
  std::array<std::uint64_t, 3> address_to_{};  // e-mail, IPv4, other
  std::uint64_t special_to_ = 0;
  std::uint64_t spelled_to_ = 0;           // bytes spelled as numbers were read up to here
  std::uint64_t key_block_to_ = 0;         // the last key ends here
  std::uint64_t key_rest_ = 0;             // a cut key goes on here; 0: none
  std::unordered_map<std::uint64_t, std::uint32_t> repeats_;  // of finding rules with `repeat`
  std::size_t findings_told_ = 0;
  struct Repeated {
    std::string value;
    std::uint32_t label = 0;
    std::uint64_t from = 0, to = 0;  // of the line where its other places were looked for
  };
  Repeated repeated_;                      // the last one that cannot overlap itself
};

}  // namespace sourceos::redact
