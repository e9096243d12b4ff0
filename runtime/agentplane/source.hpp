// What an export is made of: the record of a bundle, its entries, and the documents among them that
// commands of ours wrote. Documents that were collected (files, logs, program output) are never read
// as facts: whoever wrote them could write anything.
//
// What is looked for: an AgentMachineProfile and an AgentMachineFingerprint (an entry, or a member
// "profile" or "fingerprint" of one), and entries of kind check-report, plan, policy-decision,
// mount-evidence, git-state, lifecycle-action, log-scan, transcript, service-status,
// quarantine-manifest, service-definition, nix-state.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::bundle {
class View;
}

namespace sourceos::runtime {

struct ExportEntry {
  std::string path;
  std::string kind;
  std::string collector;
  std::string at;
  std::string digest;  // "sha256:..."
  std::uint64_t size = 0;
  std::shared_ptr<const json::Value> document;  // null: none, or not ours
};

struct ExportSource {
  std::string bundle_id;  // "sha256:..."
  std::shared_ptr<const json::Value> record;
  std::vector<ExportEntry> entries;  // in path order

  [[nodiscard]] const json::Value& facts() const { return *record; }
  [[nodiscard]] std::string bundle_hex() const { return bundle_id.substr(7); }
  // "urn:srcos:evidence-bundle:<32 hex>"
  [[nodiscard]] std::string bundle_urn() const;
  [[nodiscard]] std::vector<const ExportEntry*> of_kind(std::string_view kind) const;
  [[nodiscard]] const ExportEntry* first(std::string_view kind) const;  // nullptr: none
  // A document of this type that the bundle carries; nullptr: none.
  [[nodiscard]] const json::Value* document_of_type(std::string_view type) const;

  // The command: "agent-machine run" has the words "agent-machine" and "run".
  [[nodiscard]] bool is_command(std::string_view word) const;
  [[nodiscard]] std::string binary() const;
  [[nodiscard]] std::string finished_at() const;
};

[[nodiscard]] Result<ExportSource> read_export_source(const bundle::View& view);

// --- small readers: a missing or other-typed member reads as empty.
[[nodiscard]] std::string text_in(const json::Value& object, std::string_view key);
[[nodiscard]] const json::Value& member_in(const json::Value& object, std::string_view key);
[[nodiscard]] std::optional<std::string> optional_text_in(const json::Value& object,
                                                          std::string_view key);
// A string, or null when there is none.
[[nodiscard]] json::Value text_or_null(const std::optional<std::string>& text);

// "sha256:<hex>" of the canonical JSON: H(x) of the export's rules.
[[nodiscard]] std::string hash_of(const json::Value& value);
// The first 32 hex digits of "sha256:<hex>".
[[nodiscard]] std::string short_hex(std::string_view digest);

}  // namespace sourceos::runtime
