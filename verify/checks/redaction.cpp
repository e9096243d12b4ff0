// What the bundle claims about its redaction must at least agree with itself: each line, and the
// record with the sums of all lines. Claims are not proof, and the verdict says so (S-13).
#include "verify/checks/checks.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sourceos::verify::checks {
namespace {

CheckResult sums_differ(std::string_view what) {
  return failed("digest-mismatch", "record",
                fmt::format("the record's {} are not those of the index", what));
}

bool has_same_rules(const RecordFacts& record, const IndexFacts& index) {
  if (record.by_rule.size() != index.by_rule.size()) {
    return false;
  }
  for (const bundle::NamedCount& rule : record.by_rule) {
    const auto found = index.by_rule.find(rule.name);
    if (found == index.by_rule.end() || found->second != rule.value) {
      return false;
    }
  }
  return true;
}

// The first collector of the record that gave more or less than the index has of it, or null.
const RecordFacts::Collector* miscounted(const RecordFacts& record, const IndexFacts& index) {
  for (const RecordFacts::Collector& collector : record.collectors) {
    const auto found = index.by_collector.find(collector.name);
    const IndexFacts::Sum sum = found == index.by_collector.end() ? IndexFacts::Sum{} : found->second;
    if (sum.entries != collector.entries || sum.bytes != collector.bytes) {
      return &collector;
    }
  }
  return nullptr;
}

// The first finding of the record that cites what no entry holds, or null. Entries lie in order of
// their paths; those of disclosable layers have no lines here, so then nothing can be said.
const RecordFacts::Finding* miscited(const RecordFacts& record, const IndexFacts& index) {
  if (!index.disclosable.empty() || index.order) {
    return nullptr;
  }
  const auto is_miscited = [&](const RecordFacts::Finding& finding) {
    if (finding.entry.empty()) {
      return false;
    }
    const auto found = std::ranges::lower_bound(index.entries, finding.entry, {}, &Entry::path);
    return found == index.entries.end() || found->path != finding.entry || finding.to > found->size;
  };
  const auto found = std::ranges::find_if(record.findings, is_miscited);
  return found == record.findings.end() ? nullptr : &*found;
}

}  // namespace

CheckResult redaction(Run& run) {
  if (run.options.level == Level::stored) {
    return skipped(k_skipped_when_fast);
  }
  if (!run.index || run.facts() == nullptr) {
    return skipped("needs record and digests");
  }
  const RecordFacts& record = *run.facts();
  if (record.index_digest != run.index->digest) {
    return failed("digest-mismatch", "record", "its indexDigest is that of another index");
  }
  if (record.entry_count != run.index->entries.size() ||
      record.entry_bytes != run.index->bytes_sum) {
    return sums_differ("entries");
  }
  if (const auto* collector = miscounted(record, *run.index)) {
    return sums_differ(fmt::format("counts of collector '{}'", collector->name));
  }
  if (const auto* finding = miscited(record, *run.index)) {
    return failed("missing-member", finding->entry,
                  "a finding of the record cites bytes that no entry holds");
  }
  if (run.index->claim) {
    return failed(*run.index->claim);
  }
  if (!has_same_rules(record, *run.index)) {
    return sums_differ("counts by rule");
  }
  if (record.masked != run.index->masked) {
    return sums_differ("counts by class");
  }
  if (record.complete != run.index->complete) {
    return failed("redaction-incomplete", "record",
                  "it says of completeness what its entries do not");
  }
  return pass(record.complete ? "claimed complete" : "claimed incomplete");
}

}  // namespace sourceos::verify::checks
