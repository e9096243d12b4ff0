// Writes the document with its places masked: copies what lies between, joins places that overlap,
// counts, and cuts excerpts for findings and hits. Fed in document order, block by block.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "redact/document.hpp"
#include "redact/ruleset.hpp"
#include "redact/span.hpp"
#include "redact/structured/structured.hpp"

namespace sourceos::redact {

// A finding or hit whose excerpt is plain text still; the pipeline makes it redacted text, which
// it is: excerpts are cut from the output.
struct Excerpted {
  std::uint64_t from = 0;  // in the output
  std::uint64_t to = 0;
  std::uint64_t line = 1;
  std::uint32_t label = 0;
  std::string excerpt;
  Hit hit;  // of a masked place; unused in findings
};

class Rewriter {
 public:
  // Words and numbers of a JSON document, in order: a place in one takes all of it and is quoted.
  std::vector<BareValue> bare_values;

  Rewriter(const Ruleset& rules, const DocumentOptions& document)
      : rules_(&rules), wants_hits_(document.hits), wants_bytes_(document.bytes) {
    counts_.assign(rules.labels().size(), 0);
  }

  // Appends to out() the document up to `settled`: no further span or finding begins before it.
  // `text` begins at document offset `base` and still holds all that was not yet written.
  void write(std::string_view text, std::uint64_t base, std::uint64_t settled, bool final,
             std::vector<Span>& spans, std::vector<FindingSpan>& findings);

  // Without DocumentOptions::bytes nothing but what excerpts are cut from.
  [[nodiscard]] std::string& out() { return out_; }
  // Drops what out() holds, except what excerpts may still need; out() is empty of fresh bytes.
  void take_out();
  // What was written since.
  [[nodiscard]] std::string_view fresh() const {
    return wants_bytes_ ? std::string_view(out_).substr(fresh_) : std::string_view();
  }
  // Up to where the document was written; bytes before are not needed any more.
  [[nodiscard]] std::uint64_t written() const { return cursor_; }

  // Rules and classes, known.
  void fill(bundle::RedactionRecord& record) const;
  [[nodiscard]] std::vector<Excerpted>& findings() { return findings_; }
  // Hits that have their excerpt; empties that list.
  [[nodiscard]] std::vector<Excerpted> take_hits();

 private:
  void copy_to(std::string_view text, std::uint64_t base, std::uint64_t upto);
  void pass_to(std::string_view text, std::uint64_t base, std::uint64_t upto);
  void close();
  void fit_bare_value(Span& span) const;
  void mark_findings(std::uint64_t upto);
  void cut_excerpts(bool final);
  void count_lines_out(std::uint64_t upto);
  void count_lines(std::string_view text, std::uint64_t base, std::uint64_t upto);
  [[nodiscard]] std::uint64_t out_end() const { return out_base_ + out_.size(); }

  const Ruleset* rules_;
  bool wants_hits_;
  bool wants_bytes_;
  std::string out_;
  std::uint64_t out_base_ = 0;  // document offset of out_[0], in output bytes
  std::size_t fresh_ = 0;
  std::uint64_t cursor_ = 0;    // original bytes written or masked
  bool open_ = false;           // a place whose end may still move
  Span place_;                  // its extent and the span that names it
  std::uint64_t best_size_ = 0;
  std::vector<std::uint64_t> counts_;
  std::vector<std::pair<std::string_view, std::uint64_t>> classes_;
  std::vector<FindingSpan> waiting_;  // findings not yet reached, by begin
  std::vector<Excerpted> findings_;
  std::vector<Excerpted> hits_;
  std::size_t findings_cut_ = 0;  // those before have their excerpt
  std::size_t hits_cut_ = 0;
  std::uint64_t lines_out_ = 1;       // line at lines_out_to_
  std::uint64_t lines_out_to_ = 0;
  std::uint64_t lines_in_ = 1;
  std::uint64_t line_begin_in_ = 0;
  std::uint64_t continued_in_ = 0;  // bytes of that line that go on in a character of UTF-8
  std::uint64_t lines_in_to_ = 0;
};

}  // namespace sourceos::redact
