#include "runtime/agent/declaration_checks.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

#include <fmt/format.h>

#include "core/text.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_name_marks = "._-";

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Letters, digits and marks, beginning with a letter or digit.
bool is_word(std::string_view word, std::string_view marks, std::size_t bytes_max) {
  return !word.empty() && word.size() <= bytes_max && is_alnum(word.front()) &&
         std::ranges::all_of(word, [&](char c) {
           return is_alnum(c) || marks.find(c) != std::string_view::npos;
         });
}

Status expect(bool holds, std::string_view what) {
  return holds ? Status{}
               : fail(ErrorKind::malformed, "invalid-declaration", fmt::format("expected {}", what));
}

bool is_below(const fs::path& path, const fs::path& directory) {
  if (directory.empty() || directory == "/") {
    return false;
  }
  const auto [end, ignored] = std::ranges::mismatch(directory, path);
  return end == directory.end() && path != directory;
}

class Findings {
 public:
  Findings(const Declaration& declaration, const fs::path& file)
      : declaration_(declaration), file_(file.string()) {}

  void add(const char* field, std::string message, const char* reason = "") {
    all_.push_back({file_, field, Severity::high, std::move(message), reason});
  }
  // Unless one of these waivers is in force; then it stays as a medium finding.
  void add_waivable(std::initializer_list<std::string_view> rule_ids, const char* field,
                    std::string message, const char* reason = "") {
    const bool waived = std::ranges::any_of(
        rule_ids, [&](std::string_view id) { return declaration_.waiver(id) != nullptr; });
    all_.push_back({file_, field, waived ? Severity::medium : Severity::high, std::move(message),
                    reason});
  }
  std::vector<DeclarationFinding> take() { return std::move(all_); }

 private:
  const Declaration& declaration_;
  std::string file_;
  std::vector<DeclarationFinding> all_;
};

void check_runtime(const Declaration& d, Findings& findings) {
  if (d.runtime == AgentRuntime::podman) {
    if (d.image.empty()) {
      findings.add("image", "is needed for runtime 'podman'");
    } else if (d.pull == PullPolicy::never && !is_local_image(d.image)) {
      findings.add_waivable({"direct-registry-runtime", "image-remote"}, "image",
                            "a runtime image that is never pulled must be 'localhost/...'",
                            "image-remote");
    }
  } else if (d.command.empty()) {
    findings.add("command", fmt::format("is needed for runtime '{}'", to_string(d.runtime)));
  } else if (!d.command.front().starts_with('/')) {
    findings.add("command", "the program must be an absolute path", "runtime-unavailable");
  }
  if (d.scope == AgentScope::system) {
    findings.add_waivable({"system-scope"}, "scope",
                          "'system' needs a waiver 'system-scope' with a justification");
  }
  if (!d.rootless) {
    if (d.scope != AgentScope::system) {
      findings.add("podman.rootless", "false needs scope 'system'");
    }
    findings.add_waivable({"rootful", "podman.rootless", "rootless"}, "podman.rootless",
                          "false needs a waiver 'rootful'");
  }
}

void check_auth(const Declaration& d, Findings& findings) {
  if (d.auth_mode == AuthMode::service_account) {
    if (!d.service_account_ref || d.service_account_ref->empty()) {
      findings.add("auth.serviceAccountRef", "is needed for mode 'service-account'");
    } else if (!d.service_account_ref->starts_with("urn:")) {
      findings.add("auth.serviceAccountRef", "must be the URN of a token door, never a literal");
    }
  }
  if (d.allow_ambient_docker_config) {
    findings.add_waivable({"ambient-auth", "ambient-docker-config", "auth.allowAmbientDockerConfig"},
                          "auth.allowAmbientDockerConfig",
                          "true needs a waiver 'ambient-docker-config'", "ambient-auth-risk");
  }
  if (d.allow_interactive_helper) {
    findings.add("auth.allowInteractiveCredentialHelper", "is never allowed for a service",
                 "ambient-auth-risk");
  }
  if (d.pull == PullPolicy::always) {
    if (d.auth_mode != AuthMode::service_account) {
      findings.add("podman.pull", "'always' needs auth mode 'service-account'");
    }
    findings.add_waivable({"pull-always", "podman.pull"}, "podman.pull",
                          "'always' needs a waiver 'pull-always'");
  }
}

void check_logs(const Declaration& d, const DeclarationSetting& setting, Findings& findings) {
  const std::array<std::pair<const char*, const fs::path*>, 3> logs = {
      std::pair{"logs.app", &d.app_log}, std::pair{"logs.stdout", &d.stdout_log},
      std::pair{"logs.stderr", &d.stderr_log}};
  for (const auto& [field, path] : logs) {
    if (path->empty()) {
      continue;
    }
    if (is_temporary_path(*path, setting)) {
      findings.add(field, "a log must not lie in a temporary directory", "log-dir-tmp");
    } else if (!is_log_place(*path, d, setting)) {
      findings.add(field,
                   "a log must lie under ~/Library/Logs, the state root or /var/log/<name> and end "
                   "in '.log'",
                   "log-path-outside");
    }
  }
}

void check_service(const Declaration& d, Findings& findings) {
  if (d.keep_alive && d.restart != RestartPolicy::bounded) {
    findings.add("lifecycle.keepAlive", "true needs 'lifecycle.restart' to be 'bounded'",
                 "service-lint");
  }
  if (d.scope == AgentScope::user && is_below(d.launchd_plist, "/Library")) {
    findings.add("macos.launchd.plist", "a user agent's plist must not lie under /Library",
                 "service-lint");
  }
  if (is_below(d.systemd_user_unit, "/etc") && d.scope == AgentScope::user) {
    findings.add("linux.systemdUserUnit", "a user agent's unit must not lie under /etc",
                 "service-lint");
  }
  const std::array owners = {std::pair{"owner.project", &d.owner_project},
                             std::pair{"owner.component", &d.owner_component},
                             std::pair{"owner.contact", &d.owner_contact}};
  for (const auto& [field, value] : owners) {
    if (text::trim(*value).empty()) {
      findings.add(field, "must not be empty");
    }
  }
  if (d.health_type == HealthType::command && d.health_command.empty()) {
    findings.add("health.command", "is needed for type 'command'");
  }
}

}  // namespace

namespace {

// A file of the kind that a service manager reads, in a directory where it looks for them.
bool is_definition_place(const fs::path& path, std::string_view suffix, std::string_view folder,
                         std::initializer_list<std::string_view> places) {
  const fs::path directory = path.parent_path();
  const std::string name = path.filename().string();
  constexpr std::size_t k_name_bytes_max = 255;
  return name.ends_with(suffix) && is_word(name, "._-@", k_name_bytes_max) &&
         directory.parent_path().filename() == folder &&
         std::ranges::find(places, directory.filename().string()) != places.end();
}

Status check_plist_place(const char* field, const fs::path& path) {
  return expect(path.empty() || is_definition_place(path, ".plist", "Library", {"LaunchAgents", "LaunchDaemons"}),
                fmt::format("'{}' to be a '.plist' in a 'Library/LaunchAgents' or 'Library/LaunchDaemons'", field));
}

}  // namespace

Status check_places(const Declaration& d) {
  SOURCEOS_TRY(check_plist_place("macos.launchd.plist", d.launchd_plist));
  SOURCEOS_TRY(check_plist_place("macos.launchd.legacySystemPlist", d.legacy_system_plist));
  return expect(d.systemd_user_unit.empty() ||
                    is_definition_place(d.systemd_user_unit, ".service", "systemd", {"user", "system"}),
                "'linux.systemdUserUnit' to be a '.service' in a 'systemd/user'");
}

std::string registry_of(std::string_view image) {
  const auto slash = image.find('/');
  if (slash == std::string_view::npos) {
    return "docker.io";
  }
  const std::string_view first = image.substr(0, slash);
  const bool is_host = first == "localhost" || first.find_first_of(".:") != std::string_view::npos;
  return is_host ? text::ascii_lower(first) : "docker.io";
}

bool is_local_image(std::string_view image) { return image.starts_with("localhost/"); }

bool is_temporary_path(const fs::path& path, const DeclarationSetting& setting) {
  std::vector<fs::path> roots = {"/tmp", "/private/tmp", "/var/tmp", "/private/var/tmp"};
  if (setting.temporary_directory.starts_with('/')) {
    roots.push_back(fs::path(setting.temporary_directory).lexically_normal());
    if (!roots.back().has_filename()) {
      roots.back() = roots.back().parent_path();
    }
  }
  return std::ranges::any_of(roots, [&](const fs::path& root) {
    const bool home_too = is_below(setting.home, root) || setting.home == root;
    const bool through_home = home_too && is_below(path, setting.home);
    return (path == root || is_below(path, root)) && !through_home;
  });
}

bool is_log_place(const fs::path& path, const Declaration& d, const DeclarationSetting& setting) {
  const std::array<fs::path, 4> roots = {
      setting.home / "Library/Logs", setting.state_root, setting.home / ".local/state/sourceos",
      fs::path("/var/log") / d.name};
  return path.extension() == ".log" &&
         std::ranges::any_of(roots, [&](const fs::path& root) { return is_below(path, root); });
}

Status check_grammar(const Declaration& d) {
  constexpr std::size_t k_label_bytes_max = 200;
  constexpr std::size_t k_word_bytes_max = 128;
  constexpr std::size_t k_image_bytes_max = 512;
  SOURCEOS_TRY(expect(is_word(d.label, k_name_marks, k_label_bytes_max) &&
                          d.label.find('.') != std::string::npos,
                      "'label' to be a reverse domain name"));
  SOURCEOS_TRY(expect(is_word(d.container_name, k_name_marks, k_word_bytes_max),
                      "'containerName' to be letters, digits, '.', '_' and '-'"));
  SOURCEOS_TRY(expect(!d.connection || is_word(*d.connection, k_name_marks, k_word_bytes_max),
                      "'podman.connection' to be letters, digits, '.', '_' and '-', or null"));
  SOURCEOS_TRY(expect(d.image.empty() || is_word(d.image, "._-/:@+", k_image_bytes_max),
                      "'image' to be an image reference"));
  for (const Waiver& waiver : d.waivers) {
    SOURCEOS_TRY(expect(!waiver.rule_id.empty(), "each of 'waivers' to have a 'ruleId'"));
  }
  return {};
}

std::vector<DeclarationFinding> check_declaration(const Declaration& d, const fs::path& file,
                                                  const DeclarationSetting& setting) {
  Findings findings(d, file);
  check_runtime(d, findings);
  check_auth(d, findings);
  check_logs(d, setting, findings);
  check_service(d, findings);
  return findings.take();
}

}  // namespace sourceos::runtime
