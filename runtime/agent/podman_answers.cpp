#include "runtime/agent/podman_answers.hpp"

#include <algorithm>
#include <array>

#include "core/json/json.hpp"
#include "core/text.hpp"
#include "runtime/agent/launcher.hpp"
#include "runtime/agent/rule_commands.hpp"

namespace sourceos::runtime {

namespace {

const json::Value* member(const json::Value& object, const char* name) {
  if (!object.is_object()) {
    return nullptr;
  }
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

std::string text_in(const json::Value& object, const char* name) {
  const json::Value* value = member(object, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

bool flag_in(const json::Value& object, const char* name) {
  const json::Value* value = member(object, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

// The first object of a list, or the object itself.
json::Value first_object(std::string_view text) {
  auto parsed = json::parse(text, k_podman_bounds);
  if (!parsed) {
    return {};
  }
  if (parsed->is_array()) {
    return parsed->empty() ? json::Value() : parsed->front();
  }
  return std::move(*parsed);
}

}  // namespace

std::optional<MachineAnswer> find_machine(std::string_view list, std::string_view name) {
  const auto parsed = json::parse(list, k_podman_bounds);
  if (!parsed || !parsed->is_array()) {
    return std::nullopt;
  }
  for (const json::Value& row : *parsed) {
    std::string found = text_in(row, "Name");
    if (found.ends_with('*')) {  // older releases mark the default one so
      found.pop_back();
    }
    if (found != name) {
      continue;
    }
    MachineAnswer machine{found, text::ascii_lower(text_in(row, "State"))};
    if (machine.state.empty() && member(row, "Running") != nullptr) {
      machine.state = flag_in(row, "Running")    ? "running"
                      : flag_in(row, "Starting") ? "starting"
                                                 : "stopped";
    }
    return machine;
  }
  return std::nullopt;
}

std::string machine_state_in(std::string_view inspected) {
  return text::ascii_lower(text_in(first_object(inspected), "State"));
}

std::optional<ContainerAnswer> container_in(std::string_view inspected) {
  const json::Value object = first_object(inspected);
  if (!object.is_object()) {
    return std::nullopt;
  }
  ContainerAnswer container;
  container.id = text_in(object, "Id");
  container.image = text_in(object, "ImageName");
  container.image_id = text_in(object, "Image");
  if (const json::Value* state = member(object, "State")) {
    container.state = state->is_string() ? state->get<std::string>() : text_in(*state, "Status");
    if (const json::Value* pid = member(*state, "Pid"); pid != nullptr && pid->is_number_unsigned()) {
      container.pid = pid->get<int>();
    }
  }
  container.state = text::ascii_lower(container.state);
  if (const json::Value* config = member(object, "Config")) {
    if (const json::Value* labels = member(*config, "Labels")) {
      container.owner_label = text_in(*labels, std::string(k_owner_label).c_str());
    }
  }
  if (const json::Value* host_config = member(object, "HostConfig")) {
    container.removes_itself = flag_in(*host_config, "AutoRemove");
  }
  return container;
}

std::optional<ImageAnswer> image_in(std::string_view inspected) {
  const json::Value object = first_object(inspected);
  if (!object.is_object()) {
    return std::nullopt;
  }
  ImageAnswer image{text_in(object, "Id"), {}};
  if (const json::Value* digests = member(object, "RepoDigests"); digests && digests->is_array()) {
    for (const json::Value& digest : *digests) {
      if (digest.is_string()) {
        image.digests.push_back(digest.get<std::string>());
      }
    }
  }
  return image;
}

bool says_unknown_connection(std::string_view error_output) {
  const std::string lower = text::ascii_lower(error_output);
  constexpr std::array<std::string_view, 5> k_words = {
      "no such connection", "connection not found", "unknown connection",
      "not found in system connection", "connection not defined"};
  const bool named = lower.find("connection") != std::string::npos &&
                     (lower.find("does not exist") != std::string::npos ||
                      lower.find("not found") != std::string::npos ||
                      lower.find("not defined") != std::string::npos);
  return named || std::ranges::any_of(k_words, [&](std::string_view word) {
           return lower.find(word) != std::string::npos;
         });
}

bool is_google_registry(std::string_view image) { return is_google_image(image); }

}  // namespace sourceos::runtime
