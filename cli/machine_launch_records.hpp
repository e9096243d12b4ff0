// What a launch leaves in its bundle once it has ended: actions, the container as it was, git and
// downloads afterwards, the transcript.
#pragma once

#include <string>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/machine/launch.hpp"

namespace sourceos::cli {

class Attachment;
class MachineSession;
struct Context;

struct LaunchEnd {
  MachineSession& session;
  Context& context;
  const runtime::LaunchPlan& plan;
  const runtime::LaunchOutcome& outcome;
  Attachment& attachment;
  const std::string& session_id;
  const std::vector<std::string>& homes;
};

[[nodiscard]] Status record_launch_end(const LaunchEnd& end);

// What the program inside left that the host would run.
[[nodiscard]] json::Value finding_rows(MachineSession& session);

}  // namespace sourceos::cli
