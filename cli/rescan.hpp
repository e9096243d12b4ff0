// Puts the redaction engine behind the verifier's `Inspector`, for `verify --rescan`: what it would
// still mask in an entry is a hit.
#pragma once

#include <memory>

#include "verify/inspector.hpp"

namespace sourceos::redact {
class Pipeline;
}

namespace sourceos::cli {

// The pipeline must outlive the inspector.
[[nodiscard]] std::unique_ptr<verify::Inspector> make_inspector(const redact::Pipeline& pipeline);

}  // namespace sourceos::cli
