// One entry of the host log: canonical JSON { at, bundle, kind, payload, ref, seq, v }.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bundle/digest.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sourceos::bundle::log {

enum class LeafKind { open, bundle, intent, change, gc, import, recovered };
[[nodiscard]] std::string_view to_string(LeafKind kind);

struct Leaf {
  std::uint64_t seq = 0;
  LeafKind kind = LeafKind::bundle;
  std::optional<Digest> bundle;   // M
  std::optional<Digest> payload;  // of the DSSE payload, or of the document that the leaf is about
  std::optional<std::uint64_t> ref;
  std::string at;  // a time of evidence 3.1 rule 13, kept as written
  bool operator==(const Leaf&) const = default;
};

[[nodiscard]] std::string write_leaf(const Leaf& leaf);
// Exactly the seven fields, v = 1, canonical; a `bundle` leaf has M and payload.
[[nodiscard]] Result<Leaf> parse_leaf(std::string_view text);

}  // namespace sourceos::bundle::log
