#include "redact/secret_value.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/text.hpp"
#include "redact/confirm.hpp"

namespace sourceos::redact {

namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_lower(c) || is_upper(c); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

template <std::size_t N>
bool one_of(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::ranges::find(list, word) != list.end();
}

constexpr auto k_common_words = std::to_array<std::string_view>({
    "null", "none", "nil", "true", "false", "undefined", "empty", "yes", "no", "on", "off", "required", "optional",
    "string", "str", "integer", "int", "number", "boolean", "bool", "object", "array", "text", "bytes", "byte", "char",
    "void", "any", "default", "unset", "set", "missing", "invalid", "valid", "incorrect", "wrong", "expired",
    "expires", "changed", "change", "changes", "failed", "failure", "failures", "rejected", "accepted", "denied", "ok",
    "error", "errors", "unknown", "unchanged", "unavailable", "not", "is", "was", "for", "from", "must", "should",
    "can", "cannot", "will", "has", "have", "and", "or", "the", "this", "that", "your", "you", "please", "enter",
    "password", "passwd", "passphrase", "secret", "token", "key", "apikey", "username", "user", "login", "account",
    "prompt", "ask", "hidden", "redacted", "masked", "removed", "filtered", "encrypted", "hashed", "plain",
    "plaintext", "disabled", "enabled", "value", "values", "type", "file", "stdin", "env", "environment", "vault",
    "read", "reading", "loading", "loaded", "using", "used", "use", "with", "without", "found", "received", "sent",
    "created", "updated", "deleted", "revoked", "refreshed", "rotated", "generated", "provided", "supplied", "given",
    "present", "absent", "same", "self", "new", "old", "current", "reset", "forgot", "sufficient", "requisite",
    "include", "option", "options", "flag", "flags", "argument", "arguments", "parameter", "parameters", "to", "in",
    "if", "are", "when", "switch", "instead", "entry", "entries", "field", "fields", "pass", "pwd", "needed", "protected",
    "authentication", "auth", "mismatch", "match", "matches", "bearer", "basic", "negotiate"});

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

bool holds_template(std::string_view value) {
  // Of a pattern: `[a-z0-9-]{1,63}`.
  for (const std::string_view mark : {"a-z", "A-Z", "[0-9", "\\d+", "\\w", "\\s", "\\b", "(?:", "(?P", "}}"}) {
    if (value.find(mark) != std::string_view::npos) {
      return true;
    }
  }
  for (const std::string_view mark : {"${", "$(", "#{", "{{", "<%", "%(", "@{", "${{"}) {
    if (value.find(mark) != std::string_view::npos) {
      return true;
    }
  }
  constexpr std::size_t k_format_bytes_max = 40;
  for (const std::string_view format : {"%s", "%d", "%v"}) {
    if (value.size() < k_format_bytes_max && value.find(format) != std::string_view::npos) {
      return true;
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
  const bool pair = (first == '<' && last == '>') || (first == '[' && last == ']') || (first == '{' && last == '}') ||
                    (first == '(' && last == ')');
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

Shape shape_of(std::string_view value) {
  Shape shape;
  for (const char c : value) {
    if (is_lower(c)) {
      ++shape.lower;
    } else if (is_upper(c)) {
      ++shape.upper;
    } else if (is_digit(c)) {
      ++shape.digits;
    } else if (c == ' ' || c == '\t') {
      ++shape.spaces;
    } else {
      ++shape.marks;
    }
  }
  return shape;
}

bool is_uuid(std::string_view value) {
  if (value.size() != 36) {
    return false;
  }
  for (std::size_t at = 0; at < value.size(); ++at) {
    const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
    if (dash ? value[at] != '-' : !is_hex(value[at])) {
      return false;
    }
  }
  return true;
}

// A long run of letters that no language has: many consonants in a row, or hardly a vowel.
bool is_gibberish(std::string_view letters) {
  constexpr std::size_t k_gibberish_bytes_min = 20;
  constexpr unsigned k_consonants_in_a_row = 6;
  if (letters.size() < k_gibberish_bytes_min || !std::ranges::all_of(letters, is_letter)) {
    return false;
  }
  unsigned row = 0;
  unsigned longest = 0;
  unsigned vowels = 0;
  for (const char c : letters) {
    const bool vowel = std::string_view("aeiouyAEIOUY").contains(c);
    vowels += vowel ? 1U : 0U;
    row = vowel ? 0 : row + 1;
    longest = std::max(longest, row);
  }
  return longest >= k_consonants_in_a_row || vowels * 6 < letters.size();
}

bool is_identifier(std::string_view value) {
  if (is_gibberish(value)) {
    return false;
  }
  if (value.empty() || !(is_letter(value.front()) || value.front() == '_')) {
    return false;
  }
  unsigned words = 1;
  unsigned letters = 0;
  unsigned digits = 0;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const char c = value[at];
    if (std::string_view("_-.:/").contains(c)) {
      ++words;
      digits = 0;
    } else if (is_letter(c)) {
      if (digits > 0) {
        return false;
      }
      ++letters;
      words += at > 0 && is_upper(c) && is_lower(value[at - 1]) ? 1U : 0U;
    } else if (!is_digit(c) || ++digits > 2) {
      return false;  // up to two digits at a word's end number a thing
    }
  }
  return letters >= 3 * words;
}

// lower, UPPER, Capital or camelCase of two letters and more a hump.
bool is_plain_word(std::string_view part) {
  unsigned humps = 0;
  for (std::size_t at = 1; at < part.size(); ++at) {
    humps += is_upper(part[at]) && is_lower(part[at - 1]) ? 1U : 0U;
  }
  const bool shouted = std::ranges::all_of(part, is_upper);
  return part.size() >= 2 && std::ranges::all_of(part, is_letter) && (shouted || part.size() >= 4 * humps + 2) &&
         (shouted || std::ranges::count_if(part, is_upper) <= static_cast<std::ptrdiff_t>(humps) + 1);
}

// `nettle_aes256_set_key`, `self._lib.NID_aes_256_cbc`: most parts are words.
bool is_code_name(std::string_view value) {
  constexpr unsigned k_parts_min = 3;
  unsigned parts = 0;
  unsigned words = 0;
  std::size_t from = 0;
  for (std::size_t at = 0; at <= value.size(); ++at) {
    if (at < value.size() && value[at] != '_' && value[at] != '.') {
      if (!is_letter(value[at]) && !is_digit(value[at])) {
        return false;
      }
      continue;
    }
    const std::string_view part = value.substr(from, at - from);
    from = at + 1;
    parts += part.empty() ? 0U : 1U;
    words += is_plain_word(part) ? 1U : 0U;
  }
  return parts >= k_parts_min && words * 3 >= parts * 2;
}

bool is_code(std::string_view value) {
  if (value.empty()) {
    return false;
  }
  if (is_code_name(value) || (value.starts_with("0x") && value.size() <= 14)) {
    return true;
  }

  if (value.find("->") != std::string_view::npos || value.find("::") != std::string_view::npos ||
      value.find("=>") != std::string_view::npos ||
      (value.ends_with("()") && is_letter(value.front()))) {
    return true;
  }
  if (const std::size_t open = value.find_first_of("(["); open != std::string_view::npos && open > 0) {
    const std::string_view head = value.substr(0, open);
    return std::ranges::all_of(head, [](char c) { return is_letter(c) || is_digit(c) || std::string_view("_.$").contains(c); }) &&
           (is_letter(head.back()) || head.back() == '_');
  }
  if (value.front() == '&' || value.front() == '*' || value.front() == '!') {
    return is_identifier(value.substr(1)) && value.size() > 6;
  }
  const std::size_t dot = value.find('.');
  if (dot == std::string_view::npos || dot == 0) {
    return false;
  }
  // member.of.something: every part a name without digits inside.
  for (const std::string_view part : text::split(value, '.')) {
    if (part.empty() || !std::ranges::all_of(part, [](char c) { return is_letter(c) || c == '_' || c == '$'; })) {
      return false;
    }
  }
  return true;
}

bool is_location(std::string_view value) {
  if (value.find("://") != std::string_view::npos) {
    return true;
  }
  if (value.find('/') == std::string_view::npos && !value.starts_with("~") && value.find('\\') == std::string_view::npos) {
    return false;
  }
  if (value.starts_with("./") || value.starts_with("../") || value.starts_with("~/")) {
    return true;
  }
  const bool rooted = value.starts_with("/") || value.starts_with("./") || value.starts_with("../") ||
                      value.starts_with("~") || (value.size() > 2 && value[1] == ':' && value[2] == '\\');
  // Turns between small and capital letters as base 64 has them, not names.
  const auto is_scrambled = [](std::string_view part) {
    unsigned turns = 0;
    for (std::size_t at = 1; at < part.size(); ++at) {
      turns += is_letter(part[at]) && is_letter(part[at - 1]) && is_lower(part[at]) != is_lower(part[at - 1]) ? 1U : 0U;
    }
    return turns * 3 > part.size() && turns >= 4;
  };
  unsigned names = 0;
  for (const std::string_view part : text::split(value, value.find('/') == std::string_view::npos ? '\\' : '/')) {
    const Shape shape = shape_of(part);
    if (part.size() >= 12 && shape.digits >= 2 && shape.upper >= 2 && shape.lower >= 2) {
      return false;
    }
    const std::string_view name = part.starts_with('.') ? part.substr(1) : part;  // a hidden file
    names += is_identifier(name) && !is_scrambled(name) ? 1U : 0U;
  }
  return rooted || value.starts_with('.') ? names > 0 : names > 1;
}

bool is_common_word(std::string_view value) {
  const std::string lower = text::ascii_lower(value);
  return one_of(lower, k_common_words);
}

bool is_random(std::string_view value, std::size_t length_min) {
  if (value.size() < length_min) {
    return false;
  }
  const Shape shape = shape_of(value);
  if (shape.spaces > 0 || shape.lower + shape.upper + shape.digits < value.size() / 2) {
    return false;
  }
  const double entropy = entropy_per_character(value);
  if (shape.digits > 0 && shape.lower + shape.upper > 0) {
    return entropy >= 2.5;
  }
  // Letters alone: capitals in the middle of words, more often than names have them.
  unsigned turns = 0;
  for (std::size_t at = 1; at < value.size(); ++at) {
    turns += is_lower(value[at]) != is_lower(value[at - 1]) && is_letter(value[at]) && is_letter(value[at - 1]) ? 1U : 0U;
  }
  return shape.digits == 0 && value.size() >= 16 && turns * 3 > value.size() && entropy >= 3.2;
}

bool is_placeholder(std::string_view value) {
  value = text::trim(value);
  if (value.empty() || is_one_byte_repeated(value) || is_only_marks(value) || is_variable(value) ||
      holds_template(value) || is_bracketed(value) || is_own_placeholder(value) || refers_to_store(value) || is_version(value)) {
    return true;
  }
  const std::string lower = text::ascii_lower(value);
  if (std::ranges::any_of(k_filler_begins, [&lower](std::string_view begin) { return lower.starts_with(begin); })) {
    return true;
  }
  if (is_filler_number(lower)) {
    return true;
  }
  if (lower.find("****") != std::string::npos || lower.find("xxxxxx") != std::string::npos ||
      lower.find("....") != std::string::npos || lower.ends_with("...") || lower.ends_with("-here") ||
      lower.ends_with("_here")) {
    return true;
  }
  return one_of(lower, k_fillers) || one_of(lower, k_common_words);
}

bool is_public_identifier(std::string_view value) {
  static constexpr auto k_begins = std::to_array<std::string_view>({
      "sha256:", "sha512:", "sha1:",        "sha384:",        "md5:",        "SHA256:",    "sha256-", "sha384-", "sha512-",
      "AWS4-", "application/", "text/", "image/", "ssh-rsa ", "ssh-ed25519", "ecdsa-sha2-", "-----BEGIN CERTIFICATE", "-----BEGIN PUBLIC"});
  if (std::ranges::any_of(k_begins, [value](std::string_view begin) { return value.starts_with(begin); })) {
    return true;
  }
  return is_uuid(value) || value.starts_with("ssh-rsa") || value.starts_with("AAAAC3NzaC1lZDI1") || value.starts_with("AAAAB3NzaC1");
}

double entropy_per_character(std::string_view value) {
  std::array<unsigned, 256> counts{};
  for (const char c : value) {
    ++counts[static_cast<unsigned char>(c)];
  }
  double bits = 0;
  const auto size = static_cast<double>(value.size());
  for (const unsigned count : counts) {
    if (count > 0) {
      const double share = count / size;
      bits -= share * std::log2(share);
    }
  }
  return bits;
}

double estimated_bits(std::string_view value) {
  return entropy_per_character(value) * static_cast<double>(value.size());
}

}  // namespace sourceos::redact
