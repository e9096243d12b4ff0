// Secret values of a stream of YAML documents.
#pragma once

#include <optional>
#include <string_view>

#include "redact/structured/structured.hpp"

namespace sourceos::redact {

[[nodiscard]] std::optional<SecretValues> yaml_secrets(std::string_view bytes);

}  // namespace sourceos::redact
