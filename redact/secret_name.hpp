// What a name says about its value. `class_of_name` of confirm.hpp is the short form.
#pragma once

#include <string_view>

namespace sourceos::redact {

enum class NameStrength : unsigned char {
  none,
  faint,     // a weak word with another behind it (`key_wrap`): only a long random string
  weak,      // `key`, `auth`, `salt`: only a value that looks random is a secret
  strong,    // `token`, `secret`, `api_key`
  password,  // any word may be one
};

struct NameMeaning {
  std::string_view klass;
  NameStrength strength = NameStrength::none;
};

[[nodiscard]] NameMeaning meaning_of_name(std::string_view name);

// The name's last word tells something else than a credential: `_id`, `_url`, `_sha`.
[[nodiscard]] bool is_about_something(std::string_view name);

}  // namespace sourceos::redact
