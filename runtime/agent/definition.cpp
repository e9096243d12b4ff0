#include "runtime/agent/definition.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.hpp"
#include "runtime/agent/launcher.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_throttle_seconds = 10;  // launchd's own minimum

bool restarts(const Declaration& d) {
  return d.restart != RestartPolicy::manual && d.restarts_per_hour_max > 0;
}

// systemd expands '%', and unquotes: what is literal is doubled or escaped.
std::string unit_word(std::string_view text) {
  std::string word = "\"";
  for (const char c : text) {
    if (c == '%' || c == '$') {
      word += c;
    } else if (c == '"' || c == '\\') {
      word += '\\';
    }
    word += c;
  }
  return word + "\"";
}

std::string unit_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '%' ? "%%" : std::string(1, c);
  }
  return out;
}

std::string unit_log(const fs::path& log) {
  return log.empty() ? "journal" : "append:" + unit_text(log.string());
}

std::string xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string plist_string(std::string_view key, std::string_view value) {
  return fmt::format("\t<key>{}</key>\n\t<string>{}</string>\n", key, xml(value));
}

std::string plist_number(std::string_view key, std::uint64_t value) {
  return fmt::format("\t<key>{}</key>\n\t<integer>{}</integer>\n", key, value);
}

std::string plist_flag(std::string_view key, bool value) {
  return fmt::format("\t<key>{}</key>\n\t<{}/>\n", key, value ? "true" : "false");
}

std::string unit_limits(const Declaration& d) {
  // Manual starts are bounded too; a burst of 0 would switch the limit off.
  return fmt::format("StartLimitIntervalSec={}\nStartLimitBurst={}\n", d.restart_interval_s,
                     std::max<std::uint64_t>(d.restarts_per_hour_max, 1));
}

std::string unit_restart(const Declaration& d) {
  if (!restarts(d)) {
    return "Restart=no\n";
  }
  // The whole burst must fit well into the interval, or the limit would never be reached.
  const std::uint64_t burst = std::max<std::uint64_t>(d.restarts_per_hour_max, 1);
  const std::uint64_t delay =
      std::max<std::uint64_t>(1, std::min(d.restart_delay_s, d.restart_interval_s / (4 * burst)));
  return fmt::format("Restart=on-failure\nRestartSec={}\nRestartPreventExitStatus={}\n", delay,
                     k_exit_do_not_restart);
}

// The launcher looks and notifies; what systemd then ends counts as failed, and restarts within the
// bound.
std::string unit_watchdog(const Declaration& d) {
  const auto watchdog = watchdog_of(d);
  return watchdog ? fmt::format("WatchdogSec={}\nWatchdogSignal=SIGTERM\nNotifyAccess=all\n", watchdog->limit_s)
                  : std::string();
}

}  // namespace

std::optional<Watchdog> watchdog_of(const Declaration& d) {
  const bool has_health = (d.health_type == HealthType::podman_container && d.runtime == AgentRuntime::podman) ||
                          (d.health_type == HealthType::command && !d.health_command.empty());
  if (d.restart != RestartPolicy::supervised || !restarts(d) || !has_health) {
    return std::nullopt;
  }
  constexpr std::uint64_t k_interval_min_s = 5;
  constexpr std::uint64_t k_interval_max_s = 15;
  constexpr std::uint64_t k_misses = 3;
  const std::uint64_t interval = std::clamp(d.startup_timeout_s, k_interval_min_s, k_interval_max_s);
  return Watchdog{interval, d.startup_timeout_s + k_misses * interval};
}

std::string make_unit(const Declaration& d, const fs::path& launcher) {
  const std::string_view target = !d.run_at_load                    ? k_manual_target
                                  : d.scope == AgentScope::system   ? "multi-user.target"
                                                                    : "default.target";
  return fmt::format(
      "# Made by sourceos-agent from declaration {}.\n"
      "[Unit]\n"
      "Description=SourceOS local agent {}\n"
      "{}"
      "\n"
      "[Service]\n"
      "Type=exec\n"
      "ExecStart={}\n"
      "{}{}"
      "TimeoutStartSec={}\n"
      "TimeoutStopSec={}\n"
      "SuccessExitStatus=143\n"  // a container that ended by TERM, as asked
      "UMask=0077\n"
      "StandardOutput={}\n"
      "StandardError={}\n"
      "\n"
      "[Install]\n"
      "WantedBy={}\n",
      declaration_hash(d), d.name, unit_limits(d), unit_word(launcher.string()), unit_restart(d),
      unit_watchdog(d), d.startup_timeout_s, d.shutdown_timeout_s, unit_log(d.stdout_log), unit_log(d.stderr_log),
      target);
}

std::string make_plist(const Declaration& d, const fs::path& launcher) {
  std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
      "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
      "<plist version=\"1.0\">\n<dict>\n";
  text += plist_string("Label", d.label);
  text += fmt::format(
      "\t<key>ProgramArguments</key>\n\t<array>\n\t\t<string>{}</string>\n\t</array>\n",
      xml(launcher.string()));
  text += plist_flag("RunAtLoad", d.run_at_load);
  if (restarts(d)) {
    text += "\t<key>KeepAlive</key>\n\t<dict>\n\t\t<key>SuccessfulExit</key>\n\t\t<false/>\n\t</dict>\n";
  } else {
    text += plist_flag("KeepAlive", false);
  }
  text += plist_number("ThrottleInterval", std::max(k_throttle_seconds, d.restart_delay_s));
  text += plist_number("ExitTimeOut", d.shutdown_timeout_s);
  text += plist_string("ProcessType", "Background");
  const auto log = [&](const fs::path& path) { return path.empty() ? d.app_log : path; };
  text += plist_string("StandardOutPath", log(d.stdout_log).string());
  text += plist_string("StandardErrorPath", log(d.stderr_log).string());
  text += plist_number("Umask", 077);
  return text + "</dict>\n</plist>\n";
}

std::string make_quadlet(const Declaration& d) {
  std::string arguments;
  if (d.auth_mode == AuthMode::empty_authfile) {
    arguments = fmt::format("PodmanArgs={}\n", unit_word("--authfile=" + d.authfile.string()));
  }
  return fmt::format(
      "# Made by sourceos-agent from declaration {}.\n"
      "[Unit]\n"
      "Description=SourceOS local agent {}\n"
      "{}"
      "\n"
      "[Container]\n"
      "Image={}\n"
      "ContainerName={}\n"
      "Pull=never\n"
      "{}"
      "\n"
      "[Service]\n"
      "{}"
      "TimeoutStartSec={}\n"
      "TimeoutStopSec={}\n"
      "\n"
      "[Install]\n"
      "WantedBy={}\n",
      declaration_hash(d), d.name, unit_limits(d), unit_text(d.image), d.container_name, arguments,
      unit_restart(d), d.startup_timeout_s, d.shutdown_timeout_s,
      d.run_at_load ? "default.target" : k_manual_target);
}

std::string make_definition(const Declaration& d, Platform platform, const fs::path& launcher) {
  return platform == Platform::macos ? make_plist(d, launcher) : make_unit(d, launcher);
}

}  // namespace sourceos::runtime
