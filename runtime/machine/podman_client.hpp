// Podman as a machine's profile reaches it: which program answers, over which connection, and what
// it says of itself. Every question and answer is kept, for the bundle.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "host/process_runner.hpp"

namespace sourceos::host {
struct Host;
class ToolFinder;
}  // namespace sourceos::host

namespace sourceos::runtime {

struct PodmanAnswer {
  std::string name;  // "info", "machine-inspect"
  std::vector<std::string> argv;
  host::ProcessOutcome outcome;
  [[nodiscard]] bool ok() const { return outcome.ok(); }
  [[nodiscard]] bool is_missing() const { return outcome.end == host::ProcessEnd::missing; }
  [[nodiscard]] bool is_timed_out() const { return outcome.end == host::ProcessEnd::timed_out; }
};

struct PodmanConnection {
  bool answers = false;
  std::string reason;  // when not: "podman-missing", "probe-timeout", "socket-refused",
                       // "connection-unknown", "podman-error"
  std::optional<bool> rootless;
  std::optional<std::string> server_version;
  std::optional<std::string> cgroup_version;
  std::optional<std::string> oci_runtime;
};

struct PodmanVersion {
  std::optional<std::string> version;
  std::string reason;   // "podman-too-old", "version-unknown", "probe-timeout"; empty: good
  std::string message;  // with a reason
};

struct MachineFacts {
  std::string state = "unknown";  // running, stopped, starting, absent, unknown, not-applicable
  std::string vm_type;
  bool exposure_known = false;
  std::vector<std::string> shared_paths;  // of the host, seen inside
  std::size_t running_count = 0;          // of all machines
};

struct PodmanImageFacts {
  bool is_present = false;
  std::string reason;  // when the question itself failed
  std::string id;
  std::vector<std::string> digests;  // "sha256:..."
  std::vector<std::string> environment;
};

// How a service is reached: a connection of `podman system connection` (empty: the default), or what
// CONTAINER_HOST says, which passes only when the profile declares it.
struct PodmanAddress {
  std::string connection;
  std::string container_host = {};

  PodmanAddress(std::string name) : connection(std::move(name)) {}  // most have a name or nothing
  PodmanAddress(const char* name) : connection(name) {}
  PodmanAddress(std::string name, std::string host)
      : connection(std::move(name)), container_host(std::move(host)) {}
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> environment() const;
  // Podman runs on this machine, so that /proc shows its containers.
  [[nodiscard]] bool is_local() const;
};

class PodmanClient {
 public:
  PodmanClient(host::Host& host, host::ToolFinder& tools, PodmanAddress address);

  [[nodiscard]] bool is_found() const { return !program_.empty(); }
  // Found where macOS installers put it, not on PATH.
  [[nodiscard]] bool is_outside_path() const { return is_outside_path_; }
  [[nodiscard]] const std::string& program() const { return program_; }

  enum class Reach {
    connection,
    local
  };  // local: machine and connection commands know no --connection
  [[nodiscard]] std::vector<std::string> command(std::vector<std::string> words,
                                                 Reach reach = Reach::connection) const;
  // An answer that could not be had at all is one of a missing program. A probe is stopped after 8
  // s.
  PodmanAnswer ask(std::string_view name, std::vector<std::string> words,
                   Reach reach = Reach::connection,
                   std::uint64_t timeout_ms = limits::k_probe_timeout_ms);

  [[nodiscard]] std::optional<std::string> client_version();
  // Whether the client is new enough: the same question and reasons for a look and for a launch.
  [[nodiscard]] PodmanVersion client_version_of(const std::string& least);
  [[nodiscard]] PodmanConnection connection();
  [[nodiscard]] MachineFacts machine(const std::string& name);
  [[nodiscard]] PodmanImageFacts image(const std::string& reference);

  [[nodiscard]] const std::vector<PodmanAnswer>& answers() const { return answers_; }

 private:
  host::Host& host_;
  PodmanAddress address_;
  std::string program_;
  bool is_outside_path_ = false;
  std::vector<PodmanAnswer> answers_;
};

// Why a client got no answer, by exit code first and by its words only to choose among reasons.
[[nodiscard]] std::string connection_reason(const host::ProcessOutcome& outcome);
// The JSON in an answer, or null.
[[nodiscard]] json::Value answer_json(std::string_view output);
// The first element of an `inspect` answer, or the object itself; else an empty object.
[[nodiscard]] json::Value inspected(std::string_view output);
[[nodiscard]] json::Value as_probe_entry(const PodmanAnswer& answer);

}  // namespace sourceos::runtime
