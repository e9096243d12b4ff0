// One preflight while it runs; its checks are in preflight_podman.cpp, preflight_auth.cpp and
// preflight_service.cpp.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "runtime/agent/ambient_auth.hpp"
#include "runtime/agent/preflight.hpp"
#include "runtime/agent/state.hpp"

namespace sourceos::runtime {

inline constexpr int k_check_count = 18;

class PreflightRun {
 public:
  PreflightRun(const host::Host& host, ServiceBackend& backend, const ReadDeclaration& agent,
               const PreflightSetting& setting);
  [[nodiscard]] Preflight run();

 private:
  using Body = void (PreflightRun::*)(Check&);
  struct Row {
    std::string_view id;
    Body body;
    std::vector<int> blocks;
  };
  [[nodiscard]] static const std::array<Row, k_check_count>& rows();

  // --- the checks, in order
  void host_platform(Check& check);
  void backend_adapter(Check& check);
  void runtime_available(Check& check);
  void podman_binary(Check& check);
  void podman_version(Check& check);
  void machine_exists(Check& check);
  void machine_running(Check& check);
  void podman_socket(Check& check);
  void local_image(Check& check);
  void image_tag_policy(Check& check);
  void authfile(Check& check);
  void ambient_auth(Check& check);
  void container_name(Check& check);
  void log_directory(Check& check);
  void label_disabled(Check& check);
  void label_conflict(Check& check);
  void service_lint(Check& check);
  void wrapper_lint(Check& check);

  // --- what they share
  [[nodiscard]] bool is_podman() const { return d_.runtime == AgentRuntime::podman; }
  [[nodiscard]] CommandRun probe(std::vector<std::string> argv);
  [[nodiscard]] std::vector<std::string> podman(std::vector<std::string> words) const;
  [[nodiscard]] std::string machine_name() const;
  void read_machines();
  void check_authfile_content(Check& check);
  [[nodiscard]] std::string broken_helpers(const std::vector<AuthFileFacts>& files);
  void check_one_log(Check& check, const std::filesystem::path& log);
  [[nodiscard]] std::vector<std::filesystem::path> files_with_label() const;
  void check_loaded_file(Check& check);
  void run_linter(Check& check, const std::string& definition);
  [[nodiscard]] Result<std::string> launcher_text() const;

  const host::Host& host_;
  ServiceBackend& backend_;
  const ReadDeclaration& agent_;
  const Declaration& d_;
  const PreflightSetting& setting_;
  AgentPlaces places_;
  ServiceRef service_;
  AgentState state_;
  Preflight result_;
  std::array<int, k_check_count + 1> blocked_by_{};

  ServiceStatus status_;
  CommandRun version_;
  enum class MachineState : std::uint8_t { absent, stopped, starting, running };
  MachineState machine_ = MachineState::absent;
  std::string machine_detail_;
};

// How a check ends.
void pass(Check& check, std::string detail);
void warn(Check& check, std::string detail);
void skip(Check& check, std::string detail);
void fail_check(Check& check, std::string_view reason, std::string detail, std::string remediation);
// An argument vector as a line that may be pasted.
[[nodiscard]] std::string command_line(const std::vector<std::string>& argv);

}  // namespace sourceos::runtime
