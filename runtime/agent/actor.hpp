// Acts on one agent: installs, starts, stops and removes it. Each deed is in the action log; what
// is half done is undone before an error is told.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runtime/agent/actions.hpp"
#include "runtime/agent/backend.hpp"
#include "runtime/agent/declaration.hpp"
#include "runtime/agent/places.hpp"
#include "runtime/agent/podman_answers.hpp"
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
  // `podman_directory`: where the client was found, for the launcher; may be empty.
  Actor(const host::Host& host, ServiceBackend& backend, const ReadDeclaration& agent,
        ActionLog& log, std::filesystem::path podman_directory = {});

  // Launcher, authfile, log directories, provenance, definition; neither enabled nor started.
  [[nodiscard]] ActResult install();
  // Enables, starts, waits for health. What does not become healthy is stopped and disabled again.
  [[nodiscard]] ActResult start();
  [[nodiscard]] ActResult stop();
  // Launcher, definition, state; images and logs stay.
  [[nodiscard]] ActResult remove_files();

  [[nodiscard]] std::vector<PlannedAction> install_plan();
  [[nodiscard]] std::vector<PlannedAction> start_plan() const;
  [[nodiscard]] std::vector<PlannedAction> stop_plan() const;
  [[nodiscard]] std::vector<PlannedAction> remove_plan() const;

  [[nodiscard]] const AgentPlaces& places() const { return places_; }
  [[nodiscard]] const ServiceRef& service() const { return service_; }
  // The container of that name now; none without Podman or without the container.
  [[nodiscard]] std::optional<ContainerAnswer> container() const;
  [[nodiscard]] std::vector<std::string> podman(std::vector<std::string> words) const;
  // Whether the agent is what `health` declares; `detail` says what was seen.
  [[nodiscard]] bool is_healthy(std::string& detail);

 private:
  struct Written {
    std::filesystem::path path;
    std::optional<std::string> before;
    std::uint32_t mode = 0;
  };
  Status write(std::string_view action, const std::filesystem::path& path, const std::string& text,
               std::uint32_t mode);
  Status write_all(const std::string& launcher, const std::string& definition);
  void undo_writes();
  [[nodiscard]] ActResult fail_start(std::string_view reason, const std::string& detail);
  bool stop_container();
  Status note_state(AgentPhase phase, const std::string& reason = {});
  [[nodiscard]] std::string provenance() const;

  const host::Host& host_;
  ServiceBackend& backend_;
  const ReadDeclaration& agent_;
  const Declaration& d_;
  ActionLog& log_;
  std::filesystem::path podman_directory_;
  AgentPlaces places_;
  ServiceRef service_;
  std::vector<Written> written_;
  bool changed_ = false;
};

}  // namespace sourceos::runtime
