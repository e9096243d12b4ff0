// A command's turn on an agent: its lock is held, and what an activation that died had changed was
// undone before anything else (activation 4.2).
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "host/files.hpp"
#include "runtime/activation/recovery.hpp"
#include "runtime/agent/backend.hpp"
#include "runtime/agent/declaration.hpp"
#include "runtime/agent/preflight.hpp"

namespace sourceos::cli {

struct Context;

class AgentTurn {
 public:
  // `refused` "locked" when another command works on the agent; "journal-invalid" when what died
  // cannot be followed.
  [[nodiscard]] static Result<AgentTurn> take(Context& context, runtime::ServiceBackend& backend,
                                              const runtime::Declaration& agent);
  // The lock alone, whatever the journal says: for taking an agent out of service.
  [[nodiscard]] static Result<AgentTurn> take_despite_journal(Context& context,
                                                              runtime::ServiceBackend& backend,
                                                              const runtime::Declaration& agent);

  // What was undone first; none in most turns.
  [[nodiscard]] const std::optional<runtime::Recovery>& recovered() const { return recovered_; }
  // False: some of it is left for a person.
  [[nodiscard]] bool is_clean() const { return !recovered_ || recovered_->undo.complete; }
  // Why the journal could not be followed; empty otherwise.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  // `recovered` of the record: null, or transaction, completeness, actions and what to type.
  [[nodiscard]] json::Value as_json(const runtime::Redactor& redact) const;

 private:
  explicit AgentTurn(host::FileLock lock) : lock_(std::move(lock)) {}
  [[nodiscard]] Status recover(Context& context, runtime::ServiceBackend& backend,
                               const runtime::Declaration& agent);

  host::FileLock lock_;
  std::optional<runtime::Recovery> recovered_;
  std::string problem_;
  bool is_thawed_ = false;  // what a killed quarantine forbade is allowed again
};

}  // namespace sourceos::cli
