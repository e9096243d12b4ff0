// Files of container credentials as facts: whose names are in them, never what.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::host {
struct Host;
}

namespace sourceos::runtime {

struct HelperFact {
  std::string registry;
  std::string helper;
};

struct AuthFileFacts {
  std::filesystem::path path;
  bool exists = false;
  bool readable = false;
  bool is_json = false;
  bool is_empty_auths = false;   // an object with the one key `auths`, whose value is an empty object
  bool is_special = false;       // a link, directory or device
  std::uint32_t mode = 0;
  std::uint64_t size = 0;
  std::vector<std::string> registries;  // keys of `auths`
  std::vector<HelperFact> helpers;      // `credHelpers`
  std::optional<std::string> store;     // `credsStore`

  [[nodiscard]] bool names_helpers() const { return !helpers.empty() || store.has_value(); }
  [[nodiscard]] bool has_credentials() const { return names_helpers() || !registries.empty(); }
  // A helper or store that would be asked for this registry.
  [[nodiscard]] bool has_helper_for(const std::string& registry) const;
};

// Never an error: a file that cannot be read is a fact.
[[nodiscard]] AuthFileFacts read_auth_file(const std::filesystem::path& file);
// Host configurations that a container tool falls back to, in the order of local agents 5.2; only
// those that exist.
[[nodiscard]] std::vector<AuthFileFacts> read_ambient_auth(const host::Host& host);
// Names only: hosts, helpers, store; `pathRef` is the raw path, for the redactor.
[[nodiscard]] json::Value as_json(const AuthFileFacts& facts);

}  // namespace sourceos::runtime
