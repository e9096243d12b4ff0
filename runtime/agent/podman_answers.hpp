// What Podman prints, read with doubt: a field that is missing or odd reads as empty.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/parse.hpp"

namespace sourceos::runtime {

inline constexpr json::Bounds k_podman_bounds{16 * limits::k_mib, 64};

struct MachineAnswer {
  std::string name;
  std::string state;  // "running", "stopped", "starting", or empty: not said
};
// The row of that name in `podman machine list --format json`.
[[nodiscard]] std::optional<MachineAnswer> find_machine(std::string_view list, std::string_view name);
// `State` of `podman machine inspect`.
[[nodiscard]] std::string machine_state_in(std::string_view inspected);

struct ContainerAnswer {
  std::string id;
  std::string state;  // lower case
  std::string image;
  std::string image_id;
  std::string owner_label;
  bool removes_itself = false;  // --rm
  int pid = 0;
};
[[nodiscard]] std::optional<ContainerAnswer> container_in(std::string_view inspected);

struct ImageAnswer {
  std::string id;
  std::vector<std::string> digests;
};
[[nodiscard]] std::optional<ImageAnswer> image_in(std::string_view inspected);

[[nodiscard]] bool says_unknown_connection(std::string_view error_output);
[[nodiscard]] bool is_google_registry(std::string_view image);

}  // namespace sourceos::runtime
