// The small documents that the store writes and reads: what leaves of the host log are about
// (each stored as a blob that the leaf's `payload` names) and the file for M under referrers/.
// All are canonical JSON; a document of another shape is `malformed`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/signature.hpp"
#include "core/result.hpp"

namespace sourceos::bundle {

// --- leaf 0, `open` (security S-06): { key, logId, machineTag|null, nonce,
//     succeeds: { checkpoint, logId, reason }|null, type, v }
struct OpenDocument {
  struct Succeeds {
    std::string log_id;
    std::string checkpoint;  // the last signed note of the old log
    std::string reason;      // redacted
  };
  std::string log_id;  // 32 hex digits
  PublicKey key;
  std::string nonce;                       // hex
  std::optional<std::string> machine_tag;  // hex
  std::optional<Succeeds> succeeds;
};
[[nodiscard]] std::string write_open_document(const OpenDocument& document);
// Also checks that the log id follows from key and nonce.
[[nodiscard]] Result<OpenDocument> parse_open_document(std::string_view text);
// First 32 hex digits of SHA-256(log public key || nonce).
[[nodiscard]] std::string log_id_of(const PublicKey& key, std::string_view nonce);

// --- `gc`: { reason|null, rule, type, v }; the leaf names M and the leaf of M
struct GcDocument {
  std::string rule;
  std::string reason;  // redacted, may be empty
};
[[nodiscard]] std::string write_gc_document(const GcDocument& document);
[[nodiscard]] Result<GcDocument> parse_gc_document(std::string_view text);

// --- `import`: { logId, type, v }; the leaf names M
[[nodiscard]] std::string write_import_document(std::string_view foreign_log_id);

// --- `change` leaves about one bundle: { action, detail|null, type, v }
struct ChangeDocument {
  std::string action;  // "hold", "release", "export"
  std::string detail;  // redacted, may be empty
};
[[nodiscard]] std::string write_change_document(const ChangeDocument& document);
// The `action` of any change document, ours or a command's; empty when it has none.
[[nodiscard]] std::string read_change_action(std::string_view text);

// --- `intent` documents come from the caller (security S-07); what the store reads of one
struct IntentFacts {
  std::string subject_kind;
  std::string subject_ref;
  std::string command;
};
[[nodiscard]] Result<IntentFacts> read_intent_document(std::string_view text);

// --- referrers/<2 hex>/<M hex>: { attached: [digest], imported, logId, pruned: seq|null, seq }
struct Referrers {
  std::vector<Digest> attached;
  bool imported = false;
  std::string log_id;  // the log of ours that `seq` and `pruned` count in
  std::optional<std::uint64_t> pruned;  // the gc leaf
  std::uint64_t seq = 0;                // of the bundle's or import's leaf
  bool operator==(const Referrers&) const = default;
};
[[nodiscard]] std::string write_referrers(const Referrers& referrers);
[[nodiscard]] Result<Referrers> parse_referrers(std::string_view text);

}  // namespace sourceos::bundle
