// The record: what every bundle says about itself. It is the config blob of M and the predicate of
// the statement, so every fact in it is signed. Free text is RedactedText; the rest are numbers,
// enums, digests and times. The exact JSON stands in record.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/redacted.hpp"
#include "bundle/signer.hpp"
#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sourceos::bundle {

enum class Mode { read_only, dry_run, apply, exec };
enum class RunResult { ok, negative, usage, partial, error, interrupted };
enum class ToolStatus { found, missing, error };
enum class ToolOwner { root, self, other };
enum class CollectorStatus { ok, failed, timeout, skipped, truncated };

struct RecordCommand {
  RedactedText binary;
  std::vector<RedactedText> path;  // command words: "evidence", "collect"
  std::vector<RedactedText> argv;
};

struct RecordOutcome {
  std::uint64_t exit_code = 0;
  RunResult result = RunResult::ok;
  std::optional<RedactedText> reason;
  std::optional<bool> started;  // whether the thing to be run was started
};

// Filled in by Store::seal, which alone knows the bundle's place in the log.
struct RecordSequence {
  std::string log_id;  // 32 hex digits
  std::uint64_t seq = 0;
  std::optional<Digest> previous;
  std::optional<std::uint64_t> intent;
  std::vector<std::uint64_t> open_intents;  // ascending
};

struct RecordClock {
  std::string boot_tag;  // hex
  std::uint64_t started_boot_ms = 0;
  std::uint64_t finished_boot_ms = 0;
  std::optional<bool> synchronised;
};

struct RecordHost {
  RedactedText adapter;  // macos, linux, windows
  RedactedText os_version;
  RedactedText architecture;
  RedactedText kernel;
  std::string host_tag;  // hex
};

struct RecordSubject {
  RedactedText kind;
  RedactedText ref;
};

struct RecordGitRef {
  std::optional<RedactedText> head;
  std::optional<RedactedText> branch;
  std::optional<bool> dirty;
  std::optional<RedactedText> remote;
  std::optional<RedactedText> repo_ref;
};

struct RecordImage {
  RedactedText reference;
  std::optional<RedactedText> image_id;
  std::optional<RedactedText> digest;
  bool present = false;
};

struct RecordTool {
  RedactedText name;
  std::optional<RedactedText> version;
  ToolStatus status = ToolStatus::missing;
  std::optional<RedactedText> path_ref;
  std::optional<Digest> sha256;
  std::optional<ToolOwner> owner;
  std::optional<bool> packaged;
};

struct RecordDeniedAttempt {
  RedactedText path_ref;
  RedactedText reason;
  RedactedText severity;
};

struct RecordCredHelper {
  RedactedText name;   // registry host
  RedactedText value;  // helper
};

struct RecordAuth {
  RedactedText path_ref;
  RedactedText mode;  // "0600"
  std::vector<RedactedText> hosts;
  std::vector<RecordCredHelper> cred_helpers;  // rows { name, value } sorted by name (S-27)
  std::optional<RedactedText> creds_store;
  RedactedText verdict;
};

struct RecordAction {
  RedactedText action;
  RedactedText target;
  std::optional<std::vector<RedactedText>> argv;
  UtcTime started_at;
  UtcTime finished_at;
  std::optional<std::uint64_t> exit_code;
  RedactedText status;
  std::optional<Digest> before;  // state digests
  std::optional<Digest> after;
  RedactedText detail;
};

struct RecordCollector {
  RedactedText name;
  CollectorStatus status = CollectorStatus::ok;
  std::optional<RedactedText> reason;
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  // redacted
  std::uint64_t elapsed_ms = 0;
};

struct RecordRedaction {
  Digest ruleset;
  RedactedText engine;
  bool complete = true;
  std::vector<NamedCount> by_rule;  // from the Draft
  std::vector<NamedCount> by_class;
  RedactedText tag_scope;     // store, bundle, audience:<name>
  std::string tag_key_check;  // hex
};

struct RecordReceiptSafety {
  bool include_raw_content = false;  // sealed originals set it
};

struct RecordOverride {
  RedactedText name;
  std::optional<RedactedText> path_ref;
};

struct Record {
  std::string run_id;  // 32 hex digits
  Mode mode = Mode::read_only;
  RecordCommand command;
  RecordOutcome outcome;
  UtcTime started_at;
  UtcTime finished_at;
  RecordSequence sequence;
  RecordClock clock;
  RecordHost host;
  RecordSubject subject;
  std::optional<RedactedText> workspace_id;
  std::optional<RedactedText> profile_ref;
  std::optional<Digest> profile_hash;
  Digest policy_hash;
  RecordGitRef git_ref;
  std::optional<RecordImage> image;
  std::vector<RecordTool> tools;
  std::vector<RedactedJson> mounts;  // rows of agent-machine 6.8
  std::vector<RecordDeniedAttempt> denied_attempts;
  std::vector<RedactedJson> grants;
  std::optional<RecordAuth> auth;
  std::vector<RecordAction> actions;
  std::vector<RecordCollector> collectors;
  std::uint64_t entry_count = 0;  // from the Draft, like the next two
  std::uint64_t entry_bytes = 0;
  Digest index_digest;
  RecordRedaction redaction;
  std::vector<Finding> findings;
  RecordReceiptSafety receipt_safety;
  std::optional<Digest> parent;
  std::optional<Digest> supersedes;
  std::string zstd_version;
  std::uint64_t compression_level = 1;
  KeyCustody key_custody = KeyCustody::file;
  std::vector<RecordOverride> environment_overrides;
  std::vector<RedactedText> ignored_seams;
  std::optional<std::string> nonce;      // hex, 16 to 64 bytes
  std::vector<RedactedText> recipients;  // absent when empty
  std::optional<RedactedText> case_name;
  std::optional<RedactedText> examiner;
  std::optional<RedactedText> note;
  bool test_seams = false;
  std::vector<RedactedText> non_claims;  // at least one
};

inline constexpr std::string_view k_record_type = "SourceOSEvidenceBundle";
inline constexpr std::string_view k_spec_version = "1.0.0";

// Canonical bytes. A record that check_record_shape would refuse is `internal`; one above 15 MiB
// is `limit`.
[[nodiscard]] Result<std::string> write_record(const Record& record);

// Every key, type and format; the message names the first place that differs. An unknown key is
// `malformed`, anything else has the reason "schema".
[[nodiscard]] Status check_record_shape(const json::Value& record);

// Canonical bytes of at most 15 MiB and 15 levels as a value, shape checked. A record of another
// `specVersion` is `spec-version`.
[[nodiscard]] Result<json::Value> parse_record(std::string_view bytes);

// "low", "medium", "high"
[[nodiscard]] std::string_view to_string(Severity severity);
[[nodiscard]] std::string_view to_string(Mode mode);
[[nodiscard]] std::string_view to_string(RunResult result);
[[nodiscard]] std::string_view to_string(CollectorStatus status);

}  // namespace sourceos::bundle
