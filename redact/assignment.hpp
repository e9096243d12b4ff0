// Reads `name separator value` around a keyword that a pattern found, in the syntaxes that people
// and programs write: shell, .env, INI, YAML, JSON (also escaped), XML, HTML, URLs, code, headers,
// command lines, prose. Says where the value stands; whether it is a secret is told elsewhere.
#pragma once

#include <cstddef>
#include <string_view>

namespace sourceos::redact {

enum class Quoting : unsigned char { bare, quoted };

// How the value hangs on its name; stricter tests for the looser ones.
enum class Joint : unsigned char {
  equals,      // name=value, name = value, name := value, name => value
  colon,       // name: value
  comparison,  // name == "value"
  argument,    // f("name", "value")
  markup,      // <name>value</name>, name" value="value"
  space,       // name "value", --name value
  beside,      // name AND_A_LONG_RUN
  words,       // the name is value, name for someone: value
  pair,        // {name: "NAME", value: "value"}
};

struct Assignment {
  std::string_view name;
  Joint joint = Joint::equals;
  Quoting quoting = Quoting::bare;
  std::size_t from = 0, to = 0;  // of the value, in the text given
  bool spaced = false;           // white space stands around the separator
  bool call = false;             // the value is the default in a call: getenv("NAME", "value")
  bool ends_line = false;        // nothing follows the value on its line
  bool ends_string = false;      // a quote that is not the value's own follows it
  bool numbers = false;          // the value is a list of byte values
  bool cut = false;              // the text ended inside the value
  [[nodiscard]] bool found() const { return to > from; }
};

// `keyword`: the position of the keyword's first byte in `text`.
[[nodiscard]] Assignment read_assignment(std::string_view text, std::size_t keyword);
// `--name value`, `--name=value`, `"--name", "value"`.
[[nodiscard]] Assignment read_option(std::string_view text, std::size_t keyword);

}  // namespace sourceos::redact
