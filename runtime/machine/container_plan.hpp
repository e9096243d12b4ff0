// One governed container as an argument vector (agent-machine 7.1), and the comparison of what
// Podman made of it with what was planned.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/machine/mount.hpp"
#include "runtime/machine/podman_client.hpp"
#include "runtime/machine/profile.hpp"

namespace sourceos::runtime {

struct PlannedBind {
  std::string source;  // as Podman's side sees it: a path in the machine on Windows
  std::string target;
  bool is_read_only = true;
  std::vector<std::string> options;  // "ro=true", "nodev"
  std::optional<Pin> pin;            // of what must be there; none: not looked at, or remote
};

struct ContainerPlan {
  std::string name;
  std::string image;     // what the vector names: reference@digest, or an id
  std::string image_id;  // what it must be; empty: not known
  std::vector<std::string> image_environment;
  std::vector<PlannedBind> binds;
  std::vector<NamedValue> environment;
  std::vector<NamedValue> labels;
  std::vector<std::string> argv;  // inside
  std::string workdir;
  std::string network;
  std::string userns;  // empty: none (root on native Linux, seams only)
  std::vector<std::string> add_capabilities;
  bool read_only_rootfs = true;
  bool is_interactive = false;
};

// Options of one mount, in the order in which they stand in the vector.
[[nodiscard]] std::vector<std::string> bind_options(const MountDecision& decision,
                                                    std::string_view selinux_relabel);
// `--mount` takes one CSV record: a field with a comma or a quote is quoted.
[[nodiscard]] std::string mount_argument(const PlannedBind& bind);
// The words after `podman [--connection c]`.
[[nodiscard]] std::vector<std::string> create_words(const ContainerPlan& plan);

// What `podman container inspect` shows that was not planned; empty when it is what was asked for.
[[nodiscard]] std::vector<std::string> differences(const ContainerPlan& plan,
                                                   const json::Value& container);

}  // namespace sourceos::runtime
