// The text is put together from parts, each a few lines of POSIX sh. What differs between the two
// managers is one number: the status by which a missing dependency does not cause a restart.
#include "runtime/agent/launcher.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/files.hpp"
#include "runtime/agent/definition.hpp"

namespace sourceos::runtime {

namespace {

constexpr std::string_view k_search_path =
    "/usr/bin:/bin:/usr/sbin:/sbin:/opt/homebrew/bin:/usr/local/bin:/opt/podman/bin";

// Everything that a declaration decides, as single-quoted literals.
std::string head(const Declaration& d, const LauncherSetting& setting) {
  std::string path(k_search_path);
  const std::string directory = setting.podman_directory.string();
  if (!directory.empty() && fmt::format(":{}:", path).find(fmt::format(":{}:", directory)) ==
                                std::string::npos) {
    path = fmt::format("{}:{}", directory, path);
  }
  const int no_restart = setting.platform == Platform::macos ? 0 : k_exit_do_not_restart;
  return fmt::format(
      "#!/bin/sh\n"
      "{}\n"
      "# Looks whether everything is there, keeps the start bound, becomes the agent.\n"
      "umask 077\n"
      "PATH={}\n"
      "export PATH\n"
      "unset DOCKER_CONFIG REGISTRY_AUTH_FILE\n"
      "agent={}\n"
      "log={}\n"
      "state={}\n"
      "starts_max={}\n"
      "no_restart={}\n",
      k_launcher_mark, sh_literal(path), sh_literal(d.name), sh_literal(d.app_log.string()),
      sh_literal(setting.state.string()), std::max<std::uint64_t>(d.restarts_per_hour_max, 1),
      no_restart);
}

constexpr std::string_view k_functions = R"sh(
note() {
  printf '%s %s: %s\n' "$(date -u '+%Y-%m-%dT%H:%M:%SZ')" "$agent" "$1" 2>/dev/null >>"$log" || :
}
leave() {
  note "$1"
  exit "$no_restart"
}
)sh";

// A start is counted before anything else can fail, so that failing early is bounded too. A file
// with fewer lines than were counted before has been cut: the bound counts as reached.
constexpr std::string_view k_bound = R"sh(
mkdir -p "$state" 2>/dev/null || :
[ -f "$state/starts.log" ] || : >"$state/starts.log" || leave 'not started: no starts.log'
now=$(date '+%s')
before=$(cat "$state/starts.count" 2>/dev/null || :)
case $before in '' | *[!0-9]*) before=0 ;; esac
lines=$(awk 'END { print NR }' "$state/starts.log")
printf '%s\n' "$now" >>"$state/starts.log" || leave 'not started: starts.log cannot be written'
counted=$((lines + 1))
[ "$counted" -gt "$before" ] || counted=$before
printf '%s\n' "$counted" >"$state/starts.count" || leave 'not started: starts.count cannot be written'
starts=$(awk -v now="$now" '$1 > now - 3600 { n++ } END { print n + 0 }' "$state/starts.log")
if [ "$starts" -gt "$starts_max" ] || [ "$lines" -lt "$before" ]; then
  if [ -f "$state/state.json" ]; then
    sed 's/"state": *"[^"]*"/"state":"suspended"/' "$state/state.json" >"$state/state.json.new" &&
      mv "$state/state.json.new" "$state/state.json"
  else
    printf '{"state":"suspended"}\n' >"$state/state.json"
  fi
  leave "suspended: $starts starts within an hour, $starts_max allowed"
fi
)sh";

// macOS has no `timeout`: a killer in the background ends what hangs, and is ended with it.
constexpr std::string_view k_probe = R"sh(
probe() {
  "$@" </dev/null >/dev/null 2>&1 &
  probed=$!
  (
    trap 'kill "$nap" 2>/dev/null; exit 0' TERM
    sleep 8 &
    nap=$!
    wait "$nap"
    kill -KILL "$probed"
  ) >/dev/null 2>&1 &
  killer=$!
  wait "$probed" 2>/dev/null
  answer=$?
  kill -TERM "$killer" 2>/dev/null
  wait "$killer" 2>/dev/null
  return "$answer"
}
)sh";

std::string podman_words(const Declaration& d) {
  return d.connection ? fmt::format("podman --connection {}", sh_literal(*d.connection)) : "podman";
}

std::string podman_checks(const Declaration& d) {
  const std::string podman = podman_words(d);
  std::string text(k_probe);
  text += "command -v podman >/dev/null 2>&1 || leave 'not started: podman is missing'\n";
  text += fmt::format("probe {} info || leave 'not started: podman does not answer'\n", podman);
  text += fmt::format("probe {} image exists {} || leave 'not started: the image is missing'\n",
                      podman, sh_literal(d.image));
  if (d.auth_mode == AuthMode::empty_authfile) {
    text += fmt::format(
        "authfile={}\n"
        "[ -f \"$authfile\" ] || leave 'not started: the authfile is missing'\n"
        "[ \"$(tr -d ' \\t\\r\\n' <\"$authfile\")\" = '{{\"auths\":{{}}}}' ] ||\n"
        "  leave 'not started: the authfile is not empty'\n",
        sh_literal(d.authfile.string()));
  }
  return text;
}

std::string command_checks(const Declaration& d) {
  return fmt::format("[ -x {} ] || leave 'not started: the program is missing'\n",
                     sh_literal(d.command.front()));
}

// What keeps running beside the agent, in its own process group: looks at its health, and tells
// systemd that it is alive, or on launchd, which has no watchdog, ends it.
std::string watch(const Declaration& d, Platform platform, const Watchdog& watchdog) {
  std::string health;
  if (d.health_type == HealthType::command) {
    health = " ";
    for (const std::string& word : d.health_command) {
      health += " " + sh_literal(word);
    }
  } else {
    health = fmt::format("  [ \"$({} container inspect --format '{{{{.State.Status}}}}' {} 2>/dev/null)\" = {} ]",
                         podman_words(d), sh_literal(d.container_name), sh_literal(d.health_expected));
  }
  std::string text = d.runtime == AgentRuntime::podman ? std::string() : std::string(k_probe);
  text += fmt::format("healthy() {{\n{}\n}}\n", health);
  if (platform != Platform::macos) {
    return text + fmt::format(
                      "command -v systemd-notify >/dev/null 2>&1 || leave 'not started: systemd-notify is missing'\n"
                      "watch() {{\n"
                      "  while sleep {}; do\n"
                      "    if probe healthy; then systemd-notify WATCHDOG=1; else note 'not healthy'; fi\n"
                      "  done\n"
                      "}}\n"
                      "watch </dev/null >/dev/null 2>&1 &\n"
                      "unset NOTIFY_SOCKET WATCHDOG_PID WATCHDOG_USEC\n",
                      watchdog.interval_s);
  }
  return text + fmt::format(
                    "main=$$\n"
                    "watch() {{\n"
                    "  misses=0\n"
                    "  while sleep {} && kill -0 \"$main\"; do\n"
                    "    if probe healthy; then misses=0; else misses=$((misses + 1)) && note 'not healthy'; fi\n"
                    "    [ \"$misses\" -lt {} ] || break\n"
                    "  done\n"
                    "  kill -TERM \"$main\" && sleep {} && kill -KILL \"$main\"\n"
                    "}}\n"
                    "watch </dev/null >/dev/null 2>&1 &\n",
                    watchdog.interval_s, (watchdog.limit_s + watchdog.interval_s - 1) / watchdog.interval_s,
                    d.shutdown_timeout_s);
}

}  // namespace

std::string sh_literal(std::string_view text) {
  std::string literal = "'";
  for (const char c : text) {
    if (c == '\'') {
      literal += "'\\''";
    } else {
      literal += c;
    }
  }
  return literal + "'";
}

std::vector<std::string> run_command(const Declaration& d, const std::string& owner_tag) {
  if (d.runtime != AgentRuntime::podman) {
    return d.command;
  }
  std::vector<std::string> argv = {"podman"};
  if (d.connection) {
    argv.insert(argv.end(), {"--connection", *d.connection});
  }
  argv.insert(argv.end(), {"run", "--pull=never"});
  if (d.auth_mode == AuthMode::empty_authfile) {
    argv.insert(argv.end(), {"--authfile", d.authfile.string()});
  }
  argv.insert(argv.end(), {"--rm", "--replace"});
  if (!owner_tag.empty()) {
    argv.insert(argv.end(), {"--label", fmt::format("{}={}", k_owner_label, owner_tag)});
  }
  argv.insert(argv.end(), {"--name", d.container_name, d.image});
  return argv;
}

std::string launcher_complaint(const Declaration& d) {
  constexpr std::size_t k_log_bytes_max = 16 * limits::k_mib;
  const auto log = host::read_file(d.app_log, k_log_bytes_max);
  std::string last;
  for (const std::string_view line : log ? text::lines(*log) : std::vector<std::string_view>()) {
    const auto at = line.find(" " + d.name + ": ");
    const std::string_view words = at == std::string_view::npos ? "" : line.substr(at + d.name.size() + 3);
    if (words == "starts") {
      last.clear();
    } else if (words.starts_with("not started: ") || words.starts_with("suspended: ")) {
      last = words;
    }
  }
  return last;
}

Result<std::string> make_launcher(const Declaration& d, const LauncherSetting& setting) {
  const bool podman = d.runtime == AgentRuntime::podman;
  if (podman ? d.image.empty() : d.command.empty()) {
    return fail(ErrorKind::malformed, "generate-failed",
                fmt::format("agent '{}' declares nothing to run", d.name));
  }
  std::string text = head(d, setting);
  text += k_functions;
  text += k_bound;
  text += podman ? podman_checks(d) : command_checks(d);
  text += "note 'starts'\n";
  if (const auto watchdog = watchdog_of(d)) {
    text += watch(d, setting.platform, *watchdog);
  }
  text += "exec";
  for (const std::string& word : run_command(d, setting.owner_tag)) {
    const bool plain = word == "podman" || word == "run" || word.starts_with("--");
    text += " " + (plain && word.find_first_of(" '\"$\\") == std::string::npos ? word
                                                                               : sh_literal(word));
  }
  return text + "\n";
}

}  // namespace sourceos::runtime
