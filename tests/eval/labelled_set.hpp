// Labelled texts: the set of this tree (tests/eval/labelled.txt, values made at run time) and the
// JSON-lines form of a larger set outside of it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace sourceos::eval {

struct Labelled {
  std::string source;  // "tree" or what the set says
  std::string klass;   // container, service, shell, code, clean, look-alike, token, pii, id, ...
  std::string rule;    // what the set calls the case
  std::string text;
  std::string secret;  // empty: nothing may change
};

// Each line several times with other values.
[[nodiscard]] Result<std::vector<Labelled>> read_tree_set(const std::filesystem::path& file,
                                                          unsigned variants);
[[nodiscard]] Result<std::vector<Labelled>> read_json_lines(const std::filesystem::path& file);
// Each line of a log is one text without a secret.
[[nodiscard]] Result<std::vector<Labelled>> read_log(const std::filesystem::path& file);

}  // namespace sourceos::eval
