// Makes a child process out of an argument vector: descriptors 0, 1, 2 and no other, a session of
// its own, killed with the thread that made it (security S-24).
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace sourceos::host {

struct SpawnPlan {
  std::string program;  // a path
  std::vector<std::string> argv;
  std::vector<std::string> environment;  // "NAME=value"
  std::string working_directory;         // empty: ours
  int input = -1;
  int output = -1;
  int error_output = -1;
};

enum class SpawnStep { fork, working_directory, execute };

struct Spawned {
  pid_t pid = -1;  // also its process group; -1: the step failed with errno_value
  SpawnStep step = SpawnStep::fork;
  int errno_value = 0;
};

// Returns when the program runs or could not be run. Takes one page of no memory: the child
// borrows ours until it executes (vfork), so the cost does not grow with our size.
[[nodiscard]] Spawned spawn(const SpawnPlan& plan);

}  // namespace sourceos::host
