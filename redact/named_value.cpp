#include "redact/named_value.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "redact/confirm.hpp"
#include "redact/secret_value.hpp"
#include "redact/vocabulary.hpp"

namespace sourceos::redact {

namespace {

constexpr std::size_t k_password_bytes_min = 4;
constexpr std::size_t k_token_bytes_min = 8;
constexpr std::size_t k_weak_bytes_min = 15;
constexpr std::size_t k_faint_bytes_min = 24;

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

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
  return (value.starts_with('{') && brackets_of(value) != Brackets::crossed) ||
         (close != std::string_view::npos && close + 1 < value.size() && value.find('(') == std::string_view::npos);
}

// Words in which nobody speaks: a salt or a phrase of random parts, `f8!k Zq2- x`.
bool is_random_phrase(std::string_view value) {
  constexpr std::size_t k_phrase_bytes_min = 32;
  const ValueShape shape = shape_of(value);
  return value.size() >= k_phrase_bytes_min && value.find(": ") == std::string_view::npos && shape.digits >= 3 && shape.upper >= 3 && shape.lower >= 3 &&
         shape.spaces * 10 <= value.size() && is_random(text::split(value, ' ').front(), k_token_bytes_min);
}

// A long run over several lines, and no prose: each line holds one word.
bool is_folded_run(std::string_view value) {
  const auto lines = text::lines(value);
  return lines.size() > 1 && std::ranges::all_of(lines, [](std::string_view line) {
           return text::trim(line).find(' ') == std::string_view::npos;
         });
}

// `.icon-pass:before{content`: a selector and the begin of what it says.
bool is_block_begin(std::string_view value) {
  const std::size_t open = value.find('{');
  return open != std::string_view::npos && open > 0 && is_identifier(value.substr(0, open)) &&
         (open + 1 == value.size() || is_identifier(value.substr(open + 1)));
}

// `passwd:amd64`, `passwd_1%3a4.13_amd64.deb`: the package of that name in the logs of its manager.
bool is_package(const Assignment& found, std::string_view value) {
  static constexpr auto k_architectures = std::to_array<std::string_view>(
      {"amd64", "arm64", "armhf", "armel", "i386", "i686", "x86_64", "aarch64", "ppc64el", "s390x", "riscv64", "mips64el", "noarch"});
  if (found.joint == Joint::words && found.name == "passwd") {
    return value.front() >= '0' && value.front() <= '9' && value.find('.') != std::string_view::npos;  // `passwd (1:4.13+dfsg1-1)`
  }
  return found.joint == Joint::colon && !found.spaced &&
         (value.ends_with(".deb") || value.ends_with(".rpm") || std::ranges::find(k_architectures, value) != k_architectures.end());
}

// `String`, `UTF8String`, `THandle`: what a value is, where its type stands behind a colon.
bool is_type_name(std::string_view value) {
  return value.ends_with("String") && value.size() > 6 && std::ranges::all_of(value, is_alnum);
}

// `setPassword("x")`, `withPassword("x")`, `SetVariable("DB_PASS", "x")`: a value, not another name.
bool is_setter(std::string_view name) {
  const std::string lower = text::ascii_lower(name.substr(name.rfind('.') + 1));
  return lower.starts_with("set") || lower.starts_with("with") || lower == "password" ||
         name.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos;
}

// `NAME=value` of an environment: no code stands behind the sign.
bool is_setting(const Assignment& found) {
  const bool shouted = found.name.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos;
  const bool bare_pair = !found.spaced && (found.joint == Joint::colon || found.joint == Joint::space || found.ends_line || found.ends_string);
  return (found.joint == Joint::equals && !found.spaced && shouted) || found.name.starts_with('-') || bare_pair;
}

// The next option of a command line.
bool is_option(const Assignment& found, std::string_view value) {
  return (found.joint == Joint::space || found.joint == Joint::argument) &&
         (value.starts_with("--") || (value.starts_with('-') && is_identifier(value.substr(1))));
}

bool is_verb(std::string_view name) {
  return text::ascii_lower(name) == "pass" || name.ends_with("_PASS");
}

// `abcd-efgh-ijkl-mnop`: what Apple gives a program instead of the password.
bool is_app_password(std::string_view value) {
  constexpr std::size_t k_app_password_bytes = 19;
  if (value.size() != k_app_password_bytes) {
    return false;
  }
  unsigned spoken = 0;
  for (std::size_t at = 0; at < value.size(); at += 5) {
    const std::string_view part = value.substr(at, 4);
    if (!std::ranges::all_of(part, [](char c) { return c >= 'a' && c <= 'z'; }) || (at + 4 < value.size() && value[at + 4] != '-')) {
      return false;
    }
    spoken += is_vocabulary(part) ? 1U : 0U;
  }
  return spoken < 2;
}

// No sign stands before it, so it must look made by a machine: all kinds of characters, or long hex.
bool is_sure_run(std::string_view value, const ValueShape& shape) {
  constexpr std::size_t k_hex_bytes_min = 32;
  const bool long_hex = value.size() >= k_hex_bytes_min && shape.digits > 3 &&
                        value.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return long_hex || (shape.upper >= 2 && shape.lower >= 2 && shape.digits >= 2);
}

// Capitals and small letters as no name has them.
bool is_scrambled_word(std::string_view value, const ValueShape& shape) {
  constexpr std::size_t k_scrambled_bytes_min = 9;
  return value.size() >= k_scrambled_bytes_min && shape.only_letters() && shape.upper >= 2 && shape.lower >= 2 && !is_identifier(value);
}

bool is_password_value(const Assignment& found, std::string_view value) {
  const ValueShape shape = shape_of(value);
  if (is_app_password(value)) {
    return true;
  }
  const bool words_only = shape.digits == 0 && (shape.marks == 0 || is_identifier(value));
  if (value.size() < k_password_bytes_min || is_location(value) || is_continued(value) ||
      value.starts_with("*.")) {
    return false;
  }
  if (shape.spaces > 0 && !is_phrase(value)) {
    return false;
  }
  if (found.quoting == Quoting::bare && is_package(found, value)) {
    return false;
  }
  if (found.name == "pass" && ((words_only && is_identifier(value)) || is_common_word(value))) {
    return false;  // the verb, and a verdict
  }
  switch (found.joint) {
    case Joint::beside: return is_sure_run(value, shape);
    case Joint::space:
      if (is_verb(found.name) && shape.digits == 0 && (words_only || found.name == "pass")) {
        return false;  // `Pass "it" on`, `CHECK_PASS "done"`
      }
      break;
    case Joint::argument:
      return found.quoting == Quoting::quoted && (shape.spaces == 0 || shape.mixed()) && value.size() >= 6 && shape.lower + shape.upper > 0 &&
             (!is_identifier(value) || (is_setter(found.name) && (shape.digits > 0 || is_dotted(value)))) && (!is_code(value) || is_dotted(value));
    case Joint::words: return found.quoting == Quoting::quoted || (shape.mixed() && value.size() >= 6 && !is_identifier(value)) || (!words_only && shape.marks > 0 && shape.digits > 0) ||
             (shape.upper > 0 && shape.lower > 0 && value.size() >= k_token_bytes_min && value.find_first_of("!@#$%^&*?~+=") < value.size() - 1) ||
             is_scrambled_word(value, shape);
    case Joint::comparison: return found.quoting == Quoting::quoted;
    default: break;
  }
  if (found.quoting == Quoting::quoted || found.joint == Joint::markup || found.joint == Joint::pair) {
    return !(words_only && meaning_of_name(value).strength == NameStrength::password && joins_words(value)) &&
           !(found.joint == Joint::markup && is_code(value) && !is_dotted(value));
  }
  if (is_torn(value) || is_block_begin(value) || is_type_name(value) || (is_code(value) && !(is_setting(found) && is_dotted(value)))) {
    return false;
  }
  if (found.name == "pw" && shape.digits == 0 && !found.ends_line && found.joint == Joint::colon) {
    return false;  // a prefix of a log's lines
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

// `copper-meadow-42`, `CopperMeadow42`: words that no setting has, joined and numbered.
bool is_word_password(std::string_view value) {
  constexpr std::size_t k_numbers_min = 2;
  constexpr std::size_t k_word_bytes_min = 4;
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  unsigned words = 0;
  std::size_t numbers = 0;
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t from = at++;
    if (is_digit(value[from])) {
      ++numbers;
    } else if (is_alnum(value[from])) {
      while (at < value.size() && is_lower(value[at])) {
        ++at;
      }
      if (at - from < k_word_bytes_min || is_vocabulary(value.substr(from, at - from))) {
        return false;
      }
      ++words;
    } else if (!std::string_view("-_.").contains(value[from])) {
      return false;
    }
  }
  return words >= 2 && numbers >= k_numbers_min && is_digit(value.back());
}

bool is_strong_value(const Assignment& found, std::string_view value) {
  ValueShape shape = shape_of(value);
  if (is_folded_run(value)) {
    shape.spaces = 0;
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
    const bool one_word = shape.lower + shape.upper == value.size();  // of a grammar, and the begin of code
    return !one_word && !is_continued(value) && value.find_first_of("|&;}") == std::string_view::npos;
  }
  if (found.joint == Joint::beside && !is_sure_run(value, shape)) {
    return false;
  }
  if ((found.ends_line || found.quoting == Quoting::quoted || found.joint == Joint::equals) && is_word_password(value)) {
    return true;
  }
  const bool capitals = found.name.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos;
  const bool shouted = shape.digits > 1 && ((is_setting(found) && shape.upper > 0 && shape.lower > 0) ||
                                            (capitals && (found.joint == Joint::colon || found.joint == Joint::equals)));
  if ((is_identifier(value) && !shouted) || is_continued(value)) {
    return false;
  }
  if (found.quoting == Quoting::bare && (is_code(value) || is_type_name(value) || is_block_begin(value))) {
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

// The words from which a wallet is made again.
bool is_mnemonic(const Assignment& found, std::string_view value) {
  constexpr std::size_t k_words_min = 12;
  const std::string lower = text::ascii_lower(found.name);
  return (lower.find("mnemonic") != std::string::npos || lower.find("seed") != std::string::npos) &&
         text::split(value, ' ').size() >= k_words_min && value.find_first_of(".,:;()") == std::string_view::npos;
}

// `v1-deps-<digest>`: the name under which a cache keeps something.
bool is_cache_key(const Assignment& found, std::string_view value) {
  constexpr std::size_t k_digest_bytes_min = 32;
  const std::size_t dash = value.rfind('-');
  return dash != std::string_view::npos && dash > 1 && (found.name == "key" || found.name.ends_with("-key")) &&
         meaning_of_name(value.substr(0, dash)).strength == NameStrength::none && value.size() - dash > k_digest_bytes_min &&
         value.find_first_not_of("0123456789abcdef", dash + 1) == std::string_view::npos;
}

bool is_weak_value(const Assignment& found, std::string_view value, std::string_view klass) {
  const ValueShape shape = shape_of(value);
  if (is_mnemonic(found, value)) {
    return true;
  }
  if (found.quoting == Quoting::quoted && is_random_phrase(value)) {
    return true;
  }
  const bool shouted = found.joint == Joint::equals && !found.spaced && found.name.ends_with("AUTH");
  if (shouted && is_word_password(value)) {
    return true;
  }
  const std::size_t least = klass == "token" ? (shouted ? 8 : 12) : klass == "session" ? 20 : k_weak_bytes_min;
  if (value.size() < least || shape.spaces > 0 || is_uuid(value) || is_location(value) || is_identifier(value)) {
    return false;
  }
  if (found.quoting == Quoting::bare && value.find_first_of("()&!{};,[]$*<>\"'") != std::string_view::npos) {
    return false;
  }
  if (found.joint == Joint::words || found.joint == Joint::beside || (found.joint == Joint::argument && value.size() < 32)) {
    return false;
  }
  if (value.ends_with("_key") || value.ends_with("Key")) {
    return false;  // a function or a field of that name
  }
  if (is_code(value) || is_cache_key(found, value) || (value.starts_with("0x") && value.size() < 34)) {
    return false;
  }
  return is_random(value, least) && entropy_per_character(value) >= 2.8;
}

// `password=password`, `MasterUserPassword: !Ref 'MasterUserPassword'`: a name handed on.
bool repeats_name(std::string_view name, std::string_view value) {
  const auto word = [](std::string_view text) {
    std::string out = text::ascii_lower(text.substr(text.rfind('.') + 1));
    std::erase_if(out, [](char c) { return !is_alnum(c); });
    return out;
  };
  constexpr std::size_t k_repeated_bytes_min = 8;
  const std::string whole = word(name);
  const std::string part = word(value);
  return part == whole || (part.size() >= k_repeated_bytes_min && whole.ends_with(part));
}

}  // namespace

bool is_dotted(std::string_view value) {
  static constexpr auto k_things = std::to_array<std::string_view>(
      {"self", "this", "req", "request", "config", "conf", "cfg", "settings", "options", "opts", "args", "params",
       "process", "os", "env", "ctx", "data", "body", "form", "props", "state", "app", "event", "window", "module",
       "var", "local", "user", "secrets", "vault", "random", "credentials", "values"});
  const auto parts = text::split(value, '.');
  return parts.size() >= 2 && std::ranges::find(k_things, text::ascii_lower(parts.front())) == k_things.end() &&
         std::ranges::all_of(value, [](char c) { return is_alnum(c) || c == '.'; }) &&
         std::ranges::none_of(parts, [](std::string_view part) { return meaning_of_name(part).strength != NameStrength::none; });
}

bool is_secret_under(const NameMeaning& meaning, const Assignment& found, std::string_view value) {
  if (found.numbers) {
    return meaning.strength > NameStrength::faint;
  }
  if (is_placeholder(value) || is_option(found, value) || repeats_name(found.name, value)) {
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

}  // namespace sourceos::redact
