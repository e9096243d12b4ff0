#include "runtime/machine/container_mounts.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "core/text.hpp"

namespace sourceos::runtime {

namespace {

template <std::size_t count>
bool is_one_of(const std::array<std::string_view, count>& known, std::string_view word) {
  return std::ranges::find(known, word) != known.end();
}

bool is_below(std::string_view point, std::string_view top) {
  return point.starts_with(top) && (point.size() == top.size() || point[top.size()] == '/');
}

// Files that Podman writes for each container, in a directory of that container.
bool is_own_file(const host::MountTableRow& row) {
  constexpr std::array<std::string_view, 6> k_files = {
      "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/passwd", "/etc/group",
      "/run/.containerenv"};
  return is_one_of(k_files, row.point) && row.root.find("/userdata/") != std::string::npos;
}

// Memory that begins empty. A part of another one (a bind) does not.
bool is_scratch(const host::MountTableRow& row) {
  constexpr std::array<std::string_view, 6> k_places = {"/tmp",     "/run",      "/run/lock",
                                                        "/var/tmp", "/dev/shm", "/dev"};
  return row.type == "tmpfs" && row.root == "/" && is_one_of(k_places, row.point);
}

bool is_device(const host::MountTableRow& row) {
  constexpr std::array<std::string_view, 7> k_devices = {
      "/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/random", "/dev/urandom", "/dev/console"};
  return row.type == "devpts" || (row.type == "mqueue" && row.point == "/dev/mqueue") ||
         (is_one_of(k_devices, row.point) && (row.type == "devtmpfs" || row.type == "tmpfs"));
}

// The kernel's own, and what the runtime lays over parts of it to hide them.
bool is_of_kernel(const host::MountTableRow& row) {
  constexpr std::array<std::string_view, 6> k_types = {"proc",   "sysfs",   "cgroup",
                                                       "cgroup2", "tmpfs", "selinuxfs"};
  const bool is_hidden = row.root == "/null" && (row.type == "devtmpfs" || row.type == "tmpfs");
  return (is_below(row.point, "/proc") || is_below(row.point, "/sys")) &&
         (is_one_of(k_types, row.type) || is_hidden);
}

bool is_everywhere(const host::MountTableRow& row) {
  return row.point == "/" || is_own_file(row) || is_scratch(row) || is_device(row) ||
         is_of_kernel(row);
}

bool is_read_only(const host::MountTableRow& row) {
  const auto options = text::split(row.options, ',');
  return std::ranges::find(options, "ro") != options.end();
}

}  // namespace

std::vector<std::string> mount_differences(const ContainerPlan& plan,
                                           const std::vector<host::MountTableRow>& table) {
  std::vector<std::string> found;
  for (const host::MountTableRow& row : table) {
    const auto bind = std::ranges::find(plan.binds, row.point, &PlannedBind::target);
    if (bind == plan.binds.end() && !is_everywhere(row)) {
      found.push_back(fmt::format("mount: {} {} was not planned", row.type, row.point));
    } else if (bind != plan.binds.end() && bind->is_read_only && !is_read_only(row)) {
      found.push_back(fmt::format("mount: {} can be written to", row.point));
    }
  }
  for (const PlannedBind& bind : plan.binds) {
    if (std::ranges::find(table, bind.target, &host::MountTableRow::point) == table.end()) {
      found.push_back(fmt::format("mount: {} is missing", bind.target));
    }
  }
  return found;
}

}  // namespace sourceos::runtime
