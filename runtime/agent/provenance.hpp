// Where an agent's image comes from: `<state>/provenance.json`, written by whatever installs it.
#pragma once

#include <filesystem>
#include <string>

#include "core/json/fwd.hpp"
#include "host/host.hpp"
#include "runtime/agent/declaration.hpp"
#include "runtime/agent/places.hpp"

namespace sourceos::runtime {

[[nodiscard]] std::filesystem::path provenance_file(const AgentPlaces& places);
// Asks Podman for the image; what it does not say is null.
[[nodiscard]] std::string make_provenance(const host::Host& host, const Declaration& declaration);
// The record as it was written; null without one.
[[nodiscard]] json::Value provenance_note(const AgentPlaces& places);

}  // namespace sourceos::runtime
