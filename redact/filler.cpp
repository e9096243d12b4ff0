// Fillers: what stands where a secret could and is none (`is_placeholder` of confirm.hpp).
#include <algorithm>
#include <array>
#include <string>

#include "core/text.hpp"
#include "redact/confirm.hpp"
#include "redact/secret_value.hpp"

namespace sourceos::redact {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What stands at the begin of a filler: `your-token-here`, `<token>`, `changeme`.
constexpr auto k_filler_begins = std::to_array<std::string_view>({
    "your-", "your_", "your ", "yourp", "yours", "yourt", "yourk", "youra", "<your",  "enter-", "enter_",  "enter ",      "insert", "put-",    "put_",    "replace",
    "change-me", "change_me", "changeme", "todo", "fixme", "placeholder", "dummy", "example_", "example-",
    "sample_", "sample-", "redacted", "[redacted", "(redacted", "omitted", "removed", "xxx", "not-", "not_", "no-", "insert", "abcdef1234", "test1234", "test-", "test_"});
constexpr auto k_fillers = std::to_array<std::string_view>({"example", "sample", "test", "testing", "foo", "bar",
                                                    "foobar", "baz", "none", "tbd", "hunter", "n/a", "changeit", "scram-sha-256", "scram-sha-1", "scram-sha-512", "sha-256", "sha256", "sha512", "argon2id", "argon2",
                                                    "pbkdf2", "bcrypt", "sha512crypt", "md5crypt"});

// `^3.0.0`, `~1.2`, `2.10.3.1`.
bool is_version(std::string_view value) {
  if (value.starts_with('^') || value.starts_with('~') || value.starts_with('v')) {
    value.remove_prefix(1);
  }
  return value.find('.') != std::string_view::npos &&
         std::ranges::all_of(value, [](char c) { return is_digit(c) || c == '.'; });
}

bool is_one_byte_repeated(std::string_view value) {
  return value.find_first_not_of(value.front()) == std::string_view::npos;
}

bool is_only_marks(std::string_view value) {
  return std::ranges::none_of(value, [](char c) { return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80; });
}

// `$NAME`, `$name`, `%NAME%`, `$env:NAME`, `:name`, `@name@`.
bool is_variable(std::string_view value) {
  while (!value.empty() && (value.front() == '\\' || value.front() == '\'' || value.front() == '"')) {
    value.remove_prefix(1);
  }
  while (value.starts_with("$$")) {
    value.remove_prefix(1);  // a sign for itself, where another program reads the text first
  }
  if (value.size() > 2 && (value.front() == '%' || value.front() == '@') && value.back() == value.front()) {
    return true;
  }
  if (value.size() < 2 || value.front() != '$' || !(is_letter(value[1]) || value[1] == '_')) {
    return false;
  }
  const std::size_t end = std::min(
      static_cast<std::size_t>(std::ranges::find_if_not(value.substr(1), [](char c) {
                                 return is_letter(c) || is_digit(c) || c == '_' || c == ':';
                               }) - value.substr(1).begin()),
      value.size() - 1);
  const std::string_view rest = value.substr(1 + end);
  return rest.empty() || std::string_view(" ./[-,)'\"").contains(rest.front());
}

// A name stands behind one of the signs, as in `{{ vault_pw }}` and `${NAME:-x}`, also where the end is torn off.
bool opens_template(std::string_view value) {
  for (const std::string_view mark : {"${", "$(", "#{", "{{", "<%", "%(", "@{"}) {
    for (std::size_t at = value.find(mark); at != std::string_view::npos; at = value.find(mark, at + 1)) {
      const std::string_view inner = value.substr(at + mark.size());
      const auto end = std::ranges::find_if_not(inner, [](char c) {
        return is_letter(c) || is_digit(c) || std::string_view(" _.-").contains(c);
      });
      const std::string_view rest = inner.substr(static_cast<std::size_t>(end - inner.begin()));
      const bool stray = !rest.empty() && (rest.front() == ']' || (mark == "{{" && rest.front() == '}' && !rest.starts_with("}}")));
      if (!stray || brackets_of(value) == Brackets::balanced) {
        return true;
      }
    }
  }
  return false;
}

bool holds_template(std::string_view value) {
  // Of a pattern: `[a-z0-9-]{1,63}`.
  for (const std::string_view mark : {"a-z", "A-Z", "[0-9", "\\d+", "(?:", "(?P"}) {
    if (value.find(mark) != std::string_view::npos) {
      return true;
    }
  }
  if (value.find("}}") != std::string_view::npos && value.find("{{") == std::string_view::npos) {
    return true;
  }
  if (value.starts_with("\\s") || value.starts_with("\\f")) {
    return true;  // of a manual's source
  }
  const bool counts = value.find_first_of("[(*+^$|?") != std::string_view::npos;
  for (const std::string_view mark : {"\\w", "\\s", "\\b"}) {
    if (counts && value.find(mark) != std::string_view::npos) {
      return true;
    }
  }
  if (opens_template(value)) {
    return true;
  }
  constexpr std::size_t k_format_bytes_max = 40;
  for (const std::string_view format : {"%s", "%d", "%v"}) {
    const std::size_t at = value.find(format);
    if (value.size() < k_format_bytes_max && at != std::string_view::npos) {
      const bool inside = at > 0 && is_letter(value[at - 1]) && at + 2 < value.size() && is_letter(value[at + 2]);
      if (!inside) {
        return true;
      }
    }
  }
  for (const std::string_view php : {"$_POST", "$_GET", "$_SERVER", "$_ENV", "$_REQUEST", "$_SESSION", "$_COOKIE"}) {
    if (value.find(php) != std::string_view::npos) {
      return true;
    }
  }
  return value == "%s" || value == "%v" || value == "%q" || value == "%d" || value == "{}" || value == "?";
}

bool is_bracketed(std::string_view value) {
  if (value.size() < 2) {
    return false;
  }
  const char first = value.front();
  const char last = value.back();
  if (first == '%' && value[2 < value.size() ? 2 : 1] == '/') {
    return true;  // a specifier of a unit file, then a path
  }
  const bool pair = (first == '<' && last == '>') ||
                    (brackets_of(value) == Brackets::balanced && ((first == '[' && last == ']') || (first == '{' && last == '}') || (first == '(' && last == ')')));
  return pair || value.starts_with("&lt;") || value.starts_with("__") || value.starts_with("<");
}

// All zeros or all f, with or without dashes; `1234567890` and `abcd-1234` and the like.
bool is_filler_number(std::string_view lower) {
  std::string plain;
  for (const char c : lower) {
    if (c != '-' && c != ':') {
      plain += c;
    }
  }
  return plain.empty() || is_one_byte_repeated(plain) || std::string_view("01234567890123456789").starts_with(plain) ||
         std::string_view("12345678901234567890").starts_with(plain) || std::string_view("abcdef1234567890").starts_with(plain) ||
         std::string_view("abcd1234").starts_with(plain) || plain == "test123";
}

// `\eab5`: a sign of an icon font.
bool is_escaped_sign(std::string_view value) {
  constexpr std::size_t k_digits_max = 6;
  const std::size_t digits = std::min(value.find_first_not_of('\\'), value.size());
  return digits > 0 && value.size() - digits <= k_digits_max &&
         value.find_first_not_of("0123456789abcdefABCDEF", digits) == std::string_view::npos;
}

// `0123456789abcdefghijklmnopqrstuvwxyz`: what a value may be made of.
bool is_alphabet(std::string_view value) {
  value.remove_prefix(value.starts_with("0123456789") ? 10 : 0);
  return value.starts_with("abcdefghijklmnopqrstuvwxyz") || value.starts_with("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

bool is_own_placeholder(std::string_view value) { return value.find("REDACTED-") != std::string_view::npos; }

bool refers_to_store(std::string_view value) {
  static constexpr auto k_begins = std::to_array<std::string_view>({
      "vault:",      "ref+",        "op://",         "secretref:",  "env.",     "env:",      "process.env",
      "os.environ",  "file:",       "file://",       "/run/secrets", "/var/run/secrets", "secretsmanager:", "ssm:",
      "keyring:",    "projects/",   "arn:aws:secretsmanager", "!vault", "!secret", "!ref",   "!sub", "@microsoft.keyvault"});
  const std::string head = text::ascii_lower(value.substr(0, 24));
  return std::ranges::any_of(k_begins, [&head](std::string_view begin) { return head.starts_with(begin); });
}

}  // namespace

bool is_sample_pair(std::string_view before, std::string_view value) {
  static constexpr auto k_values = std::to_array<std::string_view>({"password", "pass", "passwd", "pwd", "token"});
  static constexpr auto k_users = std::to_array<std::string_view>({"user:", "username:", "login:", "://:", "account:", "u:"});
  constexpr std::size_t k_user_bytes_max = 12;
  const std::string near = text::ascii_lower(before.substr(before.size() - std::min(before.size(), k_user_bytes_max)));
  return text::is_one_of(text::ascii_lower(value), k_values) &&
         std::ranges::any_of(k_users, [&near](std::string_view user) { return near.ends_with(user); });
}

bool is_sample_url(std::string_view url) {
  const std::size_t begin = url.find("://");
  const std::size_t end = url.rfind('@');
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) {
    return false;
  }
  const std::size_t colon = url.find(':', begin + 3);
  if (colon >= end) {
    return false;
  }
  static constexpr auto k_hosts = std::to_array<std::string_view>({"localhost", "127.", "host", "your", "server"});
  const std::string_view password = url.substr(colon + 1, end - colon - 1);
  const std::string host = text::ascii_lower(url.substr(end + 1, 10));
  const bool nowhere = std::ranges::any_of(k_hosts, [&host](std::string_view name) { return host.starts_with(name); });
  return (nowhere && is_sample_pair(url.substr(0, colon + 1), password)) || (password.size() > 2 && is_placeholder(password) && !is_common_word(password));
}

bool is_placeholder(std::string_view value) {
  value = text::trim(value);
  if (value.empty() || is_one_byte_repeated(value) || is_only_marks(value) || is_variable(value) ||
      holds_template(value) || is_bracketed(value) || is_own_placeholder(value) || is_alphabet(value) || is_escaped_sign(value) || refers_to_store(value) || is_version(value)) {
    return true;
  }
  const std::string lower = text::ascii_lower(value);
  if (std::ranges::any_of(k_filler_begins, [&lower](std::string_view begin) { return lower.front() == begin.front() && lower.starts_with(begin); })) {
    return true;
  }
  if (is_filler_number(lower)) {
    return true;
  }
  if (lower.find("****") != std::string::npos || lower.find("xxxxxx") != std::string::npos ||
      lower.find("....") != std::string::npos || lower.ends_with("...") || lower.ends_with("-here") ||
      lower.ends_with("_here") || lower.ends_with("placeholder")) {
    return true;
  }
  return text::is_one_of(lower, k_fillers) || is_common_word(lower);
}

}  // namespace sourceos::redact
