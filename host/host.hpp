// Everything a command may ask of the machine, in one struct, so that a test can give another.
// Same host, same clock, same random bytes, same key: the same bundle, byte for byte.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace sourceos::host {

class ProcessRunner;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual UtcTime now() const = 0;
  [[nodiscard]] virtual std::uint64_t boot_ms() const = 0;  // CLOCK_BOOTTIME
  // The kernel's NTP state; nullopt when it cannot be asked.
  [[nodiscard]] virtual std::optional<bool> synchronised() const = 0;
};

class Random {
 public:
  virtual ~Random() = default;
  [[nodiscard]] virtual std::string bytes(std::size_t count) = 0;
};

struct EnvironmentOverride {
  std::string name;
  std::string path;  // raw; redacted before it is written anywhere
};

// Where things are and who asks; read once at the start (agent-machine 2.4, 2.6; S-11, S-33).
struct Environment {
  std::filesystem::path home;         // HOME when absolute, else the account database's
  std::filesystem::path account_home;  // of the account database
  std::filesystem::path config_root;  // under seams: <config root>/test
  std::filesystem::path state_root;   // under seams: <state root>/test
  std::string user;
  std::string host_name;
  std::uint32_t uid = 0;         // effective
  std::uint32_t domain_uid = 0;  // in launchd domain names: SOURCEOS_UID under seams
  std::filesystem::path root = "/";  // SOURCEOS_ROOT: prefix of absolute system paths
  std::string adapter = "linux";     // macos, linux, windows
  std::string architecture;          // arm64, x86_64
  bool test_seams = false;
  bool guarded_mutations = false;
  std::vector<std::string> search_path;   // PATH after S-26: absolute, not writable by others
  std::vector<std::string> skipped_path;  // what S-26 left out
  std::vector<EnvironmentOverride> overrides;
  std::vector<std::string> ignored_seams;
  std::vector<std::pair<std::string, std::string>> variables;  // all of environ, for the redactor
};

struct Host {
  Clock& clock;
  Random& random;
  ProcessRunner& processes;
  Environment environment;
  // Set by INT, TERM and HUP; long work looks at it and ends with ErrorKind::interrupted.
  const volatile int* interrupted = nullptr;

  [[nodiscard]] bool is_interrupted() const { return interrupted != nullptr && *interrupted != 0; }
};

}  // namespace sourceos::host
