// What an acting command knows of its own run, for the record: raw strings, redacted on the way in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/redacted.hpp"
#include "collect/collector.hpp"
#include "core/json/fwd.hpp"
#include "core/time.hpp"

namespace sourceos::bundle {
struct Record;
}
namespace sourceos::redact {
class Pipeline;
}

namespace sourceos::collect {

enum class ActionStatus { planned, done, skipped, failed, rolled_back, interrupted };
[[nodiscard]] std::string_view to_string(ActionStatus status);

// One lifecycle action (agent-machine 3.2); `before` and `after` are digests of the state that the
// action is about.
struct ActionFacts {
  std::string action;  // "start", "disable"
  std::string target;
  std::optional<std::vector<std::string>> argv;
  UtcTime started_at;
  UtcTime finished_at;
  std::optional<std::uint64_t> exit_code;
  ActionStatus status = ActionStatus::done;
  std::optional<bundle::Digest> before;
  std::optional<bundle::Digest> after;
  std::string detail;

  // The JSON form of 3.2, for reports and entries.
  [[nodiscard]] json::Value to_json() const;
};

struct DeniedAttempt {
  std::string path;
  std::string reason;
  std::string severity;  // "warn", "deny"
};

struct SessionFacts {
  // Empty: the plan's subject.
  std::string subject_kind;
  std::string subject_ref;
  std::optional<std::string> workspace_id;
  std::optional<std::string> profile_ref;
  std::optional<bundle::Digest> profile_hash;
  std::optional<bundle::Digest> policy_hash;  // none: the digest of the collect plan
  std::optional<GitFacts> git;                // none: what the git collector found
  std::optional<ImageFacts> image;            // none: what the podman collector found
  std::vector<json::Value> mounts;            // rows of agent-machine 6.8
  std::vector<json::Value> grants;
  std::vector<DeniedAttempt> denied_attempts;
  std::vector<ActionFacts> actions;  // in the order in which they began
  std::vector<CollectorFinding> findings;
  std::vector<std::string> non_claims;  // beside those of every bundle

  SessionFacts();
  ~SessionFacts();
  SessionFacts(SessionFacts&&) noexcept;
  SessionFacts& operator=(SessionFacts&&) noexcept;
};

// What is not told leaves the record's field as it is.
void fill_session_facts(bundle::Record& record, const redact::Pipeline& pipeline,
                        const SessionFacts& facts);

}  // namespace sourceos::collect
