// A quarantine forbids every start while it works. When it is killed, a note says that starts are
// forbidden, and the next command that wants the agent allows them again.
#pragma once

#include "core/result.hpp"
#include "host/host.hpp"
#include "runtime/agent/backend.hpp"
#include "runtime/agent/declaration.hpp"
#include "runtime/agent/places.hpp"

namespace sourceos::runtime {

// Before starts are forbidden, and after they are allowed again.
void note_frozen(const AgentPlaces& places);
void note_thawed(const AgentPlaces& places);
// A quarantine was killed, or is under way now. One that ended and had to leave something behind
// forbids on purpose: that is not meant.
[[nodiscard]] bool is_left_frozen(const AgentPlaces& places);
// Allows starts again and resumes a container that was paused. False: nothing was forbidden. The
// caller holds the agent's lock.
bool thaw(const host::Host& host, ServiceBackend& backend, const Declaration& declaration);

}  // namespace sourceos::runtime
