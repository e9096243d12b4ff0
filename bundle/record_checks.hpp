// What a table of a document's shape is made of: checks of single values, lists and objects, each
// with the place in the document for its error.
#pragma once

#include <expected>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::bundle::shape {

using json::Value;
using Check = Status (*)(const Value&, const std::string& place);

[[nodiscard]] std::unexpected<Error> differs(const std::string& place, std::string_view expected);

// --- single values
[[nodiscard]] Status text(const Value& value, const std::string& place);
[[nodiscard]] Status sentence(const Value& value, const std::string& place);  // not blank
[[nodiscard]] Status boolean(const Value& value, const std::string& place);
[[nodiscard]] Status always_true(const Value& value, const std::string& place);
[[nodiscard]] Status integer(const Value& value, const std::string& place);
[[nodiscard]] Status object(const Value& value, const std::string& place);
[[nodiscard]] Status anything(const Value& value, const std::string& place);
[[nodiscard]] Status hex(const Value& value, const std::string& place);
[[nodiscard]] Status hex32(const Value& value, const std::string& place);
[[nodiscard]] Status nonce(const Value& value, const std::string& place);  // 16 to 64 bytes
[[nodiscard]] Status digest(const Value& value, const std::string& place);
[[nodiscard]] Status time(const Value& value, const std::string& place);
[[nodiscard]] Status one_of(const Value& value, const std::string& place,
                            std::initializer_list<std::string_view> words);

// --- what is made of them
[[nodiscard]] Status nullable_of(Check check, const Value& value, const std::string& place);
[[nodiscard]] Status list_of(Check check, const Value& value, const std::string& place);
[[nodiscard]] Status some_of(Check check, const Value& value, const std::string& place);

template <Check check>
[[nodiscard]] Status nullable(const Value& value, const std::string& place) {
  return nullable_of(check, value, place);
}
template <Check check>
[[nodiscard]] Status list(const Value& value, const std::string& place) {
  return list_of(check, value, place);
}
template <Check check>
[[nodiscard]] Status some(const Value& value, const std::string& place) {
  return some_of(check, value, place);
}

enum class Presence { always, when_known };
struct Field {
  std::string_view key;
  Check check;
  Presence presence = Presence::always;
};
// Exactly these keys, each as its check says; another key is "malformed".
[[nodiscard]] Status fields(const Value& value, const std::string& place, std::span<const Field> table);

}  // namespace sourceos::bundle::shape
