// The schemas of schemas/, embedded at build time (core/json/schema_table.cmake makes the table).
#pragma once

#include <span>
#include <string_view>

namespace sourceos::json {

struct EmbeddedSchema {
  std::string_view name;  // "TerminalDoor"
  std::string_view text;
};

// Sorted by name.
[[nodiscard]] std::span<const EmbeddedSchema> embedded_schemas();

}  // namespace sourceos::json
