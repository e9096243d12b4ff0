// Questions to Podman. A connection, when given, is the named one of `podman system connection`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "host/process_runner.hpp"
#include "host/tools/answer.hpp"

namespace sourceos::host {

struct PodmanMachine {
  std::string name;
  bool running = false;
  bool is_default = false;
};

struct PodmanImage {
  std::string id;
  std::optional<std::string> digest;
};

class Podman {
 public:
  explicit Podman(ProcessRunner& runner, std::string connection = {})
      : runner_(runner), connection_(std::move(connection)) {}

  // Each answers with JSON when the outcome is ok.
  [[nodiscard]] Result<ToolAnswer> info(std::uint64_t timeout_ms) const;
  [[nodiscard]] Result<ToolAnswer> machines(std::uint64_t timeout_ms) const;
  [[nodiscard]] Result<ToolAnswer> connections(std::uint64_t timeout_ms) const;
  [[nodiscard]] Result<ToolAnswer> containers(std::uint64_t timeout_ms) const;
  [[nodiscard]] Result<ToolAnswer> images(std::uint64_t timeout_ms) const;
  [[nodiscard]] Result<ToolAnswer> inspect_machine(const std::string& name,
                                                   std::uint64_t timeout_ms) const;
  [[nodiscard]] Result<ToolAnswer> inspect_container(const std::string& name,
                                                     std::uint64_t timeout_ms) const;
  [[nodiscard]] Result<ToolAnswer> inspect_image(const std::string& reference,
                                                 std::uint64_t timeout_ms) const;
  // Both streams of a container in the order written, with times; to be started as a stream.
  [[nodiscard]] ProcessRequest logs(const std::string& container, std::uint64_t timeout_ms) const;

 private:
  [[nodiscard]] std::vector<std::string> command(std::vector<std::string> words) const;

  ProcessRunner& runner_;
  std::string connection_;
};

[[nodiscard]] Result<std::vector<PodmanMachine>> parse_podman_machines(std::string_view json);
// The first image of `podman image inspect`.
[[nodiscard]] Result<PodmanImage> parse_podman_image(std::string_view json);

}  // namespace sourceos::host
