// Generated service definitions. Nothing that this makes can restart without limit: systemd keeps
// the bound by its start limit, launchd by the launcher.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "runtime/agent/declaration.hpp"

namespace sourceos::runtime {

inline constexpr int k_exit_do_not_restart = 78;  // of a launcher, for RestartPreventExitStatus
// A target that nothing starts: an agent that is enabled without `runAtLoad` is wanted by it.
inline constexpr std::string_view k_manual_target = "sourceos-agents-manual.target";

// A supervised agent proves that it is healthy: looked at every `interval_s`, and ended as failed
// when it was not for `limit_s`. None without a restart, or when its process is all that there is
// to look at.
struct Watchdog {
  std::uint64_t interval_s = 0;
  std::uint64_t limit_s = 0;
};
[[nodiscard]] std::optional<Watchdog> watchdog_of(const Declaration& declaration);

[[nodiscard]] std::string make_unit(const Declaration& declaration,
                                    const std::filesystem::path& launcher);
[[nodiscard]] std::string make_plist(const Declaration& declaration,
                                     const std::filesystem::path& launcher);
// A Quadlet `.container` file, the alternative output for Podman agents.
[[nodiscard]] std::string make_quadlet(const Declaration& declaration);
// Unit or plist, as the platform wants it.
[[nodiscard]] std::string make_definition(const Declaration& declaration, Platform platform,
                                          const std::filesystem::path& launcher);

}  // namespace sourceos::runtime
