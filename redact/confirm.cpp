// The chain of redact/confirm.hpp. Rules of issuers need little: extend the span, checksum,
// entropy. Rules for names and values read the assignment (assignment.hpp) and weigh how sure the
// name is (secret_name.hpp) against how the value looks (secret_value.hpp).
#include "redact/confirm.hpp"

#include <algorithm>
#include <string>

#include "core/text.hpp"
#include "redact/assignment.hpp"
#include "redact/checksum.hpp"
#include "redact/secret_name.hpp"
#include "redact/secret_value.hpp"

namespace sourceos::redact {

namespace {

constexpr std::size_t k_password_bytes_min = 4;
constexpr std::size_t k_token_bytes_min = 8;
constexpr std::size_t k_weak_bytes_min = 15;
constexpr std::size_t k_faint_bytes_min = 24;

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool belongs_to(Extend extend, char c) {
  switch (extend) {
    case Extend::none: return false;
    case Extend::b64: return is_alnum(c) || c == '+' || c == '/' || c == '=';
    case Extend::b64url: return is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '=';
    case Extend::word: return is_alnum(c) || c == '_';
    case Extend::graph: return c > ' ' && c < 0x7f && !std::string_view("\"'`<>\\,;").contains(c);
  }
  return false;
}

Confirmed refused(std::string_view by) { return {.verdict = Verdict::refused, .by = by}; }
Confirmed taken(const Candidate& candidate, std::string_view by, Verdict verdict = Verdict::confirmed) {
  return {.verdict = verdict, .from = candidate.from, .to = candidate.to, .by = by};
}

// A secret that reaches the match's end goes on in its alphabet.
void extend_span(const Rule& rule, Candidate& candidate) {
  if (rule.extend == Extend::none || candidate.to != candidate.match.size()) {
    return;
  }
  for (const char c : candidate.after) {
    if (!belongs_to(rule.extend, c)) {
      break;
    }
    ++candidate.to;
  }
}

bool holds_private_key(std::string_view base64) {
  constexpr std::size_t k_first_line_base64_bytes = 64;
  const auto decoded = base64_any(base64.substr(0, std::min(base64.size(), k_first_line_base64_bytes) / 4 * 4));
  return decoded && decoded->find("PRIVATE") != std::string::npos;
}

bool is_user_and_password(std::string_view base64) {
  const auto decoded = base64_any(base64);
  return decoded && decoded->find(':') != std::string::npos &&
         std::ranges::all_of(*decoded, [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
}

// --- values under names

// Spaces in a password: few words, none of them of the kind that stands in messages.
bool is_phrase(std::string_view value) {
  const auto words = text::split(value, ' ');
  return words.size() <= 2 && std::ranges::none_of(words, [](std::string_view word) {
           return word.empty() || is_common_word(word) || std::string_view(":.?!").contains(word.back());
         });
}

// The rest of an expression or a selector, read from inside a string of code: `"+new X(`, `.$p[`.
bool is_continued(std::string_view value) {
  const bool joined = value.size() > 1 && std::string_view("+.,#?&|)").contains(value.front());
  return joined && (is_identifier(value.substr(1)) || value.find_first_of("([$ ") != std::string_view::npos ||
                    value.back() == ':');
}

// `db_password`, `challengePassword`: a name of a password, not one.
bool joins_words(std::string_view value) {
  if (value.find_first_of("_- .") != std::string_view::npos) {
    return true;
  }
  const bool lower_first = !value.empty() && value.front() >= 'a' && value.front() <= 'z';
  return lower_first && std::ranges::any_of(value, [](char c) { return c >= 'A' && c <= 'Z'; });
}

// A piece of an expression: a bracket closes that was opened before, or one opens a block.
bool is_torn(std::string_view value) {
  const std::size_t close = value.find(')');
  return value.starts_with('{') ||
         (close != std::string_view::npos && close + 1 < value.size() && value.find('(') == std::string_view::npos);
}

// Words in which nobody speaks: a salt or a phrase of random parts, `f8!k Zq2- x`.
bool is_random_phrase(std::string_view value) {
  constexpr std::size_t k_phrase_bytes_min = 32;
  const Shape shape = shape_of(value);
  return value.size() >= k_phrase_bytes_min && value.find(": ") == std::string_view::npos && shape.digits >= 3 && shape.upper >= 3 && shape.lower >= 3 &&
         shape.spaces * 10 <= value.size() && is_random(text::split(value, ' ').front(), k_token_bytes_min);
}

bool is_password_value(const Assignment& found, std::string_view value) {
  const Shape shape = shape_of(value);
  const bool words_only = shape.digits == 0 && (shape.marks == 0 || is_identifier(value));
  if (value.size() < k_password_bytes_min || is_location(value) || is_continued(value)) {
    return false;
  }
  if (shape.spaces > 0 && !is_phrase(value)) {
    return false;
  }
  if (found.name == "pass" && (words_only || is_common_word(value))) {
    return false;  // the verb, and a verdict
  }
  if (value.starts_with("--") && (found.joint == Joint::space || found.joint == Joint::argument)) {
    return false;  // the next option
  }
  switch (found.joint) {
    case Joint::beside: return false;
    case Joint::space:
      if (found.name == "pass" && shape.digits == 0) {
        return false;  // the verb
      }
      break;
    case Joint::argument:
      return found.quoting == Quoting::quoted && shape.spaces == 0 && !is_identifier(value) && !is_code(value) &&
             value.size() >= 6;
    case Joint::words: return found.quoting == Quoting::quoted || (shape.mixed() && value.size() >= 6 && !is_identifier(value)) || (!words_only && shape.marks > 0 && shape.digits > 0);
    case Joint::comparison: return found.quoting == Quoting::quoted;
    default: break;
  }
  if (found.quoting == Quoting::quoted || found.joint == Joint::markup || found.joint == Joint::pair) {
    return !(words_only && meaning_of_name(value).strength == NameStrength::password && joins_words(value));
  }
  if (is_code(value) || is_torn(value)) {
    return false;
  }
  if (!words_only) {
    return shape.lower + shape.upper > 0 || shape.digits >= k_password_bytes_min;
  }
  // A bare word: only where the line ends with it or where no code is written.
  const bool about_names = meaning_of_name(value).strength != NameStrength::none;
  if (about_names || (found.joint == Joint::colon && value.size() < 5)) {
    return false;
  }
  const bool member = found.name.starts_with("self.") || found.name.starts_with("this.") || found.name.starts_with('_');
  return !member && (found.ends_line || (!found.spaced && found.joint == Joint::equals));
}

bool is_strong_value(const Assignment& found, std::string_view value) {
  Shape shape = shape_of(value);
  if (value.find('\n') != std::string_view::npos) {
    shape.spaces = 0;  // a long run folded over lines
  }
  if (found.quoting == Quoting::quoted && is_random_phrase(value)) {
    return true;
  }
  if (value.size() < k_token_bytes_min || shape.spaces > 0 || is_location(value)) {
    return false;
  }
  if (found.joint == Joint::argument && found.quoting == Quoting::bare) {
    return false;
  }
  // The name of a secret, not one: `age-secret-key-1`.
  if (shape.upper == 0 && shape.digits <= 2 && meaning_of_name(value).strength != NameStrength::none) {
    return false;
  }
  if (found.joint == Joint::comparison && found.quoting == Quoting::quoted) {
    return true;
  }
  if (found.joint == Joint::beside && (shape.upper < 2 || shape.lower < 2 || shape.digits < 2)) {
    return false;
  }
  if (is_identifier(value) || is_continued(value)) {
    return false;
  }
  if (found.quoting == Quoting::bare && is_code(value)) {
    return false;
  }
  if (is_uuid(value)) {
    return true;
  }
  if (shape.lower + shape.upper == 0) {
    return shape.digits >= 16;
  }
  if (shape.digits == 0) {
    const bool quoted = found.quoting == Quoting::quoted;
    if (quoted && value.size() >= 12 && value.find_first_of("#!@%^&*?+=~$") != std::string_view::npos) {
      return true;
    }
    return is_random(value, 16) || (shape.marks >= 2 && value.size() >= 12) || (value.size() >= 20 && shape.marks == 0 && (shape.upper == 0 || shape.lower == 0) && entropy_per_character(value) > 3.4);
  }
  return entropy_per_character(value) >= 1.8;
}

bool is_weak_value(const Assignment& found, std::string_view value, std::string_view klass) {
  const Shape shape = shape_of(value);
  if (found.quoting == Quoting::quoted && is_random_phrase(value)) {
    return true;
  }
  const std::size_t least = klass == "token" ? 12 : klass == "session" ? 20 : k_weak_bytes_min;
  if (value.size() < least || shape.spaces > 0 || is_uuid(value) || is_location(value) || is_identifier(value)) {
    return false;
  }
  if (found.quoting == Quoting::bare && value.find_first_of("()&!{};,[]$*<>\"'") != std::string_view::npos) {
    return false;
  }
  if (found.joint == Joint::words || found.joint == Joint::beside || (found.joint == Joint::argument && value.size() < 32)) {
    return false;
  }
  if (is_code(value) || (value.starts_with("0x") && value.size() < 34)) {
    return false;
  }
  return is_random(value, least) && entropy_per_character(value) >= 2.8;
}

bool is_secret_under(const NameMeaning& meaning, const Assignment& found, std::string_view value) {
  if (found.numbers) {
    return meaning.strength > NameStrength::faint;
  }
  if (is_placeholder(value)) {
    return false;
  }
  switch (meaning.strength) {
    case NameStrength::none: return false;
    case NameStrength::faint:
      return found.quoting == Quoting::quoted && value.size() >= k_faint_bytes_min && !is_public_identifier(value) &&
             is_weak_value(found, value, meaning.klass);
    case NameStrength::password: return is_password_value(found, value);
    case NameStrength::strong: return !value.starts_with("sha256:") && is_strong_value(found, value);
    case NameStrength::weak: return !is_public_identifier(value) && is_weak_value(found, value, meaning.klass);
  }
  return false;
}

// `checksum/secret: ...` is a digest of one; `"--password", help="..."` an option being declared.
bool describes(std::string_view text, const Assignment& found) {
  const std::string_view before = text.substr(0, static_cast<std::size_t>(found.name.data() - text.data()));
  for (const std::string_view word : {"checksum/", "hash/", "digest/"}) {
    if (before.ends_with(word)) {
      return true;
    }
  }
  const std::string_view value = text.substr(found.from, found.to - found.from);
  const std::size_t sign = value.find('=');
  if (found.quoting == Quoting::bare && sign != std::string_view::npos && sign > 0 &&
      is_identifier(value.substr(0, sign)) && meaning_of_name(value.substr(0, sign)).strength > NameStrength::weak) {
    return true;  // another name and its value
  }
  return found.quoting == Quoting::bare && sign != std::string_view::npos && sign + 1 == value.size() &&
         is_identifier(value.substr(0, sign)) && found.to < text.size() && (text[found.to] == '"' || text[found.to] == '\'');
}

Confirmed confirm_named(const Candidate& candidate, const Assignment& found, std::string_view text) {
  if (!found.found()) {
    return refused("no-value");
  }
  const std::string_view value = text.substr(found.from, found.to - found.from);
  const NameMeaning meaning = meaning_of_name(found.name);
  if (meaning.strength == NameStrength::none || describes(text, found)) {
    return refused("name");
  }
  if (!is_secret_under(meaning, found, value)) {
    return refused("value");
  }
  const std::size_t shift = candidate.before.size();
  if (found.from < shift) {
    return refused("no-value");
  }
  return {.verdict = Verdict::confirmed, .from = found.from - shift, .to = found.to - shift, .by = "name and value"};
}

// Before, match and after lie side by side.
std::string_view whole_text(const Candidate& candidate) {
  return {candidate.before.data(), candidate.before.size() + candidate.match.size() + candidate.after.size()};
}

Confirmed confirm_assignment(const Rule& rule, const Candidate& candidate) {
  const std::string_view text = whole_text(candidate);
  const std::size_t keyword = candidate.before.size() + candidate.from;
  const Assignment found =
      rule.check == Check::option ? read_option(text, keyword) : read_assignment(text, keyword);
  return confirm_named(candidate, found, text);
}

// Accounts that every machine has.
bool is_everyone(std::string_view user) {
  static constexpr auto k_everyone = std::to_array<std::string_view>(
      {"root", "admin", "administrator", "guest", "nobody", "anonymous", "postgres", "mysql", "www-data", "user", "system"});
  return std::ranges::find(k_everyone, user) != k_everyone.end();
}

// A user's name is told from the word `user` in a log by its form: quoted, or the name is one of a
// setting (`DB_USER`, `username`), not the bare word.
bool is_user_setting(const Assignment& found) {
  if (found.quoting == Quoting::quoted || found.joint == Joint::pair) {
    return found.joint != Joint::words && found.joint != Joint::argument && found.joint != Joint::comparison;
  }
  const bool shouted = found.name.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos;
  return found.joint == Joint::equals && !found.spaced && (shouted || found.name.size() >= 8);
}

Confirmed confirm_identity(const Rule& rule, const Candidate& candidate) {
  constexpr std::size_t k_identity_bytes_min = 3;
  constexpr std::size_t k_identity_bytes_max = 128;
  const std::string_view text = whole_text(candidate);
  const std::size_t shift = candidate.before.size();
  const Assignment found = read_assignment(text, shift + candidate.from);
  if (!found.found() || found.from < shift || found.joint == Joint::words || found.call) {
    return refused("no-value");
  }
  const std::string_view value = text.substr(found.from, found.to - found.from);
  if (value.size() < k_identity_bytes_min || value.size() > k_identity_bytes_max || shape_of(value).spaces > 0 ||
      (is_placeholder(value) && shape_of(value).digits != value.size()) || is_code(value) || is_location(value)) {
    return refused("value");
  }
  if (found.joint == Joint::space && found.name.size() < k_token_bytes_min) {
    return refused("place");  // `the user "jane"` in prose
  }
  if (rule.klass == "user" && !is_user_setting(found)) {
    return refused("place");
  }
  if (rule.klass == "user" && (is_everyone(value) || is_uuid(value))) {
    return refused("common name");
  }
  constexpr std::size_t k_number_bytes_min = 5;
  if (rule.klass == "id" && shape_of(value).digits == value.size() && value.size() < k_number_bytes_min) {
    return refused("small number");
  }
  return {.verdict = Verdict::confirmed, .from = found.from - shift, .to = found.to - shift, .by = "name"};
}

Confirmed confirm_prose(const Candidate& candidate) {
  constexpr std::size_t k_prose_bytes_min = 8;
  const std::string_view text = whole_text(candidate);
  const std::size_t shift = candidate.before.size();
  const Assignment found = read_assignment(text, shift + candidate.from);
  if (!found.found() || found.from < shift || found.quoting != Quoting::quoted || found.to - found.from < k_prose_bytes_min ||
      text.substr(found.from, 6).find("{{") != std::string_view::npos) {
    return refused("no-value");
  }
  return {.verdict = Verdict::confirmed, .from = found.from - shift, .to = found.to - shift, .by = "name"};
}

// `Name: scheme credential`; the match ends before the credential.
Confirmed confirm_header(const Candidate& candidate) {
  std::size_t size = 0;
  for (const char c : candidate.after) {
    if (!belongs_to(Extend::graph, c)) {
      break;
    }
    ++size;
  }
  const std::string_view value = candidate.after.substr(0, size);
  if (size < k_token_bytes_min || is_placeholder(value) || is_identifier(value) || is_code(value) ||
      value.starts_with("realm=")) {
    return refused("value");
  }
  constexpr std::size_t k_plain_bytes_min = 20;
  const Shape shape = shape_of(value);
  if (shape.digits == 0 && (value.size() < k_plain_bytes_min || shape.upper == 0 || shape.lower == 0)) {
    return refused("value");
  }
  return {.verdict = Verdict::confirmed,
          .from = candidate.match.size(),
          .to = candidate.match.size() + size,
          .by = "header"};
}

// Where a password stands for sure, words are taken too; not placeholders, null, types, constants.
bool is_nothing(std::string_view value) {
  static constexpr auto k_nothing = std::to_array<std::string_view>(
      {"none", "null", "nil", "undefined", "true", "false", "str", "string", "optional", "and", "or", "the", "is", "for"});
  const std::string lower = text::ascii_lower(value);
  const bool constant = value.find('_') != std::string_view::npos && std::ranges::all_of(value, [](char c) {
                          return (c >= 'A' && c <= 'Z') || c == '_';
                        });
  return constant || is_code(value) || std::ranges::find(k_nothing, lower) != k_nothing.end() ||
         (is_placeholder(value) && !is_common_word(value));
}

// The name in a match that ends with a value: everything up to the separator.
std::string_view name_before(const Candidate& candidate) {
  std::string_view name = candidate.match.substr(0, candidate.from);
  while (!name.empty() && !is_alnum(name.back())) {
    name.remove_suffix(1);
  }
  return name;
}

bool is_mixed(std::string_view value) {
  return shape_of(value).mixed() && !is_placeholder(value) && !is_location(value) && !is_identifier(value);
}

Confirmed confirm_value(const Rule& rule, const Candidate& candidate) {
  const std::string_view value =
      whole_text(candidate).substr(candidate.before.size() + candidate.from, candidate.to - candidate.from);
  switch (rule.check) {
    case Check::github:
      return has_github_checksum(value) ? taken(candidate, "checksum", Verdict::checked)
                                        : taken(candidate, "format", Verdict::unsure);
    case Check::jwt:
      return has_jwt_structure(value) ? taken(candidate, "structure", Verdict::checked)
                                      : taken(candidate, "format", Verdict::unsure);
    case Check::luhn: return has_luhn_checksum(value) ? taken(candidate, "checksum", Verdict::checked) : refused("checksum");
    case Check::pem_base64: return holds_private_key(value) ? taken(candidate, "structure", Verdict::checked) : refused("structure");
    case Check::basic_auth: return is_user_and_password(value) ? taken(candidate, "structure") : refused("structure");
    case Check::service:
      if (is_about_something(name_before(candidate))) {
        return refused("name");
      }
      return is_mixed(value) ? taken(candidate, "mixed") : refused("mixed");
    case Check::mixed:
      return is_mixed(value) ? taken(candidate, "mixed") : refused("mixed");
    case Check::password: return is_nothing(value) ? refused("placeholder") : taken(candidate, "place");
    default: return taken(candidate, "format");
  }
}

}  // namespace

Confirmed confirm(const Rule& rule, const Candidate& candidate) {
  if (rule.kind == RuleKind::finding) {
    return taken(candidate, "pattern");
  }
  if (rule.check == Check::assignment || rule.check == Check::option) {
    return confirm_assignment(rule, candidate);
  }
  if (rule.check == Check::identity) {
    return confirm_identity(rule, candidate);
  }
  if (rule.check == Check::prose) {
    return confirm_prose(candidate);
  }
  if (rule.check == Check::header) {
    return confirm_header(candidate);
  }
  Candidate extended = candidate;
  extend_span(rule, extended);
  const std::string_view value = candidate.match.substr(candidate.from, candidate.to - candidate.from);
  if (value.find("REDACTED-") != std::string_view::npos) {
    return refused("placeholder");
  }
  if (rule.klass == "user" && is_everyone(value)) {
    return refused("common name");
  }
  if (rule.entropy_min > 0 && entropy_per_character(value) < rule.entropy_min) {
    return refused("entropy");
  }
  return confirm_value(rule, extended);
}

bool is_secret_value(std::string_view name, std::string_view value) {
  Assignment found;
  found.joint = Joint::pair;
  found.quoting = Quoting::quoted;
  return is_secret_under(meaning_of_name(name), found, value);
}

}  // namespace sourceos::redact
