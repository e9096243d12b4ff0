// What a value looks like by itself: random, a word, a path, code, a placeholder. The judgements of
// values under names stand on these. (`is_placeholder` and `is_public_identifier`: confirm.hpp.)
#pragma once

#include <string_view>

namespace sourceos::redact {

struct ValueShape {
  unsigned lower = 0, upper = 0, digits = 0, marks = 0, spaces = 0;
  [[nodiscard]] bool mixed() const { return digits > 0 && lower + upper > 0; }
  [[nodiscard]] bool only_letters() const { return digits == 0 && marks == 0 && spaces == 0; }
};
[[nodiscard]] ValueShape shape_of(std::string_view value);

[[nodiscard]] bool is_uuid(std::string_view value);
// Words of letters joined by `_ - . :` or by capitals, as names of variables and things are.
[[nodiscard]] bool is_identifier(std::string_view value);
// A variable, a member, a call, a subscript: something that code reads.
[[nodiscard]] bool is_code(std::string_view value);
// A path or a URL; long random runs between slashes are none.
[[nodiscard]] bool is_location(std::string_view value);
// A state, a type, an instruction: what stands after `password:` in prose, schemas and logs.
[[nodiscard]] bool is_common_word(std::string_view value);
// Letters and digits mixed as issuers of tokens do it, long enough.
[[nodiscard]] bool is_random(std::string_view value, std::size_t length_min);

// How the brackets of a value go: each closes the one opened last; one is missing; one closes
// another kind than the one that is open, as no code has it.
enum class Brackets : unsigned char { balanced, torn, crossed };
[[nodiscard]] Brackets brackets_of(std::string_view value);

}  // namespace sourceos::redact
