#include "collect/collectors/auth_file.hpp"

#include "core/json/json.hpp"
#include "core/json/parse.hpp"

#include <algorithm>
#include <array>

namespace sourceos::collect {

namespace {

constexpr std::array<std::string_view, 4> k_secret_names = {"auth", "password", "identitytoken",
                                                            "registrytoken"};

bool holds_secret(const json::Value& entry) {
  return entry.is_object() &&
         std::any_of(k_secret_names.begin(), k_secret_names.end(), [&](std::string_view name) {
           const auto found = entry.find(std::string(name));
           const bool is_empty =
               found != entry.end() && found->is_string() && found->get<std::string>().empty();
           return found != entry.end() && !is_empty;
         });
}

std::vector<std::string> names_of(const json::Value& entry) {
  std::vector<std::string> names;
  if (entry.is_object()) {
    for (const auto& [name, value] : entry.items()) {
      names.push_back(name);
    }
  }
  return names;
}

bool read_hosts(const json::Value& auths, AuthFile& file) {
  bool secret = false;
  for (const auto& [name, entry] : auths.items()) {
    file.hosts.push_back({name, names_of(entry)});
    secret = secret || holds_secret(entry);
  }
  return secret;
}

void read_helpers(const json::Value& helpers, AuthFile& file) {
  for (const auto& [name, helper] : helpers.items()) {
    if (helper.is_string()) {
      file.helpers.push_back({name, helper.get<std::string>()});
    }
  }
}

}  // namespace

AuthFile read_auth_file(std::string_view bytes) {
  AuthFile file;
  const auto document = json::parse(bytes);
  if (!document || !document->is_object()) {
    return file;
  }
  bool secret = false;
  for (const auto& [name, value] : document->items()) {
    if (name == "auths" && value.is_object()) {
      secret = read_hosts(value, file);
    } else if (name == "credHelpers" && value.is_object()) {
      read_helpers(value, file);
    } else if (name == "credsStore" && value.is_string()) {
      file.store = value.get<std::string>();
    } else {
      file.other_keys.push_back(name);
    }
  }
  const bool helpers = !file.helpers.empty() || file.store;
  file.verdict = secret               ? "credentials"
                 : helpers            ? "helpers"
                 : file.hosts.empty() ? "empty"
                                      : "hosts";
  return file;
}

}  // namespace sourceos::collect
