// Words that say nothing about anybody: they are never masked as a user's or host's name and no
// hostile source can teach them (security S-15).
#pragma once

#include <string_view>

namespace sourceos::redact {

// Without case.
[[nodiscard]] bool is_vocabulary(std::string_view word);

// Accounts that every machine has.
[[nodiscard]] bool is_common_account(std::string_view user);

}  // namespace sourceos::redact
