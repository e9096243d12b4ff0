// Secret values of a JSON document (RFC 8259), or of one document a line.
#pragma once

#include <optional>
#include <string_view>

#include "redact/structured/structured.hpp"

namespace sourceos::redact {

[[nodiscard]] std::optional<SecretValues> json_secrets(std::string_view bytes,
                                                       std::vector<BareValue>* bare = nullptr);

}  // namespace sourceos::redact
