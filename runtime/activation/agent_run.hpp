// One agent's part of an activation: lock, recovery, steps 1 to 9, and after the bundle was
// sealed the end of its transaction.
#pragma once

#include <optional>
#include <string>

#include "host/files.hpp"
#include "runtime/activation/activation.hpp"

namespace sourceos::runtime {

class AgentRun {
 public:
  AgentRun(ActivationPorts& ports, const ActivationOptions& options, std::string transaction)
      : ports_(ports), options_(options), id_(std::move(transaction)) {}

  // Fills the outcome. The lock is held, and a change that succeeded stays open, until the end.
  void run(const ReadDeclaration& agent);
  // Quarantines what no declaration names any more.
  void prune(const Declaration& declaration);
  // An agent that is not begun, for a reason of the whole activation.
  void refuse(std::string name, AgentResult result, std::string reason, std::string detail);

  // For a declaration that cannot be read; its agent may be there all the same.
  void refuse_unreadable(const UnreadableDeclaration& each);
  // After the bundle: the change is final. False when that could not be noted.
  [[nodiscard]] bool commit(const std::string& bundle);
  // There will be no bundle: back to where it was.
  void take_back(std::string reason);

  [[nodiscard]] AgentOutcome& outcome() { return outcome_; }
  [[nodiscard]] bool has_open_change() const { return transaction_.has_value(); }

 private:
  void see(const AgentSite& site);
  [[nodiscard]] bool fits_scope(const Declaration& declaration);
  [[nodiscard]] bool lock_and_recover(const Declaration& declaration);
  void decide(const ReadDeclaration& agent);
  [[nodiscard]] std::optional<std::string> held_while_running(const Declaration& declaration, Target target) const;
  void stage(AgentResult result, std::string reason);
  void change(const Declaration& declaration, Target target);
  [[nodiscard]] Status begin_change();
  [[nodiscard]] Status record_state(Target target);
  void roll_back(const ChangeResult& failed);
  [[nodiscard]] bool is_old_healthy_again();
  void note_failure(const ChangeResult& failed);
  void close(LineStatus how);
  void quarantine_old();
  void finish();
  void plan_change(Target target);
  [[nodiscard]] StepClock clock() { return {ports_.host, outcome_.steps}; }

  ActivationPorts& ports_;
  const ActivationOptions& options_;
  std::string id_;
  AgentOutcome outcome_;
  HostState before_;
  std::optional<host::FileLock> lock_;
  std::optional<Transaction> transaction_;
};

}  // namespace sourceos::runtime
