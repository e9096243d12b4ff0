#include "runtime/agent/podman_calls.hpp"

#include <fmt/format.h>

#include "core/limits.hpp"
#include "runtime/agent/backend_common.hpp"

namespace sourceos::runtime {

std::vector<std::string> podman_argv(const Declaration& declaration, std::vector<std::string> words) {
  std::vector<std::string> argv = {"podman"};
  if (declaration.connection) {
    argv.insert(argv.end(), {"--connection", *declaration.connection});
  }
  argv.insert(argv.end(), words.begin(), words.end());
  return argv;
}

std::optional<ContainerAnswer> find_container(const host::Host& host, const Declaration& declaration) {
  if (declaration.runtime != AgentRuntime::podman) {
    return std::nullopt;
  }
  const CommandRun run =
      run_and_note(host, podman_argv(declaration, {"container", "inspect", declaration.container_name}),
                   limits::k_probe_timeout_ms);
  return run.ok() ? container_in(run.output) : std::nullopt;
}

std::optional<ImageAnswer> find_image(const host::Host& host, const Declaration& declaration) {
  if (declaration.runtime != AgentRuntime::podman) {
    return std::nullopt;
  }
  const CommandRun run = run_and_note(
      host, podman_argv(declaration, {"image", "inspect", declaration.image}), limits::k_probe_timeout_ms);
  return run.ok() ? image_in(run.output) : std::nullopt;
}

OrderResult stop_container(const host::Host& host, const Declaration& declaration) {
  OrderResult result;
  if (declaration.runtime != AgentRuntime::podman) {
    return result;
  }
  if (const auto now = find_container(host, declaration); now && now->state == "paused") {
    note_run(result,
             run_and_note(host, podman_argv(declaration, {"unpause", declaration.container_name}),
                          limits::k_probe_timeout_ms),
             "container-stop-failed");
  }
  CommandRun run = run_and_note(
      host,
      podman_argv(declaration, {"stop", "--ignore", "--time", fmt::format("{}", declaration.shutdown_timeout_s),
                                declaration.container_name}),
      stop_timeout_ms(declaration));
  if (run.end == host::ProcessEnd::missing) {
    result.detail = "podman is missing";
    return result;
  }
  note_run(result, std::move(run), "container-stop-failed");
  return result;
}

}  // namespace sourceos::runtime
