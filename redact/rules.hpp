// What a redaction or finding rule is, the rules built into the program, and rule files of users.
//
// A rule file is TOML: [[rule]] blocks with
//   id, description, class      id: [a-z0-9.-]+; class: [a-z0-9-]+, goes into the placeholder
//   kind                        "secret" (default) or "finding"
//   severity                    "low", "medium" or "high"
//   tier                        1: always runs, needs a literal of 3 bytes; 2: in context only
//   pattern                     RE2 syntax, bounded width; the group named `secret` is what is
//                               masked, without such a group it is the whole match
//   extend                      alphabet by which the secret goes on after the match: "b64",
//                               "b64url", "word", "graph" (printable, no quotes); default "none"
//   tail                        bytes after the match that confirm may look at (with `extend`, or
//                               for checks that read a value: `assignment`, `header`, ...)
//   keywords                    lower-case literals; each match holds one of them (without case)
//   entropy                     least Shannon entropy of the secret, in bits a character
//   check                       a name of `Check` below, with `-` for `_`
//   format                      "issuer" (a value that only its issuer makes) or "free"
//   repeat                      findings: told only from that many equal matches in one entry
//   examples, counter_examples  templates, see below
//
// Examples are templates, so that no scanner finds a secret in the rule files themselves:
//   {{hex:40}} {{HEX:8}} {{b62:36}} {{b64:44}} {{b64url:43}} {{b32:26}} {{digits:12}}
//   {{upper:16}} {{alnum:20}} {{lower:8}}   that many characters of that alphabet, from a seed
//   {{password}} {{password:marks}} {{password:weak}}   as people choose them
//   {{uuid}} {{jwt}} {{crc:ghp_:30}}        a UUID; a token; prefix, body and its CRC32 in base 62
//   {{word:a|b}} {{base64:text}}            `ab`, a literal spelled in pieces; base64 of one
//   <<...>>                                 in an example: what must be masked (default: the
//                                           whole text has to hold one match)
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/redacted.hpp"
#include "core/result.hpp"

namespace sourceos::redact {

enum class RuleKind : std::uint8_t { secret, finding };
enum class RuleFormat : std::uint8_t { issuer, free };

// What confirm() does beyond entropy and the allow list (confirm.hpp).
enum class Check : std::uint8_t {
  none,
  github,      // CRC32 in base 62 over the body: GitHub, npm
  jwt,         // header and payload decode to JSON objects
  luhn,        // payment card numbers
  aws_key_id,  // base32 alphabet, known prefix
  basic_auth,  // base64 of `user:password`
  service,     // the match is a service's name, more words and a value that must look random
  mixed,       // letters and digits both: a word or a number alone is no token
  pem_base64,  // base64 of a private key block
  digit,       // a letter and a digit or mark, even of a name's form: where a password is near sure
  password,    // a value where a password stands for sure (URL, SQL): all but placeholders
  assignment,  // the match is a name and its separator; the value is read from what follows
  option,      // the match is a command-line option and its space; likewise
  header,      // the match is a header's name and colon; scheme kept, credential read likewise
  identity,    // the match is a name and its separator; any value that may say who somebody is
  prose,       // likewise; a quoted or block text
  command,     // the match is a tool's name; its words are read from what follows
  spelled,     // the match begins bytes that are spelled as numbers (spelled_bytes.hpp)
};

// By which alphabet a secret goes on past its match (long tokens; patterns stay small).
enum class Extend : std::uint8_t { none, b64, b64url, word, graph };

// A literal of which each match of a rule holds one, without case (pattern_needs.hpp).
struct RuleAnchor {
  std::string_view bytes;
  bool word_begin = false;
  bool word_end = false;
  std::uint32_t offset_min = 0;  // from the match's begin
  std::uint32_t offset_max = 0;
};

struct Rule {
  std::string_view id;
  std::string_view description;
  std::string_view klass;
  std::string_view pattern;
  std::span<const std::string_view> keywords;
  std::span<const std::string_view> examples;
  std::span<const std::string_view> counter_examples;
  bundle::Severity severity = bundle::Severity::high;
  RuleKind kind = RuleKind::secret;
  RuleFormat format = RuleFormat::issuer;
  Check check = Check::none;
  std::uint8_t tier = 1;
  std::uint8_t secret_group = 0;  // number of the group named `secret`, or 0
  float entropy_min = 0;          // bits a character
  Extend extend = Extend::none;
  std::uint32_t width_min = 0;  // of the whole match, in bytes
  std::uint32_t width_max = 0;
  std::uint32_t tail = 0;  // bytes after the match that confirm() wants to see
  std::uint32_t repeat = 1;
  // What each match is sure to hold: one of the anchors; a run of so many token characters.
  std::span<const RuleAnchor> anchors = {};
  float anchor_cost = 0;
  std::uint32_t token_run = 0;
  bool newline = false;  // a match may go over a line's end
};

// Bytes before a match that confirm() may look at (the begin of a name), for every rule.
inline constexpr std::uint32_t k_rule_before_bytes = 64;
// Rules of these classes say who and where, not how to get in: they are switched with personal data.
[[nodiscard]] bool is_personal(const Rule& rule);

// k_rule_before_bytes + width_max + tail of a rule is at most this: what a reader holds back.
inline constexpr std::uint32_t k_rule_width_max = 16 * 1024;

// The rules of redact/rules/*.toml, made into a table at build time. In order of precedence: where
// two rules mask the same bytes, the earlier one names them.
[[nodiscard]] std::span<const Rule> builtin_rules();

// Rules read from a file; owns their text. Moving it keeps the views valid.
class RuleFile {
 public:
  [[nodiscard]] std::span<const Rule> rules() const { return rules_; }

 private:
  friend class RuleFileReader;
  std::vector<Rule> rules_;
  std::unique_ptr<std::deque<std::string>> text_;
  std::unique_ptr<std::deque<std::vector<std::string_view>>> lists_;
  std::unique_ptr<std::deque<std::vector<RuleAnchor>>> anchors_;
};

// All rules of the file or an error that names line, column and reason ("rule-malformed",
// "rule-pattern", "rule-unbounded", "rule-literal", "rule-empty-match", "rule-duplicate"). Patterns
// are checked by our own reader (pattern.hpp); that RE2 and the engine take them, and that examples
// match, is for the caller who has those at hand.
[[nodiscard]] Result<RuleFile> parse_rule_file(std::string_view text, std::string_view file_name);

struct Example {
  std::string text;
  std::string secret;  // empty: any match will do
};
// Expands a template. The same seed gives the same text.
[[nodiscard]] Example expand_example(std::string_view text, std::uint64_t seed);

[[nodiscard]] std::string_view to_string(RuleKind kind);
[[nodiscard]] std::string_view to_string(Check check);

}  // namespace sourceos::redact
