// A policy as TOML or JSON has the same keys:
//   name = "ci"                         require_collectors = ["host", "git"]
//   require_log = true                  modes = ["read-only", "apply"]
//   max_age_seconds = 604800            key_custody = ["file-passphrase", "exec"]
//   [[tools]]  name = "podman"  version = "5.0"   sha256 = "sha256:.."
//   [[subject_keys]]  subject = "workspace:*"  keys = ["sha256:<SPKI digest>"]
// A key that is not known is refused: a demand that nobody checks is worse than none.
#include "verify/policy.hpp"

#include "bundle/envelope.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/toml.hpp"
#include "host/files.hpp"
#include "verify/trust.hpp"

#include <array>
#include <utility>

namespace sourceos::verify {
namespace {

constexpr std::size_t k_rows_max = 1000;

constexpr std::array k_flags = {
    std::pair{"require_log", &Policy::require_log},
    std::pair{"require_consistent_log", &Policy::require_consistent_log},
    std::pair{"require_independent", &Policy::require_independent},
    std::pair{"require_complete", &Policy::require_complete},
    std::pair{"require_nonce", &Policy::require_nonce},
    std::pair{"require_image_pinned", &Policy::require_image_pinned},
    std::pair{"require_git_clean", &Policy::require_git_clean},
    std::pair{"deny_test_seams", &Policy::deny_test_seams},
    std::pair{"deny_high_findings", &Policy::deny_high_findings},
    std::pair{"allow_withheld", &Policy::allow_withheld},
};
constexpr std::array k_numbers = {
    std::pair{"max_age_seconds", &Policy::max_age_seconds},
    std::pair{"threshold", &Policy::threshold},
};
constexpr std::array k_lists = {
    std::pair{"require_collectors", &Policy::require_collectors},
    std::pair{"require_time_basis", &Policy::require_time_basis},
    std::pair{"modes", &Policy::modes},
    std::pair{"key_custody", &Policy::key_custody},
};

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorKind::malformed, "malformed", std::move(message));
}

std::unexpected<Error> expected(const std::string& key, std::string_view what) {
  return malformed("expected '" + key + "' of the policy to be " + std::string(what));
}

Result<std::vector<std::string>> texts_of(const std::string& key, const json::Value& value) {
  if (!value.is_array() || value.size() > k_rows_max) {
    return expected(key, "a list of strings");
  }
  std::vector<std::string> texts;
  for (const json::Value& item : value) {
    if (!item.is_string()) {
      return expected(key, "a list of strings");
    }
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

Status read_tools(const json::Value& value, Policy& policy) {
  if (!value.is_array() || value.size() > k_rows_max) {
    return expected("tools", "a list of tables");
  }
  for (const json::Value& row : value) {
    if (!row.is_object() || !row.contains("name")) {
      return expected("tools", "a list of tables with a name");
    }
    ToolMinimum tool;
    for (const auto& [key, item] : row.items()) {
      std::string* field = key == "name"      ? &tool.name
                           : key == "version" ? &tool.version
                           : key == "sha256"  ? &tool.sha256
                                              : nullptr;
      if (field == nullptr || !item.is_string()) {
        return expected("tools", "a list of tables { name, version, sha256 }");
      }
      *field = item.get<std::string>();
    }
    policy.tools.push_back(std::move(tool));
  }
  return {};
}

Status read_subject_keys(const json::Value& value, Policy& policy) {
  if (!value.is_array() || value.size() > k_rows_max) {
    return expected("subject_keys", "a list of tables");
  }
  for (const json::Value& row : value) {
    if (!row.is_object() || row.size() != 2 || !row.contains("subject") || !row.contains("keys") ||
        !row["subject"].is_string()) {
      return expected("subject_keys", "a list of tables { subject, keys }");
    }
    SubjectKeys rule{row["subject"].get<std::string>(), {}};
    SOURCEOS_TRY_ASSIGN(const auto keys, texts_of("keys", row["keys"]));
    for (const std::string& key : keys) {
      SOURCEOS_TRY_ASSIGN(const bundle::Digest digest, bundle::Digest::parse(key));
      rule.keys.push_back(digest);
    }
    policy.subject_keys.push_back(std::move(rule));
  }
  return {};
}

Status read_field(const std::string& key, const json::Value& value, Policy& policy) {
  for (const auto& [name, flag] : k_flags) {
    if (key == name) {
      if (!value.is_boolean()) {
        return expected(key, "true or false");
      }
      policy.*flag = value.get<bool>();
      return {};
    }
  }
  for (const auto& [name, number] : k_numbers) {
    if (key == name) {
      if (!value.is_number_integer() || value.get<std::int64_t>() < 0) {
        return expected(key, "a number");
      }
      policy.*number = value.get<std::uint64_t>();
      return {};
    }
  }
  for (const auto& [name, list] : k_lists) {
    if (key == name) {
      SOURCEOS_TRY_ASSIGN(policy.*list, texts_of(key, value));
      return {};
    }
  }
  if (key == "name") {
    if (!value.is_string()) {
      return expected(key, "a string");
    }
    policy.name = value.get<std::string>();
    return {};
  }
  if (key == "tools") {
    return read_tools(value, policy);
  }
  if (key == "subject_keys") {
    return read_subject_keys(value, policy);
  }
  return malformed("there is an unknown demand '" + key + "' in the policy");
}

Result<Policy> read_policy(const json::Value& value) {
  if (!value.is_object()) {
    return malformed("expected a policy");
  }
  Policy policy;
  for (const auto& [key, item] : value.items()) {
    SOURCEOS_TRY(read_field(key, item, policy));
  }
  return policy;
}

Result<Policy> parse_signed(std::string_view text, const Trust* trust) {
  SOURCEOS_TRY_ASSIGN(const bundle::Envelope envelope, bundle::parse_envelope(text));
  if (envelope.payload_type != k_policy_payload_type) {
    return malformed("expected a policy, there is another type of envelope");
  }
  if (trust == nullptr || trust->source != Trust::Source::file) {
    return fail(Error(ErrorKind::refused, "untrusted-key",
                      "a signed policy needs a trust file whose roots signed it")
                    .with_next("add --trust FILE"));
  }
  SOURCEOS_TRY(check_root_signatures(trust->document, envelope));
  SOURCEOS_TRY_ASSIGN(const json::Value value, json::parse_canonical(envelope.payload));
  return read_policy(value);
}

Result<Policy> parse_plain(std::string_view text) {
  SOURCEOS_TRY_ASSIGN(const json::Value value, toml::parse(text));
  return read_policy(value);
}

}  // namespace

Result<Policy> parse_policy(std::string_view text, const Trust* trust) {
  auto policy = text.starts_with('{') ? parse_signed(text, trust) : parse_plain(text);
  if (policy) {
    policy->digest = bundle::sha256(text);
  }
  return policy;
}

Result<Policy> load_policy(const std::filesystem::path& path, const Trust* trust) {
  SOURCEOS_TRY_ASSIGN(const std::string text,
                      host::read_file(path, limits::k_config_file_bytes_max));
  return parse_policy(text, trust);
}

json::Value to_value(const Policy& policy) {
  json::Value value = {{"name", policy.name}};
  for (const auto& [name, flag] : k_flags) {
    if (policy.*flag) {
      value[name] = true;
    }
  }
  for (const auto& [name, number] : k_numbers) {
    if (policy.*number) {
      value[name] = *(policy.*number);
    }
  }
  for (const auto& [name, list] : k_lists) {
    if (!(policy.*list).empty()) {
      value[name] = policy.*list;
    }
  }
  for (const ToolMinimum& tool : policy.tools) {
    json::Value row = {{"name", tool.name}};
    if (!tool.version.empty()) {
      row["version"] = tool.version;
    }
    if (!tool.sha256.empty()) {
      row["sha256"] = tool.sha256;
    }
    value["tools"].push_back(std::move(row));
  }
  for (const SubjectKeys& rule : policy.subject_keys) {
    json::Value keys = json::Value::array();
    for (const bundle::Digest& key : rule.keys) {
      keys.push_back(key.text());
    }
    value["subject_keys"].push_back({{"subject", rule.subject}, {"keys", std::move(keys)}});
  }
  return value;
}

}  // namespace sourceos::verify
