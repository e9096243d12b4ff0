// Takes one agent out of service: stops it, removes it. Each deed is in the action log. Bringing one
// into service is a transaction (runtime/activation/operator_change.hpp); its plan is here, too.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/agent/actions.hpp"
#include "runtime/agent/backend.hpp"
#include "runtime/agent/declaration.hpp"
#include "runtime/agent/places.hpp"
#include "runtime/agent/state.hpp"

namespace sourceos::runtime {

struct ActResult {
  bool ok = true;
  bool changed = false;  // false with ok: everything was as wanted
  std::string reason;    // stable, when not ok
  std::string detail;
};

class Actor {
 public:
  Actor(const host::Host& host, ServiceBackend& backend, const ReadDeclaration& agent,
        ActionLog& log);

  [[nodiscard]] ActResult stop();
  // Launcher, definition, state; images and logs stay.
  [[nodiscard]] ActResult remove_files();

  [[nodiscard]] std::vector<PlannedAction> install_plan();
  [[nodiscard]] std::vector<PlannedAction> start_plan() const;
  [[nodiscard]] std::vector<PlannedAction> stop_plan() const;
  [[nodiscard]] std::vector<PlannedAction> remove_plan() const;

  [[nodiscard]] const AgentPlaces& places() const { return places_; }
  [[nodiscard]] const ServiceRef& service() const { return service_; }

 private:
  void note_state(AgentPhase phase, const std::string& reason = {});

  const host::Host& host_;
  ServiceBackend& backend_;
  const Declaration& d_;
  ActionLog& log_;
  AgentPlaces places_;
  ServiceRef service_;
};

}  // namespace sourceos::runtime
