#include "runtime/agent/podman_calls.hpp"

#include <fmt/format.h>

#include "core/limits.hpp"
#include "runtime/agent/backend_common.hpp"
#include "runtime/agent/state.hpp"

namespace sourceos::runtime {

std::vector<std::string> podman_argv(const Declaration& declaration, std::vector<std::string> words) {
  std::vector<std::string> argv = {"podman"};
  if (declaration.connection) {
    argv.insert(argv.end(), {"--connection", *declaration.connection});
  }
  argv.insert(argv.end(), words.begin(), words.end());
  return argv;
}

ContainerLook look_at_container(const host::Host& host, const Declaration& declaration) {
  if (declaration.runtime != AgentRuntime::podman) {
    return {};
  }
  const CommandRun run =
      run_and_note(host, podman_argv(declaration, {"container", "inspect", declaration.container_name}),
                   limits::k_probe_timeout_ms);
  ContainerLook look;
  if (run.ok()) {
    look.container = container_in(run.output);
    look.unknown = look.container ? "" : "podman answers with something else";
  } else if (run.end != host::ProcessEnd::exited) {
    look.unknown = complaint(run);
  }
  return look;
}

std::optional<ContainerAnswer> find_container(const host::Host& host, const Declaration& declaration) {
  return look_at_container(host, declaration).container;
}

std::optional<ImageAnswer> find_image(const host::Host& host, const Declaration& declaration) {
  if (declaration.runtime != AgentRuntime::podman) {
    return std::nullopt;
  }
  const CommandRun run = run_and_note(
      host, podman_argv(declaration, {"image", "inspect", declaration.image}), limits::k_probe_timeout_ms);
  return run.ok() ? image_in(run.output) : std::nullopt;
}

namespace {

bool is_ours(const ContainerAnswer& container, const host::Host& host, const Declaration& declaration) {
  const std::string tag = owner_tag(places_of(declaration, host), declaration.name);
  return !tag.empty() && container.owner_label == tag;
}

}  // namespace

// A service manager that lost patience kills Podman's monitor, too: then nobody is left to note the
// end, and the container is `stopping` for ever, in the way of the next start. It was to remove itself.
void remove_remains(const host::Host& host, const Declaration& declaration, OrderResult& result) {
  const auto left = result.ok ? find_container(host, declaration) : std::nullopt;
  if (!left || left->state != "stopping" || !left->removes_itself || !is_ours(*left, host, declaration)) {
    return;
  }
  note_run(result,
           run_and_note(host, podman_argv(declaration, {"rm", "--force", declaration.container_name}),
                        stop_timeout_ms(declaration)),
           "container-stop-failed");
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
  remove_remains(host, declaration, result);
  return result;
}

}  // namespace sourceos::runtime
