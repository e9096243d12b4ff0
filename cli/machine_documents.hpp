// Documents that several agent-machine commands put into their bundles, in the form that exports
// read: the profile that was in force and the fingerprint of the machine.
#pragma once

#include <string>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/machine/fingerprint.hpp"

namespace sourceos::cli {

class MachineSession;
struct Context;

// Entry `profile.json`, as it was read.
[[nodiscard]] Status add_profile(MachineSession& session, const runtime::Profile& profile);

// Stands for the machine, the same for every name of its host or user.
[[nodiscard]] std::string machine_tag(const MachineSession& session, const Context& context);

// Entry `fingerprint.json` and what was asked for it. The answer is redacted, and its hash and id
// are of what is shown: who reads the bundle can compute them again.
[[nodiscard]] Result<json::Value> add_fingerprint(MachineSession& session,
                                                  const runtime::FingerprintQuestion& question);

}  // namespace sourceos::cli
