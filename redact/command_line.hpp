// Secrets that a command takes in options or by their place. What follows the name of a known tool
// is read as its words, in the forms that command lines stand in: shell lines (quotes, escapes,
// lines joined by `\`, `^` or a back tick), lists of JSON, Python and YAML, plists, audit records.
// Which tool takes a secret where is told by the table in command_table.hpp.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace sourceos::redact {

struct CommandWord {
  std::size_t from = 0, to = 0;  // in the text, without the quotes around it
};

struct SecretWord {
  std::size_t from = 0, to = 0;  // in the text
};

// The words behind the tool whose name ends at `at`, up to where its command ends.
[[nodiscard]] std::vector<CommandWord> words_behind(std::string_view text, std::size_t at);

// The places of the secrets that `tool` (a path or a plain name) is given in these words.
[[nodiscard]] std::vector<SecretWord> secret_words(std::string_view tool, std::string_view text,
                                                   std::span<const CommandWord> words);

// The same for the tool whose name is text[from, to).
[[nodiscard]] std::vector<SecretWord> command_secrets(std::string_view text, std::size_t from,
                                                      std::size_t to);

// Whether the table knows a tool of this name (a path or a plain name).
[[nodiscard]] bool is_known_tool(std::string_view tool);

}  // namespace sourceos::redact
