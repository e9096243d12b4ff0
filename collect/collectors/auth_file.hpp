// A container registry auth file by allow list: host names, helper names, names of keys. No value
// of any other kind leaves this function (local agents, 5.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collect/collector.hpp"

namespace sourceos::collect {

struct AuthHost {
  std::string host;
  std::vector<std::string> fields;  // names only
};

struct AuthFile {
  // "empty" (no host, no helper), "hosts" (hosts without a credential), "helpers" (a helper is
  // asked), "credentials" (a secret is in the file), "unparsable".
  std::string_view verdict = "unparsable";
  std::vector<AuthHost> hosts;
  std::vector<CredentialHelper> helpers;
  std::optional<std::string> store;
  std::vector<std::string> other_keys;
};

[[nodiscard]] AuthFile read_auth_file(std::string_view bytes);

}  // namespace sourceos::collect
