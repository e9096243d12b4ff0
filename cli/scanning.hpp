// Secrets and findings of files and of what git brings, for `scan`. Nothing of a secret is in an
// answer, and nothing that was read is kept.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::redact {
class Pipeline;
}

namespace sourceos::cli {

struct Context;
struct GitBlob;
struct Tree;

// What is found is put at the end of two lists of the caller's.
struct ScanAnswer {
  json::Value& rows;     // of append_rows (hits.hpp)
  json::Value& skipped;  // { path, reason }
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

// All files of a tree, `jobs` of them side by side; rows are in the tree's order. A file that cannot
// be read is skipped. "interrupted".
[[nodiscard]] Status scan_tree(ScanAnswer& answer, const redact::Pipeline& pipeline, const Tree& tree,
                               std::size_t jobs, Context& context);

// One version of a file, without what the version before it had too. "interrupted".
[[nodiscard]] Status scan_blob(ScanAnswer& answer, const redact::Pipeline& pipeline, const GitBlob& blob,
                               const Context& context);

}  // namespace sourceos::cli
