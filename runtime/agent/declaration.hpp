// What an agent says about itself before it may stay on a host: a local-agent declaration, read
// from either input shape, with its defaults filled in, its paths expanded, and what is wrong with
// it listed. Reading needs no host: what depends on one is in DeclarationSetting.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sourceos::host {
struct Host;
}

namespace sourceos::runtime {

enum class Platform : std::uint8_t { linux_systemd, macos };
enum class AgentScope : std::uint8_t { user, system };
enum class AgentRuntime : std::uint8_t { podman, native, nix_app, systemd };
enum class AuthMode : std::uint8_t { empty_authfile, service_account, none, forbidden_ambient };
enum class PullPolicy : std::uint8_t { never, explicitly, always };
enum class RestartPolicy : std::uint8_t { manual, bounded, supervised };
enum class HealthType : std::uint8_t { podman_container, command, none };

[[nodiscard]] std::string_view to_string(Platform platform);  // "linux", "macos"
[[nodiscard]] std::string_view to_string(AgentScope scope);
[[nodiscard]] std::string_view to_string(AgentRuntime runtime);
[[nodiscard]] std::string_view to_string(AuthMode mode);
[[nodiscard]] std::string_view to_string(PullPolicy pull);
[[nodiscard]] std::string_view to_string(RestartPolicy restart);
[[nodiscard]] std::string_view to_string(HealthType type);

struct Waiver {
  std::string rule_id;
  std::string justification;
  std::string approved_by;
  std::string expires_at;  // as written
  bool in_force = false;   // justified and not expired when it was read
};

// Where a declaration is read: decides defaults, what `$HOME` is and which waivers are expired.
struct DeclarationSetting {
  Platform platform = Platform::linux_systemd;
  std::filesystem::path home;
  std::filesystem::path state_root;  // a root of log files, beside ~/Library/Logs and /var/log
  std::string temporary_directory;   // $TMPDIR, or empty
  UtcTime now;
};
[[nodiscard]] DeclarationSetting setting_of(const host::Host& host);

// The resolved form: every field has its value, every path is absolute.
struct Declaration {
  std::string name;
  std::string label;
  bool enable = true;
  AgentScope scope = AgentScope::user;
  AgentRuntime runtime = AgentRuntime::podman;
  std::vector<std::string> command;
  std::string image;
  std::optional<std::string> source_image;
  std::string container_name;

  std::string owner_project = "SourceOS";
  std::string owner_component = "local-runtime";
  std::string owner_contact = "platform";

  AuthMode auth_mode = AuthMode::empty_authfile;
  std::filesystem::path authfile;
  std::optional<std::string> service_account_ref;
  bool allow_ambient_docker_config = false;
  bool allow_interactive_helper = false;

  std::optional<std::string> connection;
  PullPolicy pull = PullPolicy::never;
  bool require_machine = false;
  bool require_local_image = true;
  bool rootless = true;

  bool run_at_load = true;
  bool keep_alive = false;
  RestartPolicy restart = RestartPolicy::manual;
  std::uint64_t restarts_per_hour_max = 3;
  std::uint64_t restart_delay_s = 5;        // the second input shape can set these two
  std::uint64_t restart_interval_s = 3600;
  std::uint64_t startup_timeout_s = 20;
  std::uint64_t shutdown_timeout_s = 10;

  std::filesystem::path app_log;
  std::filesystem::path stdout_log;  // empty: the journal
  std::filesystem::path stderr_log;  // likewise

  HealthType health_type = HealthType::podman_container;
  std::string health_expected = "running";
  std::vector<std::string> health_command;

  bool capture_definition = true;
  bool capture_logs = true;
  bool capture_runtime_state = true;
  bool capture_image = true;
  bool capture_auth = true;

  std::vector<Waiver> waivers;
  std::filesystem::path launchd_plist;        // as declared, or empty: derived
  std::filesystem::path legacy_system_plist;  // likewise
  std::filesystem::path systemd_user_unit;    // likewise
  bool quadlet = false;

  // The waiver for a rule that is in force, or nullptr.
  [[nodiscard]] const Waiver* waiver(std::string_view rule_id) const;
};

enum class Severity : std::uint8_t { low, medium, high };
[[nodiscard]] std::string_view to_string(Severity severity);

struct DeclarationFinding {
  std::string path;   // of the file
  std::string field;  // "logs.app"
  Severity severity = Severity::high;
  std::string message;
  std::string reason;  // the preflight reason that it leads to ("log-dir-tmp"), or empty
};
[[nodiscard]] json::Value as_json(const DeclarationFinding& finding);

struct ReadDeclaration {
  Declaration declaration;
  std::filesystem::path file;  // empty: none
  std::string hash;            // "sha256:..." of the resolved form
  std::vector<DeclarationFinding> findings;
  // False with a high finding: nothing of it may be staged or installed.
  [[nodiscard]] bool is_valid() const;
};

// `malformed`, reason "invalid-declaration", for what cannot be resolved: no JSON, unknown or
// missing fields, wrong types, values outside their lists, a record of both shapes. What can be
// resolved but must not run is a finding.
[[nodiscard]] Result<ReadDeclaration> parse_declaration(std::string_view text,
                                                        const std::filesystem::path& file,
                                                        const DeclarationSetting& setting);
// The resolved form as a document that parse_declaration reads again to the same.
[[nodiscard]] json::Value as_json(const Declaration& declaration);
[[nodiscard]] std::string declaration_hash(const Declaration& declaration);

[[nodiscard]] bool is_agent_name(std::string_view name);
// True in /tmp, /private/tmp, /var/tmp or $TMPDIR; what lies below a home that is itself in one
// is judged by its place below that home.
[[nodiscard]] bool is_temporary_path(const std::filesystem::path& path,
                                     const DeclarationSetting& setting);

}  // namespace sourceos::runtime
