// What a collector is: it looks at one side of a host and hands out raw artifacts and typed facts.
// It redacts nothing, stores nothing and orders nothing: the session does, and a collector sees
// neither redact/ nor bundle/.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/limits.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "host/host.hpp"
#include "host/tool_finder.hpp"

namespace sourceos::collect {

// Kinds of entries that collectors and commands make (agent-machine 3.1). A closed list, so that the session can spell each one as
// a literal.
enum class EntryKind {
  host_facts,          // "host-facts"
  tool_versions,       // "tool-versions"
  git_state,           // "git-state"
  probe_output,        // "probe-output"
  image_inspect,       // "image-inspect"
  container_inspect,   // "container-inspect"
  machine_inspect,     // "machine-inspect"
  service_definition,  // "service-definition"
  service_status,      // "service-status"
  auth_redacted,       // "auth-redacted": a null commitment and no source size
  nix_state,           // "nix-state"
  mount_state,         // "mount-state"
  log,                 // "log"
  file,                // "file"
  command_output,      // "command-output"
  check_report,        // "check-report"
  plan,                // "plan"
  policy_decision,     // "policy-decision"
  mount_evidence,      // "mount-evidence"
  log_scan,            // "log-scan"
  fingerprint,         // "fingerprint"
  lifecycle_action,    // "lifecycle-action"
  transcript,          // "transcript"
  quarantine_manifest, // "quarantine-manifest"
  remediation,         // "remediation"
  agentplane_export,   // "agentplane-export"
};
[[nodiscard]] std::string_view to_string(EntryKind kind);

enum class MediaType {
  json,    // "application/json"
  text,    // "text/plain"
  binary,  // "application/octet-stream"
};
[[nodiscard]] std::string_view to_string(MediaType type);

// What the bytes are, as far as the collector knows; `automatic` lets redaction look at name and
// content.
enum class ContentHint {
  automatic,
  text,
  json,
  inspect,      // JSON of `podman inspect` and its kin: Env lists, labels
  docker_auth,  // container registry auth file
  git_config,
  unit_file,  // systemd unit or drop-in
  plist,
  environment,  // NAME=value lines
};

// What is known about the file that an entry was read from.
struct SourceInfo {
  std::string path;  // true name, raw bytes
  UtcTime mtime;
  std::uint32_t mode = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t size = 0;  // when it was opened
  std::uint64_t read = 0;
  bool changed = false;  // size, mtime or ctime differ after reading
};

// How reading ended.
struct SourceEnd {
  std::optional<SourceInfo> info;  // nullopt: the output of a program
  // Empty: read to its end; else why not: "timeout", "limit", "program-missing", "failed" (a
  // program that ended with an error; what it said is in the entry).
  std::string cut;
};

// Bytes that are read later, once, all on one worker thread: open, read until 0, finish.
// An object that is destroyed before finish() lets go of everything it holds. A source may wait
// for another of its collector that comes before it in the order of wished paths: take them in
// that order.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // The size, when it is known before reading. An Error means: nothing of it is read, and the
  // session makes a finding `source-<reason>` of it. Reasons: "input-missing" (gone since it
  // was listed), "permission-denied", "link", "special-file", "linked-elsewhere" (link count above 1
  // and another owner, security S-25).
  [[nodiscard]] virtual Result<std::optional<std::uint64_t>> open() = 0;
  // Up to `size` bytes; 0 at the end.
  [[nodiscard]] virtual Result<std::size_t> read(char* buffer, std::size_t size) = 0;
  [[nodiscard]] virtual Result<SourceEnd> finish() = 0;
};

// What is kept of a source that is larger than the limit. All of it is scanned (security S-22).
enum class Keep { head, head_and_tail };

struct Artifact {
  std::vector<std::string> path;  // wished entry path: true names, raw; redacted, then encoded
  EntryKind kind = EntryKind::probe_output;
  MediaType media_type = MediaType::json;
  ContentHint hint = ContentHint::automatic;
  std::variant<std::string, std::unique_ptr<ByteSource>> content;
  std::optional<SourceInfo> source;  // for content that is in memory; else SourceEnd has it
  Keep keep = Keep::head;
};

// Who wrote a value that may be a secret: what an operator keeps teaches more (security S-15).
enum class Teacher { operator_source, hostile_source };

// Bytes that teach known values before the bulk is read. They make no entry themselves.
struct Lesson {
  std::string bytes;
  ContentHint hint = ContentHint::text;
  Teacher teacher = Teacher::hostile_source;
};

enum class FindingSeverity { low, medium, high };

// A finding of the collector itself, beside those of the log scan.
struct CollectorFinding {
  std::string_view rule_id;  // a literal: "repo-executes-code"
  FindingSeverity severity = FindingSeverity::medium;
  std::vector<std::string> entry;  // path of the artifact it belongs to, as wished
  std::string excerpt;             // raw; redacted by the session
};

// --- Facts with a place of their own in the record. Raw strings: the session redacts them.

struct HostFacts {
  std::string host_adapter;
  std::string os_version;
  std::string architecture;
  std::string kernel;
  std::string machine_id;  // for the keyed hostTag only; never written
};

struct GitFacts {
  std::string repository;  // path
  std::optional<std::string> head;
  std::optional<std::string> branch;
  std::optional<bool> dirty;
  std::optional<std::string> remote;
};

enum class ToolStatus { found, missing, error };

struct ToolRow {
  std::string name;
  std::optional<std::string> version;
  ToolStatus status = ToolStatus::missing;
  // Path and owner; digest and package come from host::ToolFactsCache, which the session has.
  std::optional<host::Tool> tool;
};

struct CredentialHelper {
  std::string host;
  std::string helper;
};

struct AuthFacts {
  std::string path;
  std::uint32_t mode = 0;
  std::vector<std::string> hosts;
  std::vector<CredentialHelper> helpers;
  std::optional<std::string> store;
  std::string_view verdict;  // a literal: collectors/auth_file.hpp, collectors/auth.cpp
};

struct ImageFacts {
  std::string reference;
  std::optional<std::string> image_id;
  std::optional<std::string> digest;
  bool present = false;
};

struct RecordFacts {
  std::optional<HostFacts> host;
  std::optional<GitFacts> git;  // the first repository
  std::vector<ToolRow> tools;
  std::vector<AuthFacts> auth;
  bool auth_looked_at = false;
  std::optional<ImageFacts> image;  // the first image that was asked for
};

// Everything one collector found.
struct Collection {
  std::vector<Artifact> artifacts;  // in any order
  std::vector<Lesson> lessons;
  std::vector<CollectorFinding> findings;
  RecordFacts facts;
};

// Takes what one collector finds. A collector that hangs is left behind: after take() whatever it
// still hands over is dropped, so that it cannot reach a bundle that is being sealed.
class ArtifactSink {
 public:
  explicit ArtifactSink(std::size_t entries_max = limits::k_collector_entries_max)
      : entries_max_(entries_max) {}

  // `limit`, "entry-limit" past the bound; `interrupted` after take(): the collector stops then.
  [[nodiscard]] Status add(Artifact artifact);
  // A facts document: canonical JSON, hint json. No object key of it comes from data.
  [[nodiscard]] Status add_json(std::vector<std::string> path, EntryKind kind,
                                const json::Value& document);
  void teach(Lesson lesson);
  void find(CollectorFinding finding);
  void host(HostFacts facts);
  void git(GitFacts facts);
  void tool(ToolRow row);
  void auth_looked_at();
  void auth(AuthFacts facts);
  void image(ImageFacts facts);

  [[nodiscard]] Collection take();

 private:
  std::mutex mutex_;
  std::size_t entries_max_;
  bool taken_ = false;
  Collection collection_;
};

struct CollectContext {
  host::Host& host;
  host::ToolFinder& tools;
  const json::Value& options;  // an object, checked by check_options (collect/registry.hpp)
  std::filesystem::path scratch;    // a private directory that the session makes and removes
  std::filesystem::path directory;  // relative paths in options start here: the plan's directory
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::uint64_t timeout_ms = limits::k_collector_timeout_ms;  // of a source that is read later
  std::uint64_t bytes_max = limits::k_collector_bytes_max;
  std::size_t entries_max = limits::k_collector_entries_max;

  // What is left of the time, at most `wanted_ms`; at least 1.
  [[nodiscard]] std::uint64_t time_left_ms(std::uint64_t wanted_ms) const;
  // `interrupted` or `timeout` when the collector has to stop.
  [[nodiscard]] Status check() const;
};

enum class CollectorState { ok, failed, timeout, skipped, truncated };

// What the record says about a collector; an Error of collect() becomes `failed` (or `timeout`)
// with the error's reason.
struct CollectorOutcome {
  CollectorState state = CollectorState::ok;
  std::string reason;  // empty: none

  [[nodiscard]] static CollectorOutcome skipped(std::string_view why) {
    return {CollectorState::skipped, std::string(why)};
  }
  [[nodiscard]] static CollectorOutcome truncated(std::string_view why) {
    return {CollectorState::truncated, std::string(why)};
  }
};

class Collector {
 public:
  virtual ~Collector() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view summary() const = 0;  // one line
  [[nodiscard]] virtual Result<CollectorOutcome> collect(const CollectContext& context,
                                                         ArtifactSink& sink) const = 0;
};

}  // namespace sourceos::collect
