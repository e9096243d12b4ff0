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

}  // namespace

ValueShape shape_of(std::string_view value) {
  ValueShape shape;
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

// `userName`, `db_pass`, `MAX`: what of it stands between capitals can be said, or is short.
bool is_member(std::string_view part) {
  if (part.empty() || !std::ranges::all_of(part, [](char c) { return is_letter(c) || c == '_' || c == '$'; })) {
    return false;
  }
  if (std::ranges::none_of(part, is_lower) || std::ranges::none_of(part, is_upper)) {
    return true;
  }
  std::size_t from = 0;
  for (std::size_t at = 1; at <= part.size(); ++at) {
    const bool ends = at == part.size() || part[at] == '_' || (is_upper(part[at]) && is_lower(part[at - 1])) ||
                      (at + 1 < part.size() && is_upper(part[at]) && is_lower(part[at + 1]));
    if (!ends) {
      continue;
    }
    const std::string_view hump = part.substr(from, at - from);
    const bool spoken = hump.find_first_of("aeiouyAEIOUY") != std::string_view::npos && hump.size() >= 2;
    if (!spoken && !std::ranges::all_of(hump, is_upper) && hump.size() < 3 && from > 0) {
      return false;  // `Zx` is no word
    }
    if (hump.size() == 1 && at < part.size() && from > 0 && part[from - 1] != '_') {
      return false;
    }
    from = at;
  }
  return true;
}

// A part between marks turns between capitals and small letters as no name does: `utiTIizeqpDXOtJ`.
bool is_scrambled(std::string_view value) {
  constexpr std::size_t k_part_bytes_min = 5;
  for (std::size_t from = 0; from < value.size();) {
    const std::size_t to = std::min(value.find_first_of("_-.:/", from), value.size());
    std::string_view part = value.substr(from, to - from);
    while (!part.empty() && is_digit(part.back())) {
      part.remove_suffix(1);
    }
    if (part.size() >= k_part_bytes_min && std::ranges::all_of(part, is_letter) && !is_member(part)) {
      return true;
    }
    from = to + 1;
  }
  return false;
}

bool is_identifier(std::string_view value) {
  if (is_gibberish(value)) {
    return false;
  }
  if (value.empty() || !(is_letter(value.front()) || value.front() == '_')) {
    return false;
  }
  if (is_scrambled(value)) {
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

// The random part of `sk_production_...`: no name has so many digits in between.
bool is_made_run(std::string_view part) {
  constexpr std::size_t k_made_bytes_min = 20;
  const ValueShape shape = shape_of(part);
  return part.size() >= k_made_bytes_min && shape.digits >= 4 && shape.lower + shape.upper >= 4;
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
    if (is_made_run(part)) {
      return false;
    }
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
  if (value.front() == '&' || value.front() == '*' || value.front() == '!') {
    const bool tells = value.size() > 6 || (value.front() == '!' && std::ranges::none_of(value, is_digit));
    return tells && (is_identifier(value.substr(1)) || is_code(value.substr(1)));
  }
  if (const std::size_t open = value.find_first_of("(["); open != std::string_view::npos && open > 0) {
    const std::size_t close = value.find_first_of(")]", open);
    if (close != std::string_view::npos && close + 1 < value.size() && (is_letter(value[close + 1]) || is_digit(value[close + 1]))) {
      return false;  // nothing of code goes on like this behind a bracket
    }
    const std::string_view head = value.substr(0, open);
    return std::ranges::all_of(head, [](char c) { return is_letter(c) || is_digit(c) || std::string_view("_.$").contains(c); }) &&
           (is_letter(head.back()) || head.back() == '_');
  }
  const std::size_t dot = value.find('.');
  if (dot == std::string_view::npos || dot == 0) {
    return false;
  }
  // member.of.something: every part a name without digits inside.
  return std::ranges::all_of(text::split(value, '.'), is_member);
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
  if (value.find("+/") != std::string_view::npos || value.find("/+") != std::string_view::npos) {
    return false;  // base 64
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
    const ValueShape shape = shape_of(part);
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
  return text::is_one_of(lower, k_common_words);
}

bool is_random(std::string_view value, std::size_t length_min) {
  if (value.size() < length_min) {
    return false;
  }
  const ValueShape shape = shape_of(value);
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

Brackets brackets_of(std::string_view value) {
  std::string open;
  bool torn = false;
  for (const char c : value) {
    if (std::string_view("({[").contains(c)) {
      open += c == '(' ? ')' : c == '{' ? '}' : ']';
    } else if (std::string_view(")}]").contains(c)) {
      if (open.empty()) {
        torn = true;
      } else if (open.back() != c) {
        return Brackets::crossed;
      } else {
        open.pop_back();
      }
    }
  }
  return torn || !open.empty() ? Brackets::torn : Brackets::balanced;
}

}  // namespace sourceos::redact
