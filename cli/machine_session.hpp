// One agent-machine command from begin to its sealed bundle, or without one when there shall be
// none. Whatever it prints or stores has been through redaction.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/record.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "collect/session.hpp"
#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/machine/podman_client.hpp"

namespace sourceos::cli {

class MachineSession {
 public:
  // `--evidence none` is for commands that change nothing. A mutating command that cannot have its
  // bundle is `refused`, "evidence-unavailable".
  [[nodiscard]] static Result<MachineSession> begin(Context& context, bundle::Mode mode,
                                                    std::string_view subject_kind,
                                                    const std::string& subject_ref);

  [[nodiscard]] bool has_bundle() const { return session_ != nullptr; }
  [[nodiscard]] const redact::Pipeline& pipeline() const;
  [[nodiscard]] std::filesystem::path scratch() const;  // empty without a bundle
  [[nodiscard]] collect::SessionFacts& facts();
  // The record's tag of the machine with this id.
  [[nodiscard]] std::string host_tag(std::string_view machine_id) const;
  [[nodiscard]] json::Value clean(const json::Value& value) const;

  [[nodiscard]] Status intend(const json::Value& document);
  [[nodiscard]] Status add(std::vector<std::string> path, collect::EntryKind kind,
                           const json::Value& document);
  void add_text(std::vector<std::string> path, collect::EntryKind kind, std::string text);
  [[nodiscard]] Status add_probes(const std::vector<runtime::PodmanAnswer>& answers,
                                  const char* folder = "probes");

  struct End {
    int exit_code = 0;
    bundle::RunResult result = bundle::RunResult::ok;
    std::string reason = {};
    std::optional<bool> started = {};
  };
  // Seals; the report is `record`, redacted, with `bundleId` and `seq` in it.
  [[nodiscard]] Result<Report> finish(const json::Value& record, const End& end);
  // The id of the sealed bundle; empty without one.
  [[nodiscard]] const std::string& bundle_id() const { return bundle_id_; }
  // "urn:srcos:evidence-bundle:<32 hex digits>", or empty.
  [[nodiscard]] std::string bundle_urn() const;

 private:
  explicit MachineSession(Context& context) : context_(&context) {}

  Context* context_;
  std::unique_ptr<collect::Session> session_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<collect::SessionFacts> spare_facts_;
  bool acts_ = false;
  std::string bundle_id_;
};

// A command that was refused before it looked at anything: no confirmation, or the store would lie in
// a mount. Its bundle has the decision and the denied attempt; what goes into no store of this call
// is kept in the account's own. `usage` errors stay errors.
struct EarlyRefusal {
  std::string_view subject_kind;
  std::string subject_ref;
  std::string target;  // what was asked for: a path, or the subject
};
[[nodiscard]] Result<Report> refuse_early(Context& context, const EarlyRefusal& what,
                                          const Error& error);

// How a refusal ends: its exit code follows from its kind.
[[nodiscard]] MachineSession::End end_of(const Error& error);

}  // namespace sourceos::cli
