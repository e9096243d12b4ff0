// Secret values of a table in text: a first line of column names, then rows with as many cells.
// Comma, semicolon, tab, and the bars of Markdown.
#pragma once

#include <string_view>

#include "redact/structured/structured.hpp"

namespace sourceos::redact {

[[nodiscard]] SecretValues table_secrets(std::string_view bytes);

}  // namespace sourceos::redact
