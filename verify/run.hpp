// One verification under way: what has been read so far and found good. A check looks only at what
// is here; what it needs and does not find makes it `skipped (needs X)`.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/frame_pool.hpp"
#include "bundle/index_line.hpp"
#include "bundle/layout.hpp"
#include "bundle/log/checkpoint.hpp"
#include "bundle/log/leaf.hpp"
#include "bundle/log/tlog_proof.hpp"
#include "bundle/manifest.hpp"
#include "bundle/screen.hpp"
#include "bundle/statement.hpp"
#include "verify/inspector.hpp"
#include "verify/record_facts.hpp"
#include "verify/trust.hpp"
#include "verify/verdict.hpp"
#include "verify/verify.hpp"

namespace sourceos::verify {

// An attached manifest whose digest and form are good, and its layer's bytes.
struct Attached {
  bundle::Descriptor descriptor;
  bundle::AttachedManifest manifest;
  std::string content;
};

// One S and what its signature is worth.
struct Signature {
  bundle::Digest manifest;  // S
  bundle::SigstoreBundle bundle;
  const TrustedKey* key = nullptr;  // that verifies it
  bool is_bad = false;              // under the key that its hint names
  std::string rejected;             // why a valid signature by a trusted key does not count
  [[nodiscard]] bool counts() const { return key != nullptr && rejected.empty(); }
};

// A log proof that fits the bundle, with the leaf and checkpoint in it.
struct LogFacts {
  bundle::log::TlogProof proof;
  bundle::log::Leaf leaf;
  bundle::log::SignedCheckpoint checkpoint;
  const TrustedKey* key = nullptr;  // trusted, and its signature is good
};

// An entry as the index tells it.
struct Entry {
  std::string path;
  bundle::Digest sha256;
  std::uint64_t size = 0;
  std::vector<bundle::Where> where;
};

// What reading the whole index has found. Problems are kept until their check's turn.
struct IndexFacts {
  std::vector<Entry> entries;
  std::vector<bundle::DisclosableLine> disclosable;
  bundle::Digest digest;  // of the uncompressed index
  std::uint64_t bytes_sum = 0;
  bool complete = true;  // the AND of the lines
  std::map<std::string, std::uint64_t> by_rule;
  std::uint64_t masked = 0;  // places, by rules and as known values
  struct Sum {
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;
  };
  std::map<std::string, Sum> by_collector;
  bool has_sealed_originals = false;
  struct Problem {
    std::string reason;
    std::string member;
    std::string detail;
  };
  std::optional<Problem> order;
  std::optional<Problem> unique;
  std::optional<Problem> path;
  std::optional<Problem> claim;
};

struct ScreenHit {
  std::string member;  // entry path, "record" or "index"
  std::string_view rule;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};

// What reading all layers has found.
struct ContentFacts {
  std::optional<IndexFacts::Problem> stored;   // first blob that is not its digest
  std::optional<IndexFacts::Problem> content;  // first layer that does not give its entries
  std::vector<ScreenHit> screen_hits;
  std::vector<ScreenHit> inspector_hits;
};

struct Run {
  Run(bundle::Layout& of, const VerifyOptions& given, bundle::FramePool& threads, Verdict& found)
      : layout(of), options(given), pool(threads), verdict(found) {}

  bundle::Layout& layout;
  const VerifyOptions& options;
  bundle::FramePool& pool;
  Verdict& verdict;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();

  // --- found good so far
  std::optional<bundle::Descriptor> bundle_index;  // I, as index.json names it
  std::optional<bundle::BundleIndex> manifests;    // what I lists
  std::optional<bundle::Digest> manifest_id;       // M
  std::optional<bundle::Manifest> manifest;
  std::optional<std::vector<Attached>> attached;
  std::set<bundle::Digest> reached;   // blobs that may be there
  std::set<bundle::Digest> digested;  // blobs whose bytes were read and are their digest
  std::set<bundle::Digest> withheld;  // layers named by a disclosure statement of a trusted key
  std::optional<IndexFacts::Problem> disclosure;  // a disclosure statement that is not good
  bool has_disclosure = false;
  bool layers_are_there = false;  // all but withheld ones, with the size that M says
  std::optional<std::string> record_bytes;
  std::optional<Result<RecordFacts>> record;  // read with the descriptors; judged in its turn
  std::vector<Signature> signatures;
  bool signatures_read = false;
  std::string payload;  // the statement that M and the record make
  std::optional<IndexFacts> index;
  std::optional<ContentFacts> content;
  std::optional<LogFacts> log;
  std::optional<CheckResult> log_result;  // of reading it, which more than one check needs

  [[nodiscard]] const RecordFacts* facts() const {
    return record && record->has_value() ? &**record : nullptr;
  }
  [[nodiscard]] bool is_late() const {
    return options.max_seconds != 0 &&
           std::chrono::steady_clock::now() - started > std::chrono::seconds(options.max_seconds);
  }
};

// Why a check was skipped where that takes nothing from the verdict.
inline constexpr std::string_view k_skipped_when_fast = "not looked at (--fast)";
inline constexpr std::string_view k_skipped_in_store =
    "only what the manifest reaches is looked at in a store";

// --- results of a check; the driver fills in the name
[[nodiscard]] CheckResult pass(std::string detail = {});
[[nodiscard]] CheckResult skipped(std::string_view why);
[[nodiscard]] CheckResult failed(std::string_view reason, std::string member, std::string detail);
[[nodiscard]] CheckResult unverifiable(std::string_view reason, std::string member,
                                       std::string detail);
[[nodiscard]] CheckResult failed(const Error& error, std::string member);
[[nodiscard]] CheckResult failed(const IndexFacts::Problem& problem);
// An Error's reason when it is one of evidence section 11, else `malformed` or `limit`.
[[nodiscard]] std::string stable_reason(const Error& error);

// A blob of at most bytes_max, whole: `missing-member`, `limit`, `digest-mismatch`, or
// `descriptor` when the descriptor's size is wrong.
[[nodiscard]] Result<std::string> read_blob(Run& run, const bundle::Descriptor& descriptor,
                                            std::uint64_t bytes_max);

// SHA-256 of a whole blob.
[[nodiscard]] Result<bundle::Digest> hash_blob(const bundle::BlobReader& blob);

}  // namespace sourceos::verify
