// The regular files below what was named on a command line, in byte order, links not followed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace sourceos::cli {

struct TreeFile {
  std::filesystem::path path;  // to open
  std::string name;            // as the user would write it: operand and path below it
  std::string below;           // path below the operand, or its last component for a file
};

struct Skipped {
  std::string name;
  std::string reason;  // "link", "special-file", "permission", "git-directory", ...
};

struct Tree {
  std::vector<TreeFile> files;
  std::vector<Skipped> skipped;
};

// `.git` directories below an operand are skipped: their objects are compressed; history is for
// --since. An operand that does not exist is `not_found`, "input-missing".
[[nodiscard]] Result<Tree> list_tree(const std::vector<std::string>& operands);

// Takes out of a tree what the file '.scanignore' at its root names: one glob on the path below the
// root a line, '#' begins a comment. Each file that is left out is told among the skipped.
[[nodiscard]] Status leave_out_ignored(Tree& tree, const std::filesystem::path& root);

}  // namespace sourceos::cli
