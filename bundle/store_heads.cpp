#include "bundle/store_heads.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bundle/log/host_log.hpp"
#include "bundle/manifest.hpp"
#include "bundle/store_documents.hpp"
#include "bundle/store_places.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"

namespace sourceos::bundle {

namespace {

constexpr std::uint64_t k_document_bytes_max = limits::k_json_bytes_max;

// A record was checked when it was written; a field that is not there reads as empty.
std::string text_at(const json::Value& record, const char* pointer) {
  const json::Value::json_pointer place(pointer);
  return record.contains(place) && record.at(place).is_string()
             ? record.at(place).get<std::string>()
             : std::string();
}

std::uint64_t number_at(const json::Value& record, const char* pointer) {
  const json::Value::json_pointer place(pointer);
  return record.contains(place) && record.at(place).is_number_unsigned()
             ? record.at(place).get<std::uint64_t>()
             : 0;
}

std::string joined_path(const json::Value& record) {
  const json::Value::json_pointer place("/command/path");
  std::vector<std::string> words;
  if (record.contains(place) && record.at(place).is_array()) {
    for (const json::Value& word : record.at(place)) {
      words.push_back(word.is_string() ? word.get<std::string>() : std::string());
    }
  }
  return fmt::format("{}", fmt::join(words, " "));
}

void fill_from_record(ListRow& row, const json::Value& record) {
  row.command = joined_path(record);
  row.mode = text_at(record, "/mode");
  row.subject_kind = text_at(record, "/subject/kind");
  row.subject_ref = text_at(record, "/subject/ref");
  row.result = text_at(record, "/outcome/result");
  row.exit_code = number_at(record, "/outcome/exitCode");
  row.entries = number_at(record, "/entries/count");
  row.bytes = number_at(record, "/entries/bytes");
  const json::Value::json_pointer findings("/findings");
  if (record.contains(findings) && record.at(findings).is_array()) {
    for (const json::Value& finding : record.at(findings)) {
      ++row.findings;
      row.findings_high += text_at(finding, "/severity") == "high" ? 1U : 0U;
    }
  }
  const json::Value::json_pointer intent("/sequence/intent");
  if (record.contains(intent) && record.at(intent).is_number_unsigned()) {
    row.intent = record.at(intent).get<std::uint64_t>();
  }
}

bool is_bundle_leaf(const log::Leaf& leaf) {
  return leaf.kind == log::LeafKind::bundle || leaf.kind == log::LeafKind::import;
}

OpenIntent read_intent(const StorePlaces& places, const log::Leaf& leaf) {
  OpenIntent intent{leaf.seq, leaf.at, {}, {}, {}};
  const auto text = leaf.payload ? places.read_blob(*leaf.payload, k_document_bytes_max)
                                 : Result<std::string>(std::string());
  const auto facts = text ? read_intent_document(*text) : Result<IntentFacts>(IntentFacts());
  if (facts) {
    intent.subject_kind = facts->subject_kind;
    intent.subject_ref = facts->subject_ref;
    intent.command = facts->command;
  }
  return intent;
}

// The leaf that says that what came with leaf `seq` went again.
std::optional<std::uint64_t> gc_leaf_of(const log::HostLog& log, std::uint64_t seq) {
  std::optional<std::uint64_t> found;
  const Status read = log.for_each(seq + 1, log.size(), [&](const log::StoredLeaf& stored) -> Status {
    if (stored.leaf.kind == log::LeafKind::gc && stored.leaf.ref == seq) {
      found = stored.leaf.seq;
    }
    return {};
  });
  return read ? found : std::nullopt;
}

// What a run of leaves changes, gathered before any record is read: a rebuild over 100,000 leaves
// reads only the records of the rows that stay and the documents of intents that are open.
class Replay {
 public:
  explicit Replay(Heads& heads) : heads_(&heads) {}

  void add(const log::StoredLeaf& stored) {
    const log::Leaf& leaf = stored.leaf;
    if (is_bundle_leaf(leaf)) {
      recent_.push_back(stored);
      if (recent_.size() > 2 * k_head_rows_max) {
        recent_.erase(recent_.begin(), recent_.begin() + k_head_rows_max);
      }
    }
    if (leaf.kind == log::LeafKind::intent) {
      intents_.push_back(leaf);
    }
    if (leaf.kind == log::LeafKind::gc) {
      pruned_ = true;
    }
    if (leaf.ref &&
        (leaf.kind == log::LeafKind::bundle || leaf.kind == log::LeafKind::recovered)) {
      close(*leaf.ref);
    }
    ++heads_->count;
  }

  void finish(const StorePlaces& places, const log::HostLog& log) {
    for (const log::Leaf& leaf : intents_) {
      heads_->open.push_back(read_intent(places, leaf));
    }
    std::vector<ListRow> rows;
    for (auto it = recent_.rbegin(); it != recent_.rend() && rows.size() < k_head_rows_max; ++it) {
      rows.push_back(make_row(places, log, *it));
    }
    for (ListRow& row : heads_->rows) {
      rows.push_back(std::move(row));
    }
    if (rows.size() > k_head_rows_max) {
      rows.resize(k_head_rows_max);
    }
    heads_->rows = std::move(rows);
    heads_->root = log.root();
  }

  // A gc leaf changes rows that stand already.
  [[nodiscard]] bool pruned() const { return pruned_; }

 private:
  void close(std::uint64_t intent) {
    std::erase_if(heads_->open, [&](const OpenIntent& open) { return open.seq == intent; });
    std::erase_if(intents_, [&](const log::Leaf& leaf) { return leaf.seq == intent; });
  }

  Heads* heads_;
  std::vector<log::StoredLeaf> recent_;
  std::vector<log::Leaf> intents_;
  bool pruned_ = false;
};

bool fits(const Heads& heads, const log::HostLog& log, const std::string& log_id) {
  if (heads.log_id != log_id || heads.count == 0 || heads.count > log.size()) {
    return false;
  }
  const auto root = heads.count == log.size() ? Result<Digest>(log.root())
                                              : log.root_of(heads.count);
  return root && *root == heads.root;
}

}  // namespace

Result<std::string> read_record_of(const StorePlaces& places, const Digest& id) {
  SOURCEOS_TRY_ASSIGN(const std::string manifest_text,
                      places.read_blob(id, limits::k_json_bytes_max));
  SOURCEOS_TRY_ASSIGN(const Manifest manifest, parse_manifest(manifest_text));
  return places.read_blob(manifest.config.digest, limits::k_record_bytes_max);
}

Result<Pruned> read_pruned(const StorePlaces& places, const log::HostLog& log,
                           std::uint64_t gc_seq) {
  SOURCEOS_TRY_ASSIGN(const log::StoredLeaf stored, log.leaf(gc_seq));
  Pruned pruned{gc_seq, stored.leaf.at, {}, {}};
  if (stored.leaf.kind != log::LeafKind::gc || !stored.leaf.payload) {
    return fail(ErrorKind::malformed, "malformed",
                fmt::format("expected a gc leaf at {}, there is another", gc_seq));
  }
  SOURCEOS_TRY_ASSIGN(const std::string text,
                      places.read_blob(*stored.leaf.payload, k_document_bytes_max));
  SOURCEOS_TRY_ASSIGN(GcDocument document, parse_gc_document(text));
  pruned.rule = std::move(document.rule);
  pruned.reason = std::move(document.reason);
  return pruned;
}

ListRow make_row(const StorePlaces& places, const log::HostLog& log, const log::StoredLeaf& leaf) {
  ListRow row;
  row.seq = leaf.leaf.seq;
  row.id = leaf.leaf.bundle.value_or(Digest());
  row.at = leaf.leaf.at;
  row.imported = leaf.leaf.kind == log::LeafKind::import;
  const auto referrers_text = places.read_referrers(row.id);
  const auto referrers =
      referrers_text ? parse_referrers(*referrers_text) : Result<Referrers>(Referrers());
  const std::optional<std::uint64_t> gc_seq =
      !referrers                    ? std::nullopt
      : referrers->seq == row.seq   ? referrers->pruned
                                    : gc_leaf_of(log, row.seq);  // the bundle came again later
  if (gc_seq) {
    const auto pruned = read_pruned(places, log, *gc_seq);
    row.pruned = pruned ? *pruned : Pruned{*gc_seq, {}, {}, {}};
    return row;
  }
  const auto record = read_record_of(places, row.id);
  const auto value = record ? json::parse(*record, {limits::k_record_bytes_max,
                                                    limits::k_record_depth_max})
                            : Result<json::Value>(json::Value());
  if (value) {
    fill_from_record(row, *value);
  }
  return row;
}

Status extend_heads(Heads& heads, const StorePlaces& places, const log::HostLog& log) {
  Replay replay(heads);
  SOURCEOS_TRY(log.for_each(heads.count, log.size(), [&](const log::StoredLeaf& leaf) -> Status {
    replay.add(leaf);
    return {};
  }));
  replay.finish(places, log);
  if (replay.pruned()) {
    for (ListRow& row : heads.rows) {
      SOURCEOS_TRY_ASSIGN(const log::StoredLeaf leaf, log.leaf(row.seq));
      row = make_row(places, log, leaf);
    }
  }
  return {};
}

Result<std::uint64_t> sum_blob_bytes(const StorePlaces& places) {
  std::uint64_t sum = 0;
  std::error_code error;
  for (auto it = std::filesystem::directory_iterator(places.blobs(), error);
       !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
    std::error_code gone;  // a blob may leave while we look
    const std::uint64_t size = it->file_size(gone);
    sum += gone ? 0 : size;
  }
  if (error) {
    return fail(system_error(error.value(), "read 'blobs'"));
  }
  return sum;
}

Result<Heads> rebuild_heads(const StorePlaces& places, const log::HostLog& log,
                            const std::string& log_id) {
  Heads heads;
  heads.log_id = log_id;
  SOURCEOS_TRY_ASSIGN(heads.blob_bytes, sum_blob_bytes(places));
  SOURCEOS_TRY(extend_heads(heads, places, log));
  return heads;
}

Result<Heads> load_heads(const StorePlaces& places, const log::HostLog& log,
                         const std::string& log_id) {
  const auto text = host::read_file(places.heads(), limits::k_json_bytes_max);
  auto heads = text ? parse_heads(*text) : Result<Heads>(Heads());
  if (!heads || !fits(*heads, log, log_id)) {
    return rebuild_heads(places, log, log_id);
  }
  if (heads->count < log.size()) {
    SOURCEOS_TRY(extend_heads(*heads, places, log));
  }
  return heads;
}

}  // namespace sourceos::bundle
