// Between export.cpp, which chooses, and the functions that make one kind of record each.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/agentplane/export.hpp"
#include "runtime/agentplane/source.hpp"

namespace sourceos::runtime {

// The backend intent of everything that this toolkit launches.
inline constexpr std::string_view k_agent_machine = "agent-machine";

struct MadeRecord {
  std::string file;
  json::Value value;
};
using MadeRecords = std::vector<MadeRecord>;

// What several records take from the bundle in the same way.
struct ExportFacts {
  std::string captured_at;
  std::optional<std::string> bundle;  // name@version
  std::string executor;
  std::string workspace_id;
  std::string session_ref;
  std::string decision_ref;
  std::string machine_ref;
  std::string lane;
  std::string test_note;  // empty, or that the bundle is of a test
  const json::Value* profile = nullptr;
  const json::Value* fingerprint = nullptr;
};
[[nodiscard]] ExportFacts gather_export_facts(const ExportSource& source,
                                              const ExportOptions& options);

// How the run ended, in the words of several records.
enum class RunEnd { done, failed, refused, planned, interrupted, detached };
[[nodiscard]] RunEnd run_end(const json::Value& record);
// A grant or governance was missing: the run may come later.
[[nodiscard]] bool waits_for_permission(const json::Value& record);

struct Making {
  const ExportSource& source;
  const ExportOptions& options;
  ExportFacts facts;
  std::map<std::string, MadeRecords, std::less<>> made;  // by kind, of what is exported

  [[nodiscard]] const json::Value& record() const { return source.facts(); }
  [[nodiscard]] Result<std::string> bundle_string() const;  // "bundle-ref-missing"
  [[nodiscard]] bool has(std::string_view kind) const { return made.contains(kind); }
};

// `not_found`, "no-data": the bundle does not have what this record says.
[[nodiscard]] std::unexpected<Error> no_data(std::string_view why);

// --- mount_evidence.cpp
[[nodiscard]] Result<MadeRecords> make_mount_evidence(const Making& making);
// Branch or commit of the record; null without either.
[[nodiscard]] json::Value git_ref(const json::Value& record);
void copy_if_there(const json::Value& from, json::Value& to, std::string_view key);
// A reference of the profile, or the one that a toolkit without a profile stands for.
[[nodiscard]] std::string place_ref(const Making& making, std::string_view key, std::string_view slug);
// --- evidence_pack.cpp
[[nodiscard]] Result<MadeRecords> make_evidence_pack(const Making& making);
// --- agentplane_records.cpp
[[nodiscard]] Result<MadeRecords> make_run_artifact(const Making& making);
[[nodiscard]] Result<MadeRecords> make_replay_artifact(const Making& making);
[[nodiscard]] Result<MadeRecords> make_validation_artifact(const Making& making);
[[nodiscard]] Result<MadeRecords> make_session_artifact(const Making& making);
[[nodiscard]] Result<MadeRecords> make_bundle_binding(const Making& making);
// --- receipts.cpp
[[nodiscard]] Result<MadeRecords> make_agentplane_receipts(const Making& making);
[[nodiscard]] Result<MadeRecords> make_runtime_receipt(const Making& making);
[[nodiscard]] Result<MadeRecords> make_receipt_bindings(const Making& making);
// --- sourceos_records.cpp
[[nodiscard]] Result<MadeRecords> make_agent_machine_receipt(const Making& making);
[[nodiscard]] Result<MadeRecords> make_quarantine_receipt(const Making& making);
[[nodiscard]] Result<MadeRecords> make_fingerprint(const Making& making);
[[nodiscard]] Result<MadeRecords> make_redaction_policy(const Making& making);
[[nodiscard]] Result<MadeRecords> make_evidence_bundle(const Making& making);
[[nodiscard]] Result<MadeRecords> make_attestation(const Making& making);
// --- install_receipt.cpp
[[nodiscard]] Result<MadeRecords> make_install_receipt(const Making& making);

}  // namespace sourceos::runtime
