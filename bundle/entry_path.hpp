// Names inside a bundle: a plain ASCII grammar that every file system and every ustar header can
// carry. The grammar stands in entry_path.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bundle/redacted.hpp"
#include "core/result.hpp"

namespace sourceos::bundle {

// One path segment, encoded; at most 80 bytes, cut with "~" and a hash when longer.
[[nodiscard]] std::string encode_segment(const RedactedText& name);

// What a collector wants an entry to be called. `true_segments` are the names before redaction:
// they tell two folders apart whose redacted names are equal, and give the order of "~2", "~3".
// They are never part of a result.
struct PathWish {
  std::vector<RedactedText> segments;
  std::vector<std::string> true_segments;  // as many as `segments`
};

// Encoded paths in the order of the wishes: each unique, also without case and against folders.
[[nodiscard]] std::vector<std::string> assign_paths(const std::vector<PathWish>& wishes);

// Whether a path is one that the functions above could have made; `path-unsafe` otherwise.
[[nodiscard]] Status check_entry_path(std::string_view path);

// Whether no two paths are equal without case, no two folders are, and no path is another's
// folder; `duplicate-member` otherwise. Quickest when the paths come sorted.
[[nodiscard]] Status check_unique_paths(const std::vector<std::string_view>& paths);

}  // namespace sourceos::bundle
