// A second look at content by somebody else's rules: the CLI may put the redaction engine behind
// this (--rescan), so that the verifier itself links no redaction.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace sourceos::verify {

struct InspectorHit {
  std::uint64_t from = 0;  // byte range in the entry
  std::uint64_t to = 0;
  std::string rule;
};

// One entry, given in order; used by one thread at a time.
class EntryInspection {
 public:
  virtual ~EntryInspection() = default;
  virtual void feed(std::string_view bytes) = 0;
  [[nodiscard]] virtual Result<std::vector<InspectorHit>> finish() = 0;
};

class Inspector {
 public:
  virtual ~Inspector() = default;
  // "sha256:..." of its rules: a hit is `residual-secret` when the bundle was made with the same.
  [[nodiscard]] virtual std::string ruleset_digest() const = 0;
  // Called from several threads.
  [[nodiscard]] virtual std::unique_ptr<EntryInspection> begin(std::string_view entry) = 0;
};

}  // namespace sourceos::verify
