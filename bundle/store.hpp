// The store: all bundles of one account in one OCI image layout, and the host log that puts them
// in order. A bundle exists when it is in the log.
//
// On disk, under the store's root (mode 0700, files 0600):
//
//   oci-layout, index.json   constant; a bundle's own index.json is made on export
//   blobs/sha256/<hex>       blobs of all bundles, shared; documents of leaves (intents, changes)
//   referrers/<2 hex>/<hex>  one small file for each M: canonical JSON { attached, imported, logId,
//                            pruned, seq }, `attached` being the digests of the attached manifests
//                            (OCI's "referrers": S and sidecars) as they came, `pruned` the
//                            gc leaf that removed it or null. Rebuildable; also serves look-ups by
//                            prefix, since a directory has 1/256 of the names.
//   log/                     the host log (bundle/log/host_log.hpp) and pending/<seq>/
//   log-old/<log id>/        logs that had a successor
//   heads.json               rebuildable cache: recent bundles, open intents, bytes in use
//   secrets/store.key        32 bytes; tags, commitments and the machine's tag derive from it
//   tmp/<random>/            one in-flight writer each, with `lock` under flock
//   tmp/gc-<random>/         what gc took, until no writer that began before is alive
//   reserve                  preallocated, freed when a result would not fit (security S-07)
//   lock                     flock, held only while the log grows
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/redacted.hpp"
#include "bundle/signature.hpp"
#include "bundle/signer.hpp"
#include "core/limits.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sourceos::host {
struct Host;
struct Environment;
}  // namespace sourceos::host
namespace sourceos::verify {
class VerifiedBundle;
}

namespace sourceos::bundle {

struct Draft;
struct Record;
struct StoreState;
class Layout;
namespace log {
class HostLog;
}

enum class StoreAccess { read, write };

struct StoreOptions {
  std::filesystem::path root;
  StoreAccess access = StoreAccess::read;
  // Signs checkpoints; needed to write, must outlive the store.
  const Signer* log_signer = nullptr;
  std::uint64_t quota_bytes = limits::k_store_quota_bytes;
  // Files and directories that checkpoints were handed out to (`anchor` in the config): a log
  // that is smaller than one of them refuses to grow ("log-rewound").
  std::vector<std::filesystem::path> anchor_targets;
};

// <state root>/evidence, under seams the test store.
[[nodiscard]] std::filesystem::path default_store_root(const host::Environment& environment);

struct SealedBundle {
  Digest id;  // M
  std::uint64_t seq = 0;
  std::string record;  // canonical bytes
};

// A writer's own directory under tmp/: lives while this object does.
class Scratch {
 public:
  Scratch(Scratch&&) noexcept;
  Scratch& operator=(Scratch&&) noexcept;
  ~Scratch();
  [[nodiscard]] const std::filesystem::path& path() const;

 private:
  friend class Store;
  struct State;
  explicit Scratch(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct OpenIntent {
  std::uint64_t seq = 0;
  std::string at;
  std::string subject_kind;
  std::string subject_ref;
  std::string command;  // last word of the command's path, or empty
};

struct Pruned {
  std::uint64_t seq = 0;  // of the gc leaf
  std::string at;
  std::string rule;    // "keep-days", "keep-last", "spill"
  std::string reason;  // what the operator gave, redacted; may be empty
};

// One line of `evidence list`.
struct ListRow {
  std::uint64_t seq = 0;
  Digest id;
  std::string at;
  bool imported = false;
  std::optional<Pruned> pruned;  // then all below is empty: the record is gone
  std::string command;           // the command's path, words joined by a space
  std::string mode;
  std::string subject_kind;
  std::string subject_ref;
  std::string result;
  std::uint64_t exit_code = 0;
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
  std::uint64_t findings_high = 0;
  std::uint64_t findings = 0;
  std::optional<std::uint64_t> intent;
};

struct ListOptions {
  std::optional<std::string> subject;  // equals `ref`, or "kind:ref"
  std::optional<UtcTime> since;
  std::size_t rows_max = 20;  // newest first; 0: all
};

// What the store knows of one M without reading its blobs.
struct BundleFacts {
  Digest id;
  std::uint64_t seq = 0;
  bool imported = false;
  std::string log_id;  // the log that `seq` counts in: ours, or one that it succeeded
  std::vector<Digest> attached;
  std::optional<Pruned> pruned;
};

struct Anchor {
  std::uint64_t size = 0;
  Digest root;
  std::string at;
  std::string target;  // redacted
};

struct GcOptions {
  std::optional<std::uint64_t> keep_days;
  std::optional<std::uint64_t> keep_last;
  bool dry_run = false;
  // Also prunes what is protected (S-35); needs a reason.
  bool force = false;
  RedactedText reason;
};
struct GcReport {
  struct Kept {
    Digest id;
    std::uint64_t seq = 0;
    std::string why;  // "hold", "finding-high", "open-intent", "quarantine", "not-anchored"
  };
  std::vector<BundleFacts> pruned;
  std::vector<Kept> kept;  // would have been pruned by age or count, but is protected
  std::uint64_t blobs_removed = 0;
  std::uint64_t bytes_removed = 0;
};

struct FsckFinding {
  std::string reason;  // "digest-mismatch", "missing-member", "log-proof", "hard-link", ...
  std::string name;    // path in the store
  std::string detail;
  bool repaired = false;  // caches only
};
struct FsckReport {
  std::uint64_t blobs = 0;
  std::uint64_t bytes = 0;
  std::uint64_t bundles = 0;
  std::uint64_t leaves = 0;
  std::uint64_t unreached_blobs = 0;  // no fault; the next gc takes them
  std::vector<FsckFinding> findings;
  // No finding but repaired caches.
  [[nodiscard]] bool whole() const;
};

// What a store view of a bundle carries besides M and what it reaches.
enum class LogProof { none, attached };

// What `adopt` takes: only verify can make one (its integrity checks passed).
class Adoptable {
 public:
  [[nodiscard]] Layout& layout() const { return *layout_; }
  [[nodiscard]] const Digest& id() const { return id_; }

 private:
  friend class verify::VerifiedBundle;
  Adoptable(Layout& layout, const Digest& id) : layout_(&layout), id_(id) {}
  Layout* layout_;
  Digest id_;
};

class Store {
 public:
  // Write access makes a store that is not there, recovers what a crash left and cleans tmp/.
  // Refusals: "store-owner", "foreign-store", "store-cloned", "log-rewound", "store-file-system",
  // "test-seams"; "input-missing" when there is nothing to read; "evidence-unavailable" when it
  // cannot be written (full, read-only).
  [[nodiscard]] static Result<Store> open(const host::Host& host, StoreOptions options);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  [[nodiscard]] const std::filesystem::path& root() const;
  [[nodiscard]] std::string log_id() const;
  // The log as it was published last; leaves, proofs, verification.
  [[nodiscard]] const log::HostLog& log() const;

  // --- writing
  // A quota that is passed refuses bundles of commands that change nothing ("store-quota"), so
  // that noise cannot block a quarantine (S-22).
  enum class Purpose { look, act };
  [[nodiscard]] Status check_room(Purpose purpose) const;
  // For BundleWriter; layers of a Draft must lie in a scratch of this store.
  [[nodiscard]] Result<Scratch> make_scratch();
  // Completes record.sequence (all but `intent`, which the caller sets), then S-06's order. When
  // it returns, the bundle is in the published log and durable.
  [[nodiscard]] Result<SealedBundle> seal(const Draft& draft, Record record,
                                          const Signers& signers);
  // Documents of leaves are stored as blobs; all are durable when these return.
  [[nodiscard]] Result<std::uint64_t> append_intent(const RedactedJson& document);
  [[nodiscard]] Result<std::uint64_t> append_recovered(std::uint64_t intent,
                                                       const RedactedJson& document);
  [[nodiscard]] Result<std::uint64_t> append_change(const RedactedJson& document,
                                                    const std::optional<Digest>& bundle = {});
  // Protects a bundle from gc, or ends that; a change leaf.
  enum class Hold { set, release };
  [[nodiscard]] Status hold(const Digest& id, Hold what, const RedactedText& reason);
  // Notes in the log that a bundle left the host; gc may then prune it.
  [[nodiscard]] Status note_export(const Digest& id, const RedactedText& target);
  // Frees the reserve so that a result can be written after side effects (S-07).
  [[nodiscard]] Status free_reserve();
  // Copies a verified bundle in; nothing happens when it is there already.
  [[nodiscard]] Result<BundleFacts> adopt(const Adoptable& bundle,
                                          const std::string& foreign_log_id);
  // Adds an attached manifest of `layer_type` over M (a countersignature, a sidecar).
  [[nodiscard]] Status attach(const Digest& id, std::string_view layer_type,
                              std::string_view layer);
  [[nodiscard]] Result<GcReport> gc(const GcOptions& options);
  // Removes one bundle's blobs, protected or not, and all that shares them: a spill (S-35).
  [[nodiscard]] Result<GcReport> purge(const Digest& id, const RedactedText& reason,
                                       bool dry_run = false);
  // Ends the log and begins another that names it: after "store-cloned" or "log-rewound".
  [[nodiscard]] static Result<std::string> begin_successor(const host::Host& host,
                                                           StoreOptions options,
                                                           const RedactedText& reason);

  // --- reading
  // Newest first.
  [[nodiscard]] Result<std::vector<ListRow>> list(const ListOptions& options) const;
  // All, or those of one subject; oldest first.
  struct Subject {
    std::string kind;
    std::string ref;
  };
  [[nodiscard]] Result<std::vector<OpenIntent>> open_intents(
      const std::optional<Subject>& subject = {}) const;
  // "sha256:<hex>", hex, a unique prefix of 8 digits or more, the URN, "@last". A pruned bundle
  // is found too. `not_found` "input-missing"; `usage` "ambiguous-id", "id-too-short".
  [[nodiscard]] Result<Digest> find(std::string_view text) const;
  [[nodiscard]] Result<BundleFacts> facts(const Digest& id) const;
  // A bundle as a layout of its own; `not_found` "pruned" says when and why.
  [[nodiscard]] Result<std::unique_ptr<Layout>> layout(const Digest& id,
                                                       LogProof proof = LogProof::attached) const;
  // A whole small blob, its digest checked.
  [[nodiscard]] Result<std::string> blob(const Digest& digest, std::uint64_t bytes_max) const;
  // Caches that are wrong are made anew when the store was opened to write.
  [[nodiscard]] Result<FsckReport> fsck();

  // --- anchors (S-04): a checkpoint that left the host
  // `target` is a file, or a directory that gets "<log id>.checkpoint". A checkpoint there that
  // this log does not extend is `refused` ("log-rewound", "log-fork").
  [[nodiscard]] Result<Anchor> anchor(const std::filesystem::path& target,
                                      const RedactedText& shown_as);
  [[nodiscard]] Result<std::vector<Anchor>> anchors() const;  // oldest first

  // 32 bytes from the store key (bundle/secret.hpp); thread-safe.
  [[nodiscard]] Result<SecretBytes> derive(std::string_view label, std::string_view context) const;

 private:
  explicit Store(std::unique_ptr<StoreState> state);
  std::unique_ptr<StoreState> state_;
};

}  // namespace sourceos::bundle
