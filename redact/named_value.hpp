// Whether the value of an assignment is a secret: how sure the name is (secret_name.hpp) against how
// the value looks (secret_value.hpp) and where it stands (assignment.hpp).
#pragma once

#include <string_view>

#include "redact/assignment.hpp"
#include "redact/secret_name.hpp"

namespace sourceos::redact {

[[nodiscard]] bool is_secret_under(const NameMeaning& meaning, const Assignment& found, std::string_view value);

// Words and dots that name no member of a thing that code has: `river.42`, not `config.password`.
[[nodiscard]] bool is_dotted(std::string_view value);

}  // namespace sourceos::redact
