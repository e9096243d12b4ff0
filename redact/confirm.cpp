// The chain of redact/confirm.hpp. Rules of issuers need little: extend the span, checksum,
// entropy. Rules for names and values read the assignment (assignment.hpp) and judge its value
// (named_value.hpp); those for commands read their words (command_line.hpp).
#include "redact/confirm.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "redact/assignment.hpp"
#include "redact/checksum.hpp"
#include "redact/command_line.hpp"
#include "redact/named_value.hpp"
#include "redact/secret_name.hpp"
#include "redact/secret_value.hpp"
#include "redact/vocabulary.hpp"

namespace sourceos::redact {

namespace {

constexpr std::size_t k_token_bytes_min = 8;
constexpr std::size_t k_weak_bytes_min = 15;

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

// `checksum/secret: ...` is a digest of one; `"--password", help="..."` an option being declared.
bool describes(std::string_view text, const Assignment& found) {
  const std::string_view before = text.substr(0, static_cast<std::size_t>(found.name.data() - text.data()));
  for (const std::string_view word : {"checksum/", "hash/", "digest/"}) {
    if (before.ends_with(word)) {
      return true;
    }
  }
  if (found.name == "SetCredential") {
    return true;  // its name and value stand behind it
  }
  // `arn:aws:secretsmanager:eu-west-1:123456789012:secret:db` names one.
  if (found.joint == Joint::colon && before.size() > 1 && before.back() == ':' && before[before.size() - 2] >= '0' &&
      before[before.size() - 2] <= '9') {
    return true;
  }
  // Signatures of an envelope are made to be seen.
  if (found.name == "sig" && (before.find("signatures") != std::string_view::npos || before.find("keyid") != std::string_view::npos ||
                                before.ends_with("},{\""))) {
    return true;
  }
  // A server shows the nonce of Digest to everyone; the answer to it is what must not be seen.
  if (found.name == "nonce" && std::ranges::any_of(std::array<std::string_view, 4>{"realm=", "qop=", "opaque=", "difficulty"},
                                                   [text](std::string_view mark) { return text.find(mark) != std::string_view::npos; })) {
    return true;
  }
  const std::string_view value = text.substr(found.from, found.to - found.from);
  const std::size_t sign = value.find('=');
  if (found.quoting == Quoting::bare && sign != std::string_view::npos && sign > 0 &&
      is_identifier(value.substr(0, sign)) &&
      (meaning_of_name(value.substr(0, sign)).strength > NameStrength::weak || text::ascii_lower(found.name).ends_with("cookie"))) {
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

std::string_view before_secret(const Candidate& candidate) {
  return whole_text(candidate).substr(0, candidate.before.size() + candidate.from);
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

Confirmed confirm_identity(const Rule& rule, const Candidate& candidate, const Assignment& found, std::string_view text) {
  constexpr std::size_t k_identity_bytes_min = 3;
  constexpr std::size_t k_identity_bytes_max = 128;
  const std::size_t shift = candidate.before.size();
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
  if (rule.klass == "user" && (is_common_account(value) || is_uuid(value))) {
    return refused("common name");
  }
  constexpr std::size_t k_number_bytes_min = 5;
  if (rule.klass == "id" && shape_of(value).digits == value.size() && value.size() < k_number_bytes_min) {
    return refused("small number");
  }
  return {.verdict = Verdict::confirmed, .from = found.from - shift, .to = found.to - shift, .by = "name"};
}

// Several secrets may follow one name.
Confirmed confirm_command(const Rule& rule, const Candidate& candidate) {
  const std::string_view text = whole_text(candidate);
  const std::size_t shift = candidate.before.size();
  std::size_t from = candidate.from;
  std::size_t to = candidate.to;
  if (rule.secret_group == 0) {  // the match holds a word of the command too
    from += is_alnum(candidate.match[from]) ? 0U : 1U;
    to = std::min(candidate.match.find_first_of(" \t", from), to);
  }
  const std::vector<SecretWord> words = command_secrets(text, shift + from, shift + to);
  if (words.empty()) {
    return refused("no-value");
  }
  Confirmed out{.verdict = Verdict::confirmed, .from = words[0].from - shift, .to = words[0].to - shift, .by = "command"};
  for (std::size_t at = 1; at < words.size() && at <= out.also.size(); ++at) {
    out.also[at - 1] = {words[at].from - shift, words[at].to - shift};
  }
  return out;
}

Confirmed confirm_prose(const Candidate& candidate, const Assignment& found, std::string_view text) {
  constexpr std::size_t k_prose_bytes_min = 8;
  const std::size_t shift = candidate.before.size();
  if (!found.found() || found.from < shift || found.quoting != Quoting::quoted || found.to - found.from < k_prose_bytes_min ||
      text.substr(found.from, 6).find("{{") != std::string_view::npos) {
    return refused("no-value");
  }
  return {.verdict = Verdict::confirmed, .from = found.from - shift, .to = found.to - shift, .by = "name"};
}

// `expires_in=3600`: a pair, not a credential that ends in `=`.
bool is_parameter(std::string_view value) {
  const std::size_t sign = value.find('=');
  return sign != std::string_view::npos && sign > 0 && sign + 1 < value.size() && value[sign + 1] != '=' &&
         is_identifier(value.substr(0, sign)) && value.size() - sign < k_weak_bytes_min;
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
  // Brackets of a printed map, and of a wire log: `Bearer x[\r][\n]`.
  while (size > 0 && std::string_view("[](){}").contains(candidate.after[size - 1])) {
    --size;
  }
  const std::string_view value = candidate.after.substr(0, size);
  if (size < k_token_bytes_min || value.starts_with('{') || is_placeholder(value) || is_identifier(value) || is_code(value) ||
      value.starts_with("realm=") || is_parameter(value)) {
    return refused("value");
  }
  constexpr std::size_t k_plain_bytes_min = 20;
  const ValueShape shape = shape_of(value);
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
  return constant || (is_code(value) && !is_dotted(value)) || std::ranges::find(k_nothing, lower) != k_nothing.end() ||
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

// More than a word: with a digit, or with marks or capitals inside.
bool is_near_sure(std::string_view value) {
  if (!value.empty() && std::string_view(".,:").contains(value.back())) {
    value.remove_suffix(1);  // of the sentence that it ends
  }
  const ValueShape shape = shape_of(value);
  const bool varied = shape.digits > 0 || (shape.marks > 0 && !is_identifier(value)) ||
                      (shape.upper > 0 && shape.lower > 0 && !is_identifier(value));
  const bool dotted = is_dotted(value);
  return shape.lower + shape.upper > 0 && (varied || dotted) && !is_placeholder(value) && !is_location(value) &&
         (dotted || !is_code(value));
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
      if (value.starts_with("sha256=") || value.starts_with("sha512=")) {
        return refused("digest");  // of a file with the service's name, in a list of files
      }
      return is_mixed(value) ? taken(candidate, "mixed") : refused("mixed");
    case Check::mixed:
      if (rule.klass == "client-id" && is_uuid(value)) {
        return refused("identifier");  // a number of a public application
      }
      return is_mixed(value) ? taken(candidate, "mixed") : refused("mixed");
    case Check::digit: return is_near_sure(value) ? taken(candidate, "place") : refused("word");
    case Check::password: return is_nothing(value) || is_sample_pair(before_secret(candidate), value) ? refused("placeholder") : taken(candidate, "place");
    default: return taken(candidate, "format");
  }
}

// Those that begin with a name and read what follows it.
Confirmed confirm_assignment(const Rule& rule, const Candidate& candidate) {
  const std::string_view text = whole_text(candidate);
  const std::size_t shift = candidate.before.size();
  const std::size_t keyword = shift + candidate.from;
  const Assignment found = rule.check == Check::option ? read_option(text, keyword) : read_assignment(text, keyword);
  Confirmed out = rule.check == Check::identity ? confirm_identity(rule, candidate, found, text)
                  : rule.check == Check::prose  ? confirm_prose(candidate, found, text)
                                                : confirm_named(candidate, found, text);
  out.judged_to = std::max(found.to, shift) - shift;
  return out;
}

Confirmed judge(const Rule& rule, const Candidate& candidate) {
  if (rule.check == Check::assignment || rule.check == Check::option || rule.check == Check::identity ||
      rule.check == Check::prose) {
    return confirm_assignment(rule, candidate);
  }
  if (rule.check == Check::command) {
    return confirm_command(rule, candidate);
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
  const bool repeats_name = candidate.match.size() > value.size() && text::ascii_lower(candidate.match).starts_with(text::ascii_lower(value) + "=");
  if ((rule.klass == "user" && (is_common_account(value) || is_nothing(value) || repeats_name)) ||
      (rule.severity == bundle::Severity::low && is_sample_url(candidate.match))) {
    return refused("common name");
  }
  if (rule.entropy_min > 0 && entropy_per_character(value) < rule.entropy_min) {
    return refused("entropy");
  }
  Confirmed out = confirm_value(rule, extended);
  out.judged_to = extended.to;
  return out;
}

// No secret that a text shows has such bytes; words of a program or a catalogue stand between them.
// Bytes that go on in no letter of UTF-8 come from something compressed.
bool holds_binary(std::string_view value) {
  std::size_t high = 0;
  std::size_t loose = 0;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const auto byte = static_cast<unsigned char>(value[at]);
    if (byte < '\t') {
      return true;
    }
    high += byte >= 0x80 ? 1U : 0U;
    loose += byte >= 0x80 && byte < 0xC0 && (at == 0 || static_cast<unsigned char>(value[at - 1]) < 0x80) ? 1U : 0U;
  }
  return loose > 0 && high * 4 >= value.size();
}

}  // namespace

Confirmed confirm(const Rule& rule, const Candidate& candidate) {
  if (rule.kind == RuleKind::finding) {
    return taken(candidate, "pattern");
  }
  const Confirmed found = judge(rule, candidate);
  if (found.verdict != Verdict::refused && rule.format == RuleFormat::free && found.to > found.from &&
      holds_binary(whole_text(candidate).substr(candidate.before.size() + found.from, found.to - found.from))) {
    Confirmed out = refused("binary");
    out.judged_to = found.judged_to;
    return out;
  }
  return found;
}

bool is_secret_value(std::string_view name, std::string_view value) {
  Assignment found;
  found.joint = Joint::pair;
  found.quoting = Quoting::quoted;
  return is_secret_under(meaning_of_name(name), found, value);
}

}  // namespace sourceos::redact
