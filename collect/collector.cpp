#include "collect/collector.hpp"

#include "core/json/canonical.hpp"
#include "core/json/json.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sourceos::collect {

std::string_view to_string(EntryKind kind) {
  switch (kind) {
    case EntryKind::host_facts: return "host-facts";
    case EntryKind::tool_versions: return "tool-versions";
    case EntryKind::git_state: return "git-state";
    case EntryKind::probe_output: return "probe-output";
    case EntryKind::image_inspect: return "image-inspect";
    case EntryKind::container_inspect: return "container-inspect";
    case EntryKind::machine_inspect: return "machine-inspect";
    case EntryKind::service_definition: return "service-definition";
    case EntryKind::service_status: return "service-status";
    case EntryKind::auth_redacted: return "auth-redacted";
    case EntryKind::nix_state: return "nix-state";
    case EntryKind::mount_state: return "mount-state";
    case EntryKind::log: return "log";
    case EntryKind::file: return "file";
    case EntryKind::command_output: return "command-output";
    case EntryKind::check_report: return "check-report";
    case EntryKind::plan: return "plan";
    case EntryKind::policy_decision: return "policy-decision";
    case EntryKind::mount_evidence: return "mount-evidence";
    case EntryKind::log_scan: return "log-scan";
    case EntryKind::fingerprint: return "fingerprint";
    case EntryKind::lifecycle_action: return "lifecycle-action";
    case EntryKind::transcript: return "transcript";
    case EntryKind::quarantine_manifest: return "quarantine-manifest";
    case EntryKind::remediation: return "remediation";
    case EntryKind::agentplane_export: return "agentplane-export";
  }
  return "";
}

std::string_view to_string(MediaType type) {
  switch (type) {
    case MediaType::json: return "application/json";
    case MediaType::text: return "text/plain";
    case MediaType::binary: return "application/octet-stream";
  }
  return "";
}

Status ArtifactSink::add(Artifact artifact) {
  const std::scoped_lock lock(mutex_);
  if (taken_) {
    return fail(ErrorKind::interrupted, "collector-abandoned", "the collection is closed");
  }
  if (collection_.artifacts.size() >= entries_max_) {
    return fail(ErrorKind::limit, "entry-limit",
                fmt::format("more than {} entries", entries_max_));
  }
  collection_.artifacts.push_back(std::move(artifact));
  return {};
}

Status ArtifactSink::add_json(std::vector<std::string> path, EntryKind kind,
                              const json::Value& document) {
  SOURCEOS_TRY_ASSIGN(std::string bytes, json::write_canonical(document));
  Artifact artifact;
  artifact.path = std::move(path);
  artifact.kind = kind;
  artifact.media_type = MediaType::json;
  artifact.hint = ContentHint::json;
  artifact.content = std::move(bytes);
  return add(std::move(artifact));
}

void ArtifactSink::teach(Lesson lesson) {
  const std::scoped_lock lock(mutex_);
  collection_.lessons.push_back(std::move(lesson));
}

void ArtifactSink::find(CollectorFinding finding) {
  const std::scoped_lock lock(mutex_);
  collection_.findings.push_back(std::move(finding));
}

void ArtifactSink::host(HostFacts facts) {
  const std::scoped_lock lock(mutex_);
  collection_.facts.host = std::move(facts);
}

void ArtifactSink::git(GitFacts facts) {
  const std::scoped_lock lock(mutex_);
  if (!collection_.facts.git) {
    collection_.facts.git = std::move(facts);
  }
}

void ArtifactSink::tool(ToolRow row) {
  const std::scoped_lock lock(mutex_);
  collection_.facts.tools.push_back(std::move(row));
}

void ArtifactSink::auth_looked_at() {
  const std::scoped_lock lock(mutex_);
  collection_.facts.auth_looked_at = true;
}

void ArtifactSink::auth(AuthFacts facts) {
  const std::scoped_lock lock(mutex_);
  collection_.facts.auth.push_back(std::move(facts));
}

void ArtifactSink::image(ImageFacts facts) {
  const std::scoped_lock lock(mutex_);
  if (!collection_.facts.image) {
    collection_.facts.image = std::move(facts);
  }
}

Collection ArtifactSink::take() {
  const std::scoped_lock lock(mutex_);
  taken_ = true;
  return std::exchange(collection_, {});
}

std::uint64_t CollectContext::time_left_ms(std::uint64_t wanted_ms) const {
  if (deadline == std::chrono::steady_clock::time_point::max()) {
    return wanted_ms;
  }
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                        deadline - std::chrono::steady_clock::now())
                        .count();
  return left < 1 ? 1 : std::min(wanted_ms, static_cast<std::uint64_t>(left));
}

Status CollectContext::check() const {
  if (host.is_interrupted()) {
    return fail(ErrorKind::interrupted, "interrupted", "stopped by a signal");
  }
  if (std::chrono::steady_clock::now() >= deadline) {
    return fail(ErrorKind::timeout, "timeout", "the collector's time is up");
  }
  return {};
}

}  // namespace sourceos::collect
