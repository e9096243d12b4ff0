// Secret values of an XML document: property lists, and elements and attributes with secret names.
#pragma once

#include <optional>
#include <string_view>

#include "redact/structured/structured.hpp"

namespace sourceos::redact {

[[nodiscard]] std::optional<SecretValues> xml_secrets(std::string_view bytes);

}  // namespace sourceos::redact
