#include "host/tools/podman.hpp"

#include "core/json/json.hpp"
#include "core/json/parse.hpp"

namespace sourceos::host {

namespace {

constexpr json::Bounds k_bounds{k_answer_bytes_max, 64};

std::string text_of(const json::Value& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool flag_of(const json::Value& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

std::unexpected<Error> unknown_form(const char* expected) {
  return fail(ErrorKind::malformed, "podman-output", std::string("expected ") + expected);
}

}  // namespace

std::vector<std::string> Podman::command(std::vector<std::string> words) const {
  std::vector<std::string> argv = {"podman"};
  if (!connection_.empty()) {
    argv.insert(argv.end(), {"--connection", connection_});
  }
  std::move(words.begin(), words.end(), std::back_inserter(argv));
  return argv;
}

Result<ToolAnswer> Podman::info(std::uint64_t timeout_ms) const {
  return ask(runner_, command({"info", "--format", "json"}), timeout_ms);
}

Result<ToolAnswer> Podman::machines(std::uint64_t timeout_ms) const {
  return ask(runner_, {"podman", "machine", "list", "--format", "json"}, timeout_ms);
}

Result<ToolAnswer> Podman::connections(std::uint64_t timeout_ms) const {
  return ask(runner_, {"podman", "system", "connection", "list", "--format", "json"}, timeout_ms);
}

Result<ToolAnswer> Podman::containers(std::uint64_t timeout_ms) const {
  return ask(runner_, command({"ps", "--all", "--format", "json"}), timeout_ms);
}

Result<ToolAnswer> Podman::images(std::uint64_t timeout_ms) const {
  return ask(runner_, command({"images", "--format", "json"}), timeout_ms);
}

Result<ToolAnswer> Podman::inspect_machine(const std::string& name,
                                           std::uint64_t timeout_ms) const {
  return ask(runner_, {"podman", "machine", "inspect", "--", name}, timeout_ms);
}

Result<ToolAnswer> Podman::inspect_container(const std::string& name,
                                             std::uint64_t timeout_ms) const {
  return ask(runner_, command({"container", "inspect", "--", name}), timeout_ms);
}

Result<ToolAnswer> Podman::inspect_image(const std::string& reference,
                                         std::uint64_t timeout_ms) const {
  return ask(runner_, command({"image", "inspect", "--", reference}), timeout_ms);
}

ProcessRequest Podman::logs(const std::string& container, std::uint64_t timeout_ms) const {
  ProcessRequest request;
  request.argv = command({"logs", "--timestamps", "--", container});
  request.environment = plain_locale();
  request.timeout_ms = timeout_ms;
  request.join_error_output = true;
  return request;
}

Result<std::vector<PodmanMachine>> parse_podman_machines(std::string_view text) {
  SOURCEOS_TRY_ASSIGN(const json::Value list, json::parse(text, k_bounds));
  if (!list.is_array()) {
    return unknown_form("a list of machines");
  }
  std::vector<PodmanMachine> machines;
  for (const json::Value& row : list) {
    if (!row.is_object()) {
      return unknown_form("a machine");
    }
    machines.push_back({text_of(row, "Name"), flag_of(row, "Running"), flag_of(row, "Default")});
  }
  return machines;
}

Result<PodmanImage> parse_podman_image(std::string_view text) {
  SOURCEOS_TRY_ASSIGN(const json::Value list, json::parse(text, k_bounds));
  if (!list.is_array() || list.empty() || !list.front().is_object()) {
    return unknown_form("an image");
  }
  PodmanImage image{text_of(list.front(), "Id"), std::nullopt};
  if (std::string digest = text_of(list.front(), "Digest"); !digest.empty()) {
    image.digest = std::move(digest);
  }
  return image;
}

}  // namespace sourceos::host
