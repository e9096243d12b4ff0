#include "verify/index_reader.hpp"

#include "bundle/entry_path.hpp"
#include "core/limits.hpp"

#include <fmt/format.h>

namespace sourceos::verify {
namespace {

constexpr std::uint64_t k_rounding = 256;  // S-31
constexpr std::string_view k_sealed_prefix = "sealed/";
constexpr std::string_view k_sealed_suffix = ".age";

bool is_rounded(std::uint64_t value) { return value % k_rounding == 0; }

// Ranges of the source that were kept: one after the other, within what was read.
bool has_kept_in_order(const bundle::IndexLine::Source& source) {
  std::uint64_t before = 0;
  for (const auto& [from, to] : source.kept) {
    if (from < before || to < from) {
      return false;
    }
    before = to;
  }
  return before <= source.read;
}

// Why the line's claims about its own redaction cannot be so, or empty.
std::string_view contradiction_of(const bundle::IndexLine& line) {
  const bundle::IndexLine::Redaction& redaction = line.redaction;
  if (!redaction.complete && redaction.limits.empty()) {
    return "it says incomplete and names no limit";
  }
  if (line.source) {
    if (redaction.bytes_scanned != line.source->read) {
      return "fewer or more bytes were scanned than read";
    }
    if (!has_kept_in_order(*line.source)) {
      return "the ranges that were kept are out of order or beyond what was read";
    }
  } else if (!redaction.has_hit() && redaction.bytes_scanned != line.size) {
    return "fewer or more bytes were scanned than stored, and nothing was masked";
  }
  if (redaction.has_hit()) {
    bool all_rounded = is_rounded(redaction.bytes_scanned);
    if (line.source) {
      all_rounded = all_rounded && is_rounded(line.source->size) && is_rounded(line.source->read);
      for (const auto& [from, to] : line.source->kept) {
        all_rounded = all_rounded && is_rounded(from) && is_rounded(to);
      }
    }
    if (!all_rounded) {
      return "something was masked and the exact lengths are told";
    }
  }
  return {};
}

}  // namespace

Status IndexReader::consume(std::uint64_t, std::string_view bytes) {
  hash_.update(bytes);
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    if (partial_.size() + part.size() > limits::k_index_line_bytes_max) {
      return fail(ErrorKind::limit, "limit", "there is an index line of more than 64 KiB");
    }
    if (end == std::string_view::npos) {
      partial_ += part;
      break;
    }
    if (partial_.empty()) {
      SOURCEOS_TRY(read_line(part));
    } else {
      partial_ += part;
      SOURCEOS_TRY(read_line(partial_));
      partial_.clear();
    }
    bytes.remove_prefix(end + 1);
  }
  return {};
}

Status IndexReader::finish() {
  if (!partial_.empty()) {
    return fail(ErrorKind::malformed, "malformed", "the last index line has no end");
  }
  facts_.digest = hash_.finish();
  if (!facts_.path && !facts_.order) {
    std::vector<std::string_view> paths;
    paths.reserve(facts_.entries.size());
    for (const Entry& entry : facts_.entries) {
      paths.push_back(entry.path);
    }
    if (const Status unique = bundle::check_unique_paths(paths); !unique) {
      facts_.unique = {"duplicate-member", {}, unique.error().read_out()};
    }
  }
  return {};
}

Status IndexReader::read_line(std::string_view text) {
  if (++lines_ > limits::k_index_lines_max) {
    return fail(ErrorKind::limit, "limit", "there are more than 1,000,000 index lines");
  }
  const Status read = bundle::is_disclosable_line(text) ? read_disclosable(text)
                                                        : read_entry(text);
  if (!read) {
    return fail(Error(read.error()).with_context(fmt::format("index line {}", lines_)));
  }
  return {};
}

Status IndexReader::read_disclosable(std::string_view text) {
  SOURCEOS_TRY_ASSIGN(const bundle::DisclosableLine line, bundle::parse_disclosable_line(text));
  if (!facts_.disclosable.empty() && facts_.disclosable.back().layer >= line.layer) {
    facts_.order = {"index-order", fmt::format("layer {}", line.layer),
                    "the lines of disclosable layers are not in their order"};
  }
  facts_.disclosable.push_back(line);
  return {};
}

Status IndexReader::read_entry(std::string_view text) {
  SOURCEOS_TRY(bundle::parse_index_line(text, line_));
  check_order(line_.path);
  if (const Status path = bundle::check_entry_path(line_.path); !path && !facts_.path) {
    facts_.path = {"path-unsafe", line_.path, path.error().read_out()};
  }
  check_claims();
  if (line_.size > limits::k_entry_bytes_sum_max - facts_.bytes_sum) {
    return fail(ErrorKind::limit, "limit", "the entries are larger than 1 TiB together");
  }
  facts_.bytes_sum += line_.size;
  facts_.entries.push_back({line_.path, line_.sha256, line_.size, line_.where});
  return {};
}

void IndexReader::check_order(const std::string& path) {
  if (!facts_.disclosable.empty() && !facts_.order) {
    facts_.order = {"index-order", path, "an entry stands after a disclosable layer"};
  }
  if (facts_.entries.empty() || facts_.order) {
    return;
  }
  const std::string& last = facts_.entries.back().path;
  if (path == last) {
    facts_.order = {"duplicate-member", path, "two index lines have this path"};
  } else if (path < last) {
    facts_.order = {"index-order", path, "the index is not in the order of paths"};
  }
}

void IndexReader::check_claims() {
  facts_.complete = facts_.complete && line_.redaction.complete;
  for (const bundle::NamedCount& rule : line_.redaction.rules) {
    facts_.by_rule[rule.name] += rule.value;
    facts_.masked += rule.value;
  }
  facts_.masked += line_.redaction.known;
  IndexFacts::Sum& sum = facts_.by_collector[line_.collector];
  ++sum.entries;
  sum.bytes += line_.size;
  facts_.has_sealed_originals |=
      line_.path.starts_with(k_sealed_prefix) && line_.path.ends_with(k_sealed_suffix);
  if (facts_.claim) {
    return;
  }
  if (const std::string_view contradiction = contradiction_of(line_); !contradiction.empty()) {
    facts_.claim = {"redaction-incomplete", line_.path, std::string(contradiction)};
  }
}

}  // namespace sourceos::verify
