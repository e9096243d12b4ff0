// `install` and `start` as a person asks for them: one agent's changes in one transaction, as
// activation makes them. What fails is taken back before it is told, and what is killed is undone
// by the next command.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "host/host.hpp"
#include "runtime/activation/change.hpp"
#include "runtime/agent/actions.hpp"
#include "runtime/agent/actor.hpp"

namespace sourceos::runtime {

struct OperatorSetting {
  std::string transaction;                         // stands in the intent
  std::filesystem::path podman_directory = {};     // where the client was found, for the launcher
  std::function<void(std::uint64_t ms)> sleep;     // between two looks at health
};

class OperatorChange {
 public:
  OperatorChange(host::Host& host, ServiceBackend& backend, const ReadDeclaration& agent,
                 ActionLog& log, OperatorSetting setting);

  // Authfile, log directories, launcher, provenance, definition; neither enabled nor started.
  [[nodiscard]] ActResult install();
  // Enables, starts, waits for health. What does not become healthy is stopped and disabled again.
  [[nodiscard]] ActResult start();

  // A change that succeeded stays open until its bundle is there, or is not to be had.
  [[nodiscard]] bool is_open() const { return transaction_.has_value(); }
  // False when its end could not be noted: the next command undoes it.
  [[nodiscard]] bool commit();
  void take_back();
  [[nodiscard]] const UndoReport& rollback() const { return rollback_; }

 private:
  [[nodiscard]] Status prepare();
  [[nodiscard]] ActResult apply(const ChangeSetting& setting, AgentPhase phase);
  [[nodiscard]] Status note(Step step, AgentPhase phase);
  [[nodiscard]] AgentState notes_of(AgentPhase phase) const;
  void roll_back(Step failed);
  void put_out_of_service();

  host::Host& host_;
  ServiceBackend& backend_;
  const ReadDeclaration& agent_;
  ActionLog& log_;
  OperatorSetting setting_;
  Candidate candidate_;
  HostState before_;
  std::optional<Transaction> transaction_;
  UndoReport rollback_;
};

}  // namespace sourceos::runtime
