#include "collect/entries.hpp"

#include <algorithm>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "bundle/record.hpp"
#include "bundle/writer.hpp"
#include "collect/block_reader.hpp"
#include "collect/entry_facts.hpp"
#include "collect/entry_plan.hpp"
#include "collect/kept_stream.hpp"
#include "collect/shown_text.hpp"
#include "collect/small_entries.hpp"
#include "core/json/canonical.hpp"
#include "host/host.hpp"
#include "redact/pipeline.hpp"

namespace sourceos::collect {

namespace {

// Sorts behind every collector's folder: it is written last, when all findings are known.
constexpr const char* k_findings_path = "totals/findings.jsonl";

bundle::RedactedText finding_rule(const redact::Pipeline& pipeline, const std::string& reason) {
  bundle::RedactedText rule("source-");
  rule += shown_text(pipeline, std::string_view(reason));
  return rule;
}

// One line of findings.jsonl, canonical JSON with the keys of the record's findings.
std::string finding_line(const bundle::Finding& finding) {
  std::string line = fmt::format(R"({{"byteRange":[{},{}],"entry":)", finding.from, finding.to);
  json::append_string(line, finding.entry);
  line += R"(,"excerptRedacted":)";
  json::append_string(line, finding.excerpt.str());
  line += fmt::format(R"(,"line":{},"ruleId":)", finding.line);
  json::append_string(line, finding.rule_id.str());
  line += R"(,"severity":)";
  json::append_string(line, bundle::to_string(finding.severity));
  return line + "}\n";
}

class EntryRun {
 public:
  EntryRun(host::Host& host, const redact::Pipeline& pipeline, bundle::BundleWriter& writer,
           std::vector<Gathered>& gathered, const EntriesOptions& options)
      : host_(host), pipeline_(pipeline), writer_(writer), gathered_(gathered), options_(options) {
    outcome_.tallies.resize(gathered.size());
  }

  Result<EntriesOutcome> run() {
    EntryPlan plan = plan_entries(pipeline_, gathered_);
    const unsigned jobs = options_.jobs != 0 ? options_.jobs : std::thread::hardware_concurrency();
    {
      SmallEntries ready(pipeline_, plan.entries, gathered_, jobs, options_.at);
      progress_.entries_total = plan.entries.size();
      for (std::size_t i = 0; i < plan.entries.size(); ++i) {
        if (host_.is_interrupted()) {
          return fail(ErrorKind::interrupted, "interrupted", "interrupted while reading");
        }
        SOURCEOS_TRY_CONTEXT(write(plan.entries[i], ready.take(i)),
                             fmt::format("add '{}'", plan.entries[i].path));
        ++progress_.entries;
        report_progress();
      }
    }
    add_collector_findings(plan);
    SOURCEOS_TRY_CONTEXT(write_findings(), fmt::format("add '{}'", k_findings_path));
    return std::move(outcome_);
  }

 private:
  CollectorTally& tally(const PlannedEntry& entry) { return outcome_.tallies[entry.collector]; }

  void report_progress() {
    if (options_.progress) {
      options_.progress(progress_);
    }
  }

  Status write(PlannedEntry& entry, EntryWork work) {
    CollectorTally& sum = tally(entry);
    if (sum.source_bytes >= gathered_[entry.collector].limits.bytes_max) {
      if (sum.cut.empty()) {
        sum.cut = "byte-limit";
      }
      left_out_.insert(entry.path);
      return {};
    }
    if (auto* small = std::get_if<SmallEntry>(&work)) {
      return write_small(entry, *small);
    }
    if (auto* large = std::get_if<LargeEntry>(&work)) {
      return write_large(entry, *large);
    }
    note_skipped(entry, std::get<SkippedEntry>(work).error);
    return {};
  }

  Status write_small(const PlannedEntry& entry, SmallEntry& small) {
    CollectorTally& sum = tally(entry);
    ++sum.entries;
    sum.bytes += small.prepared.size();
    sum.source_bytes += small.source_bytes;
    progress_.bytes += small.source_bytes;
    if (sum.cut.empty()) {
      sum.cut = small.cut;
    }
    add_findings(std::move(small.findings));
    return writer_.add(std::move(small.prepared));
  }

  Status write_large(const PlannedEntry& entry, LargeEntry& large) {
    const Gathered& from = gathered_[entry.collector];
    CollectorTally& sum = tally(entry);
    SOURCEOS_TRY_ASSIGN(bundle::EntryStream out,
                        writer_.open(entry_header(pipeline_, entry, from.name, options_.at)));
    KeptStream kept(out, {.tail = entry.artifact.keep == Keep::head_and_tail,
                          .bytes_max = from.limits.bytes_max - sum.source_bytes,
                          .source_size = large.size});
    redact::DocumentOptions how = document_options(entry);
    how.size = large.size;
    redact::StreamRedactor redactor = pipeline_.stream(how);
    // The reading thread has least to do: it also hashes what it has read.
    BlockReader reader(std::move(large.source), from.limits.timeout_ms, redactor.take_commitment());
    std::uint64_t fed = 0;
    SOURCEOS_TRY_ASSIGN(const std::string cut, feed_all(reader, redactor, kept, fed));
    redact::StreamEnd end = redactor.finish();
    SOURCEOS_TRY(kept.append(end.last, fed));
    SOURCEOS_TRY(kept.finish());
    const SourceEnd source = reader.finish();
    if (host_.is_interrupted()) {
      return fail(ErrorKind::interrupted, "interrupted", "interrupted while reading");
    }
    return finish_large(entry, out, kept, end, source, fed, cut);
  }

  // Gives the reason why reading ended early, or an empty string.
  Result<std::string> feed_all(BlockReader& reader, redact::StreamRedactor& redactor,
                               KeptStream& kept, std::uint64_t& fed) {
    for (;;) {
      if (host_.is_interrupted()) {
        return fail(ErrorKind::interrupted, "interrupted", "interrupted while reading");
      }
      const Result<std::string_view> block = reader.next();
      if (!block && host_.is_interrupted()) {
        return fail(ErrorKind::interrupted, "interrupted", "interrupted while reading");
      }
      if (!block) {
        // What came so far is an entry; why no more came is a signed fact.
        return block.error().reason;
      }
      if (block->empty()) {
        return std::string();
      }
      fed += block->size();
      progress_.bytes += block->size();
      SOURCEOS_TRY(kept.append(redactor.feed(*block), fed));
      report_progress();
    }
  }

  Status finish_large(const PlannedEntry& entry, bundle::EntryStream& out, const KeptStream& kept,
                      redact::StreamEnd& end, const SourceEnd& source, std::uint64_t fed,
                      const std::string& cut) {
    CollectorTally& sum = tally(entry);
    std::optional<bundle::SourceFacts> facts = source_facts(pipeline_, source.info);
    if (facts) {
      facts->read = fed;
      facts->kept = kept.kept();
    }
    if (sum.cut.empty()) {
      sum.cut = !cut.empty() ? cut : !source.cut.empty() ? source.cut : kept.is_cut() ? "byte-limit" : "";
    }
    for (bundle::Finding& finding : end.findings) {
      kept.place(finding);
      finding.entry = entry.path;
    }
    if (kept.is_cut()) {
      end.findings.push_back(cut_finding(entry, out.bytes()));
    }
    add_findings(std::move(end.findings));
    ++sum.entries;
    sum.bytes += out.bytes();
    sum.source_bytes += fed;
    return out.finish(facts, end.record);
  }

  // Noise that pushes traces out of what is kept is worth a look of its own (S-22).
  static bundle::Finding cut_finding(const PlannedEntry& entry, std::uint64_t entry_bytes) {
    bundle::Finding finding;
    finding.rule_id = bundle::RedactedText("log-cut");
    finding.severity = bundle::Severity::high;
    finding.entry = entry.path;
    finding.to = entry_bytes;
    finding.excerpt = bundle::RedactedText("the source holds more than the limit that is kept");
    return finding;
  }

  void note_skipped(const PlannedEntry& entry, const Error& error) {
    CollectorTally& sum = tally(entry);
    left_out_.insert(entry.path);
    if (sum.cut.empty() && error.kind == ErrorKind::timeout) {
      sum.cut = "timeout";
    }
    bundle::Finding finding;
    finding.rule_id = finding_rule(pipeline_, error.reason);
    finding.severity = bundle::Severity::medium;
    finding.excerpt = shown_text(pipeline_, std::string_view(entry.artifact.source
                                                                 ? entry.artifact.source->path
                                                                 : entry.path));
    outcome_.findings.push_back(std::move(finding));
  }

  void add_findings(std::vector<bundle::Finding> findings) {
    for (bundle::Finding& finding : findings) {
      outcome_.findings.push_back(std::move(finding));
    }
  }

  static bundle::Severity severity_of(FindingSeverity severity) {
    switch (severity) {
      case FindingSeverity::low: return bundle::Severity::low;
      case FindingSeverity::medium: return bundle::Severity::medium;
      case FindingSeverity::high: return bundle::Severity::high;
    }
    return bundle::Severity::high;
  }

  void add_collector_findings(const EntryPlan& plan) {
    for (std::size_t i = 0; i < gathered_.size(); ++i) {
      const std::vector<CollectorFinding>& findings = gathered_[i].collection.findings;
      for (std::size_t k = 0; k < findings.size(); ++k) {
        bundle::Finding finding;
        finding.rule_id = shown_text(pipeline_, findings[k].rule_id);
        finding.severity = severity_of(findings[k].severity);
        if (const std::string& path = plan.paths_of_findings[i][k]; !left_out_.contains(path)) {
          finding.entry = path;
        }
        finding.excerpt = shown_text(pipeline_, std::string_view(findings[k].excerpt));
        outcome_.findings.push_back(std::move(finding));
      }
    }
  }

  // The record holds a capped list; this entry holds all of them.
  Status write_findings() {
    if (outcome_.findings.empty()) {
      return {};
    }
    std::string lines;
    for (const bundle::Finding& finding : outcome_.findings) {
      lines += finding_line(finding);
    }
    redact::DocumentOptions how;
    how.format = redact::Format::text;
    how.findings = false;
    bundle::EntryHeader header{.path = k_findings_path,
                               .kind = bundle::RedactedText("log-scan"),
                               .media_type = bundle::RedactedText("application/jsonl"),
                               .collector = bundle::RedactedText(k_session_collector),
                               .at = options_.at};
    bundle::Redacted content = pipeline_.document(lines, how);
    count_findings(content.bytes().size());
    return writer_.add(std::move(header), std::nullopt, std::move(content));
  }

  // Where a command gave entries of its own, this one is among them.
  void count_findings(std::uint64_t bytes) {
    for (std::size_t i = 0; i < gathered_.size(); ++i) {
      if (gathered_[i].name == k_session_collector) {
        ++outcome_.tallies[i].entries;
        outcome_.tallies[i].bytes += bytes;
      }
    }
  }

  host::Host& host_;
  const redact::Pipeline& pipeline_;
  bundle::BundleWriter& writer_;
  std::vector<Gathered>& gathered_;
  const EntriesOptions& options_;
  EntriesOutcome outcome_;
  std::set<std::string> left_out_;  // paths that no finding may cite
  Progress progress_;
};

}  // namespace

Result<EntriesOutcome> write_entries(host::Host& host, const redact::Pipeline& pipeline,
                                     bundle::BundleWriter& writer, std::vector<Gathered>& gathered,
                                     const EntriesOptions& options) {
  return EntryRun(host, pipeline, writer, gathered, options).run();
}

}  // namespace sourceos::collect
