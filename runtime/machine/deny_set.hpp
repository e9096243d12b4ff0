// What is never mounted: agent-machine 6.3 with the rows of security S-17. A path is denied when it
// is equal to, below, or an ancestor of a denied location; home itself only when equal or above.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/machine/host_path.hpp"

namespace sourceos::host {
struct Environment;
}

namespace sourceos::runtime {

struct Denial {
  std::string_view reason;  // "home-wholesale", "user-folder-wholesale", "sensitive-path",
                            // "store-in-mount"
  std::string_view group;   // "ssh-gpg"
  std::string location;     // template form: "~/.ssh"
  std::string_view how = "is, holds or lies in";  // the path, that location
};

// Places that depend on the host and on this call.
struct DenyPlaces {
  Adapter adapter = Adapter::on_linux;
  std::vector<std::string> homes;        // HOME and the account database's
  std::vector<std::string> tool_places;  // config and state roots, stores, caches
  std::vector<std::string> search_path;  // every directory on PATH
  std::string runtime_directory;         // XDG_RUNTIME_DIR
  std::vector<std::string> sockets;      // SSH_AUTH_SOCK, CONTAINER_HOST
  std::string system_root = "/";         // prefix of system paths, under seams
};
// `stores`: the evidence store of this call, wherever it is.
[[nodiscard]] DenyPlaces deny_places(const host::Environment& environment,
                                     const std::vector<std::string>& stores);

class DenySet {
 public:
  explicit DenySet(DenyPlaces places);

  // The first row that an absolute path hits.
  [[nodiscard]] std::optional<Denial> find(std::string_view absolute) const;
  // Denied places with files of their own that could have a second name elsewhere: those in homes,
  // the toolkit's, and the keys of the SSH server.
  [[nodiscard]] std::vector<std::string> readable_places() const;
  [[nodiscard]] Adapter adapter() const { return places_.adapter; }
  [[nodiscard]] const std::string& home() const { return places_.homes.front(); }
  [[nodiscard]] const DenyPlaces& places() const { return places_; }

 private:
  struct Row {
    PathKey key;
    bool as_prefix = false;  // the last component is the beginning of a name
    std::string_view reason;
    std::string_view group;
    std::string location;
  };
  void add(std::string_view location, std::string_view group, std::string_view reason);
  [[nodiscard]] std::optional<Denial> find_home(const PathKey& key) const;
  [[nodiscard]] bool is_other_home(const PathKey& key) const;
  [[nodiscard]] std::optional<Denial> find_name(const PathKey& key) const;

  DenyPlaces places_;
  std::vector<PathKey> homes_;
  std::vector<Row> rows_;
};

// All rows in template form, sorted: `deniedPatterns` of the policy hash. Independent of the
// account and of this call.
[[nodiscard]] std::vector<std::string> denied_patterns();

}  // namespace sourceos::runtime
