// The real Host, put together once in main. Under test seams: a fixed clock (SOURCEOS_NOW), random
// bytes from a seed (SOURCEOS_SEED), fault points (SOURCEOS_FAULT), and programs recorded to or
// played from a folder (SOURCEOS_RECORD_HOST, SOURCEOS_PLAY_HOST).
#pragma once

#include <memory>

#include "core/result.hpp"
#include "host/environment.hpp"
#include "host/host.hpp"
#include "host/tool_finder.hpp"

namespace sourceos::host {

class SystemHost {
 public:
  // Reads the environment, arms fault points, watches for interrupts. `excluded`: see ToolFinder.
  [[nodiscard]] static Result<std::unique_ptr<SystemHost>> create(
      const EnvironmentSource& source = current_environment_source(),
      std::vector<std::filesystem::path> excluded = {});
  ~SystemHost();

  [[nodiscard]] Host& host() { return *host_; }
  [[nodiscard]] ToolFinder& tools() { return *tools_; }

 private:
  SystemHost() = default;

  std::unique_ptr<Clock> clock_;
  std::unique_ptr<Random> random_;
  std::unique_ptr<ToolFinder> tools_;
  std::unique_ptr<ProcessRunner> real_processes_;
  std::unique_ptr<ProcessRunner> processes_;
  std::unique_ptr<Host> host_;
};

}  // namespace sourceos::host
