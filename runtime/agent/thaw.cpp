#include "runtime/agent/thaw.hpp"

#include "core/limits.hpp"
#include "host/files.hpp"
#include "runtime/agent/backend_common.hpp"
#include "runtime/agent/podman_calls.hpp"
#include "runtime/agent/state.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

fs::path note_file(const AgentPlaces& places) { return places.state / "frozen"; }

}  // namespace

void note_frozen(const AgentPlaces& places) {
  // A note that cannot be written costs the next command a reason; the quarantine goes on.
  if (host::make_directories(places.state, 0700)) {
    (void)host::write_file_atomically(note_file(places), "", 0600, host::Durability::synced);
  }
}

void note_thawed(const AgentPlaces& places) {
  std::error_code ignored;
  fs::remove(note_file(places), ignored);
}

bool is_left_frozen(const AgentPlaces& places) {
  return host::describe(note_file(places)).has_value() &&
         read_state(places).phase != AgentPhase::quarantined;
}

bool thaw(const host::Host& host, ServiceBackend& backend, const Declaration& declaration) {
  const AgentPlaces places = places_of(declaration, host);
  if (!is_left_frozen(places)) {
    return false;
  }
  const OrderResult allowed = backend.allow(service_ref(declaration, host));
  if (const auto container = find_container(host, declaration); container && container->state == "paused") {
    (void)run_and_note(host, podman_argv(declaration, {"unpause", declaration.container_name}),
                       limits::k_probe_timeout_ms);
  }
  if (allowed.ok) {
    note_thawed(places);
  }
  return true;
}

}  // namespace sourceos::runtime
